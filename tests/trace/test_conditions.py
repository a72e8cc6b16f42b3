"""Conditions of steps: what is asked, and whether for yes or for no."""

from __future__ import annotations

import pytest

from converter.model.trace import Step, Succeeds, Trace
from converter.parse import parse_text
from converter.trace import trace


def traced(text: str) -> Trace:
    return trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda path: None)


def step(text: str) -> Step:
    return next(step for step in traced(text).steps if step.argv and step.argv[0].text == "frob")


@pytest.mark.parametrize(
    "condition",
    [
        '[ "$(git rev-parse HEAD)" != "$(git rev-parse @{u})" ]',
        '[ "$(cat version)" = 3 ]',
        '[[ ! "$(docker ps -q)" == "" ]]',
        '[ -z "$(docker ps -q)" ]',
        '[ -n "$(docker ps -q)" ]',
        "[ $(cat version) -ne 3 ]",
        '[[ -n "$(docker ps -q)" && "$(cat version)" != 3 ]]',
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_what_the_run_decides_is_asked_as_a_whole(condition: str, negated: bool) -> None:
    sign = "! " if negated else ""
    (test,) = step(f"if {sign}{condition}; then frob; fi").guard
    assert isinstance(test.subject, Succeeds)
    assert (test.subject.text.text, test.negated) == (condition, negated)


def test_what_a_pipe_feeds_keeps_its_variables() -> None:
    found = step("echo text | EDITOR='tee -a' frob")
    assert found.stdin is not None
    assert (found.stdin.text, dict(found.context.environment)["EDITOR"].text) == ("text\n", "tee -a")


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("tee /srv/a > /dev/null", "tee /srv/a"),
        ("gpg --dearmor > /srv/a", "gpg --dearmor > /srv/a"),
        ("gpg --dearmor 2> /srv/a", ""),
        ("gpg --dearmor < /srv/a", "gpg --dearmor < /srv/a"),
    ],
)
def test_a_stage_is_its_words_and_the_files_it_opens(stage: str, words: str) -> None:
    (found,) = traced(f"curl https://example.com/ | {stage}").steps
    assert " ".join(word.shell() for word in found.stages[-1]) == words


def test_a_captured_output_is_asked_as_it_stands() -> None:
    text = 'NEW=$(git rev-parse @{u})\nif [ "$(git rev-parse HEAD)" != "$NEW" ]; then frob; fi'
    (test,) = step(text).guard
    assert not test.negated


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ('if [ "$EUID" -ne 0 ]; then exit 1; fi', True),
        ("[[ $EUID -eq 0 ]] || exit 1", True),
        ('[ "$(id -u)" = 0 ] || exit 1', True),
        ('if [ "$(id -u)" != "0" ]; then exit 1; fi', True),
        ("(( EUID != 0 )) && exit 1", True),
        ('if [ "$EUID" -eq 0 ]; then exit 1; fi', False),
        ('if [ "$(whoami)" = root ]; then exit 1; fi', False),
        ('[ "$(id -u)" -ne 0 ] || exit 1', False),
    ],
)
def test_who_has_to_run_it(text: str, root: bool) -> None:
    user = step(f"{text}\nfrob").context.user
    assert (user is not None and user.text == "root") == root


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('remote() { ssh web "$@"; }\nremote frob a b', ["frob", "a", "b"]),
        ('run() { echo "+ $*"; "$@"; }\nrun frob a', ["frob", "a"]),
        ('root() { sudo "$@"; }\nroot frob a', ["frob", "a"]),
        ("remote() { ssh web \"$@\"; }\nremote bash -s -- x <<'R'\nfrob $1\nR", ["frob", "x"]),
    ],
)
def test_what_a_function_is_called_with_stands_at_the_call(text: str, words: list[str]) -> None:
    found = step(text)
    assert [word.text for word in found.argv] == words
    assert found.span.line > 1


def test_a_waiting_loop_is_remembered() -> None:
    waits = "for i in 1 2 3; do if curl -f http://x; then ok=1; break; fi; sleep 2; done\n"
    plain = traced(f'{waits}[ "$ok" = 1 ] || exit 1\nfrob')
    assert [one.argv[0].text for one in plain.steps] == ["curl", "frob"]
    (curl, frob) = traced(f'{waits}if [ "$ok" != 1 ]; then frob; fi').steps
    assert curl.retry is not None
    assert [test.negated for test in frob.guard] == [True]


def test_an_if_whose_failure_is_only_told_lets_the_script_go_on() -> None:
    assert traced("if frob; then echo ok; else echo bad; fi").steps[0].tolerated
    (first, second) = traced("if git pull; then frob; fi").steps
    assert [test.negated for test in second.guard] == [False]
    assert not first.tolerated


def test_a_continue_holds_for_its_round_only() -> None:
    steps = traced("for f in a b c; do [ -f /etc/$f ] || continue; frob $f; done\nfrob end").steps
    assert [len(one.guard) for one in steps] == [1, 1, 1, 0]


def test_after_a_break_the_variables_are_those_of_the_round() -> None:
    text = "for s in a b; do if grep -q $s /etc/x; then hit=$s; break; fi; done\nfrob $hit"
    found = [([word.text for word in one.argv], len(one.guard)) for one in traced(text).steps]
    assert found[:2] == [(["frob", "a"], 1), (["frob", "b"], 2)]


def test_a_function_that_only_the_run_can_end_is_kept_whole() -> None:
    waits = 'waits() { while true; do if frob "$1"; then return 0; fi; frob x; done; return 1; }\n'
    found = traced(f"{waits}waits db || exit 1\nlate")
    assert [one.source.shell().splitlines()[-1] for one in found.steps] == ["waits db", "late"]
    assert all(command.steps or command.disposition for command in found.commands)


def test_a_local_variable_may_be_empty() -> None:
    (one,) = traced('f() { local x=""; if ls | grep -q "$x"; then frob; fi; }\nf').steps
    assert len(one.guard) == 1


def test_a_declared_function_is_known() -> None:
    (one,) = traced("f() { frob a; }\nif declare -F f > /dev/null; then frob b; else frob c; fi").steps
    assert [word.text for word in one.argv] == ["frob", "b"]


@pytest.mark.parametrize(
    ("text", "asked", "given"),
    [
        ("OLD=$(docker ps -q)\nif [ ${#OLD} -gt 0 ]; then frob; fi", "[ ${#OLD} -gt 0 ]", "${OLD}"),
        ('if [ "${HOST%%.*}" = web ]; then frob; fi', '[ "${HOST%%.*}" = web ]', "${HOST}"),
        ("if [[ ${#HOST} -lt 3 ]]; then frob; fi", "[[ ${#HOST} -lt 3 ]]", "${HOST}"),
        (
            'f() { local OLD="\\"$(docker ps -q)"; if [ ${#OLD} -gt 0 ]; then frob; fi; }\nf',
            'OLD="\\"$(docker ps -q)"; [ ${#OLD} -gt 0 ]',
            None,
        ),
    ],
)
def test_a_length_is_asked_of_the_shell(text: str, asked: str, given: str | None) -> None:
    (test,) = step(text).guard
    assert isinstance(test.subject, Succeeds)
    assert test.subject.text.text == asked
    assert [value.shell() for _, value in test.context.environment] == ([given] if given else [])


def test_a_known_length_is_counted() -> None:
    assert not step("X=abc\nif [ ${#X} -eq 3 ]; then frob; fi").guard


@pytest.mark.parametrize(
    ("text", "attempts"),
    [
        ("R=5\nuntil frob || [ $R -eq 0 ]; do sleep 5; R=$((R-1)); done", 6),
        ("N=0\nuntil frob || [ $N -ge 30 ]; do echo wait; sleep 5; ((N++)); done", 31),
        ('N=0\nMAX=9\nuntil frob || [ "$N" -gt "$MAX" ]; do sleep 5; N=$((N + 1)); done', 11),
        ("R=5\nwhile ! frob && [ $R -gt 0 ]; do sleep 5; R=$((R-1)); done", 6),
        ("N=0\nwhile [ $N -lt 30 ] && ! frob; do sleep 5; ((N+=1)); done", 30),
    ],
)
def test_a_wait_may_count_in_its_head(text: str, attempts: int) -> None:
    (one,) = traced(text).steps
    assert one.argv
    assert one.retry is not None
    assert (one.retry.attempts, one.retry.delay) == (attempts, 5)


@pytest.mark.parametrize(
    "text",
    [
        "R=$1\nuntil frob || [ $R -eq 0 ]; do sleep 5; R=$((R-1)); done",
        "R=5\nuntil frob || [ $R -eq 0 ]; do sleep 5; R=$((R+1)); done",
        "R=5\nuntil frob || [ $R -eq 0 ]; do restart; sleep 5; R=$((R-1)); done",
        "R=5\nuntil frob && [ $R -eq 0 ]; do sleep 5; R=$((R-1)); done",
    ],
)
def test_a_wait_that_is_something_else_is_kept(text: str) -> None:
    (one,) = traced(text).steps
    assert (one.argv, one.retry) == ((), None)


def test_a_counted_wait_that_is_given_up_ends_the_script() -> None:
    wait = "N=0\nuntil first || [ $N -eq 30 ]; do sleep 5; N=$((N+1)); done\n"
    found = traced(f"{wait}if [ $N -eq 30 ]; then exit 1; fi\nfrob")
    assert [one.argv[0].text for one in found.steps] == ["first", "frob"]


@pytest.mark.parametrize(
    "wait",
    [
        "until docker ps | grep -q app; do sleep 2; done",
        "while ! docker ps | grep -q app; do sleep 2; done",
        "for i in 1 2 3; do docker ps | grep -q app && break; sleep 2; done",
        "while [ $((n++)) -lt 3 ]; do if docker ps | grep -q app; then ok=y; break; fi; sleep 2; done",
    ],
)
def test_a_wait_may_look_through_a_pipe(wait: str) -> None:
    (asks, late) = traced(f"{wait}\nfrob").steps
    assert asks.retry is not None
    assert asks.source.shell() == "docker ps | grep -q app"
    assert late.guard == ()

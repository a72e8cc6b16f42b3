"""One step against rules: which rule wins, what keeps one from fitting, and what the user is told of it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from converter.match import RuleBook, load_rules
from converter.match.engine import match_step
from converter.match.rule import RuleError
from converter.model.match import Verdict
from converter.model.value import CommandOutput, Unknown, Value, Variable
from match.writing import book, fields, matched, step

BUILT_IN = load_rules()
MKDIR = {
    "synopsis": "mkdir [-p] [-m MODE] DIR...",
    "each": "DIR",
    "becomes": {"directory": {"path": "{{ path(DIR) }}"}},
}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("frobctl sync --now", 'no rule knows "frobctl sync --now"'),
        ("git pull --foo", "git pull --foo: the rule git-pull does not understand --foo"),
        ("mkdir --mod=755 /srv/x", "mkdir --mod=755 /srv/x: the rule mkdir does not understand --mod=755"),
        ('rm -rf ""', "rm -rf: the rule rm does not fit: an empty word is no path"),
        ("git clone https://x/*.git", "https://x/*.git stands for names that only the host knows"),
        ("$TOOL x", 'the command "${TOOL}" is known only at run time'),
    ],
)
def test_why_no_rule_matches(line: str, reason: str) -> None:
    found = matched(BUILT_IN, line)
    assert (found.verdict, found.reason) == (Verdict.UNMATCHED, reason)


@pytest.mark.parametrize(
    "line", ['rm -rf ""', 'X=""; rm -rf "$X"', 'rm -rf "" /srv/x', 'mkdir ""', "rm -$FLAGS /srv/x"]
)
def test_a_word_that_names_nothing_is_never_a_path(line: str) -> None:
    """Joined with the directory of the step, an empty word would be that directory: it would be removed."""
    assert matched(BUILT_IN, line).verdict == Verdict.UNMATCHED


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("server -p 80", ["server", "-p", "80"]),
        ("server --rm -d", ["server", "--rm", "-d"]),
        ("nginx -g 'daemon off;'", ["nginx", "-g", "daemon off;"]),
        ("sh -c 'x' -- -y", ["sh", "-c", "x", "--", "-y"]),
    ],
)
def test_options_of_the_program_in_a_container_are_not_options_of_docker(line: str, expected: list[str]) -> None:
    found = fields(matched(BUILT_IN, f"docker run -d --name web -p 1:1 shop {line}"))
    assert (found["command"], found["ports"], found["remove"]) == (expected, ["1:1"], False)


def test_a_choice_known_only_at_run_time_does_not_fit() -> None:
    assert matched(BUILT_IN, "docker run -d --name web --pull $POLICY shop").verdict == Verdict.KEEP


def test_variables_stay_variables() -> None:
    line = "git clone -b $BRANCH https://x/$REPO.git $APP_DIR/src"
    found = fields(matched(BUILT_IN, line))
    assert (found["repo"], found["version"]) == ("https://x/${REPO}.git", "${BRANCH}")
    assert found["dest"] == "${APP_DIR}/src"


def test_what_nobody_knows_matches_nothing() -> None:
    found = match_step(step("mkdir", Value(Unknown("a random number", "$RANDOM"))), BUILT_IN)
    assert (found.verdict, found.reason) == (Verdict.UNMATCHED, "$RANDOM: a random number")


def test_what_a_command_prints_may_be_an_operand() -> None:
    assert match_step(step("mkdir", Value(CommandOutput("date +%F"))), BUILT_IN).verdict == Verdict.BECOMES


def test_words_of_a_rule_are_asked_in_its_order(tmp_path: Path) -> None:
    special = {"synopsis": "mkdir /tmp", "absorb": "it is always there"}
    assert matched(book(tmp_path / "a", "mkdir", special, MKDIR), "mkdir /tmp").rule == "rule-1"
    assert matched(book(tmp_path / "b", "mkdir", MKDIR, special), "mkdir /tmp").rule == "rule-1"


def test_rules_of_the_user_win(tmp_path: Path) -> None:
    book(tmp_path, "git", {"id": "ours", "synopsis": "git pull ...", "keep": "ours differs"})
    rules = load_rules([tmp_path])
    assert matched(rules, "git pull --foo").rule == "ours"
    assert matched(rules, "git clone https://x/y.git").rule == "git-clone"


def test_rules_of_the_user_win_over_longer_names(tmp_path: Path) -> None:
    book(tmp_path, "docker", {"id": "ours", "synopsis": "docker ...", "keep": "ours"})
    assert matched(load_rules([tmp_path]), "docker compose up -d").rule == "ours"


def test_the_rule_that_understands_most_is_the_nearest(tmp_path: Path) -> None:
    rules = book(
        tmp_path, "frob", {"synopsis": "frob [-a] X", "keep": "k"}, {"synopsis": "frob [-b] [-c] X", "keep": "k"}
    )
    assert matched(rules, "frob -b -c -z x").reason == "frob -b -c: the rule rule-2 does not understand -z"
    assert matched(rules, "frob -a -z x").reason == "frob -a -z: the rule rule-1 does not understand -z"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"when": "split(NAME, ':')[1] == 'x'"}, "list object has no element 1"),
        ({"becomes": {"directory": {"path": "{{ split(NAME, ':')[1] }}"}}}, "list object has no element 1"),
        ({"becomes": {"directory": {"path": "{{ MODE }}"}}}, "nothing is given for path"),
    ],
)
def test_what_an_expression_needs_and_the_command_lacks(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    rule = {"synopsis": "frob [-m MODE] NAME", "becomes": {"directory": {"path": "{{ NAME }}"}}}
    found = matched(book(tmp_path, "frob", {**rule, **change}), "frob a")
    assert (found.verdict, found.reason) == (
        Verdict.UNMATCHED,
        f"frob a: the rule rule-1 does not fit: {reason}",
    )


def test_the_longer_name_of_a_tool_wins(tmp_path: Path) -> None:
    general = {"synopsis": "python ...", "keep": "a program"}
    book(tmp_path, "python", general, name="a.yaml")
    book(tmp_path, "python -m venv", {"id": "venv", "synopsis": "python -m venv DIR", "keep": "k"}, name="b.yaml")
    rules = RuleBook([tmp_path])
    assert [matched(rules, line).rule for line in ("python -m venv x", "python -m other")] == ["venv", "rule-1"]


def test_spellings_of_a_tool(tmp_path: Path) -> None:
    rules = book(tmp_path, ["frob", "frob ctl"], {"synopsis": "frob sync", "keep": "k"})
    lines = ("frob sync", "frob ctl sync", "/opt/bin/frob sync", "frob ctl", "sync")
    assert [matched(rules, line).verdict for line in lines] == [*["keep"] * 3, *["unmatched"] * 2]


def test_streams_have_to_be_accounted_for(tmp_path: Path) -> None:
    rules = book(tmp_path, "mkdir", MKDIR)
    for line in ("mkdir /x > /etc/motd", "mkdir /x < /etc/list", "mkdir /x <<< yes", "X=$(mkdir -p /x)", "mkdir /x &"):
        assert matched(rules, line).verdict == Verdict.UNMATCHED, line


@pytest.mark.parametrize(
    ("file", "verdict"),
    [
        *(
            (name, "becomes")
            for name in ("x.log", "logs/x", "/var/log/x", "build_log.txt", "$LOG_FILE", "x.out", "LOGFILE")
        ),
        *((name, "unmatched") for name in ("catalog.json", "blog.html", "login.conf", "changelog.md", "x.txt")),
    ],
)
def test_only_what_goes_to_a_log_may_be_left_out(tmp_path: Path, file: str, verdict: str) -> None:
    assert matched(book(tmp_path, "mkdir", MKDIR), f"mkdir /x > {file}").verdict == verdict


def test_a_page_that_is_fetched_into_a_file_is_no_health_check() -> None:
    found = matched(BUILT_IN, "curl -sf https://shop.example/feed > /srv/catalog.json")
    assert [spec.kind for spec in found.specs] == ["download"]


def test_a_redirection_that_the_rule_takes(tmp_path: Path) -> None:
    touched = {"touched_file": {"path": "{{ path(OUT) }}"}}
    rules = book(
        tmp_path,
        "frob",
        {"synopsis": "frob", "redirect": "OUT", "becomes": touched},
        {"synopsis": "frob", "redirect": "OUT", "append": True, "keep": "it adds"},
    )
    assert fields(matched(rules, "frob > /x"))["path"] == "/x"
    assert matched(rules, "frob >> /x").rule == "rule-2"
    assert matched(rules, "frob").verdict == Verdict.UNMATCHED


def test_text_that_is_given_to_a_command(tmp_path: Path) -> None:
    rules = book(
        tmp_path,
        "frob",
        {
            "synopsis": "frob PATH",
            "stdin": "TEXT",
            "becomes": {"file": {"path": "{{ PATH }}", "content": "{{ TEXT }}"}},
        },
    )
    assert fields(matched(rules, "frob /x <<< 'a $b {{ c }}'"))["content"] == "a $b {{ c }}\n"
    assert matched(rules, "frob /x").verdict == Verdict.UNMATCHED


def test_patterns_only_where_the_rule_allows_them(tmp_path: Path) -> None:
    assert matched(book(tmp_path / "a", "mkdir", MKDIR), "mkdir /x/*").verdict == Verdict.UNMATCHED
    assert matched(book(tmp_path / "b", "mkdir", {**MKDIR, "globs": ["DIR"]}), "mkdir /x/*").verdict == Verdict.BECOMES


def test_each_and_when(tmp_path: Path) -> None:
    rules = book(tmp_path, "mkdir", {**MKDIR, "when": "not P"})
    assert [spec.identity() for spec in matched(rules, "mkdir a /b").specs] == ["path:${project_dir}/a", "path:/b"]
    assert matched(rules, "mkdir -p a").verdict == Verdict.UNMATCHED


def test_pipelines(tmp_path: Path) -> None:
    rule = {"pipeline": ["fetch [-q] URL", "(sh|bash) [-s]"], "when": "starts(URL, 'https')", "keep": "an installer"}
    rules = book(tmp_path, "fetch", rule)
    assert matched(rules, "fetch -q https://x | bash -s").rule == "rule-1"
    for line in ("fetch https://x | zsh", "fetch -z https://x | sh", "fetch http://x | sh", "fetch https://x | sh > f"):
        assert matched(rules, line).rule == "", line


def test_a_failing_exit_demands_the_opposite_of_its_condition() -> None:
    found = matched(BUILT_IN, '[ -f /srv/.env ] || { echo "no settings"; exit 1; }')
    assert found.rule == "failing-exit"
    assert fields(found)["message"] == "no settings"
    (test,) = msgspec.structs.asdict(found.specs[0])["condition"]
    assert test.subject.path == "/srv/.env"


@pytest.mark.parametrize(
    ("becomes", "told"),
    [
        ({"directory": {"path": "{{ NOPE }}"}}, "becomes.directory.path: NOPE is not a name of the synopsis"),
        ({"directory": {"path": "{{ DIR | }}"}}, "becomes.directory.path: 'DIR |' is not an expression"),
        ({"directory": {"path": "{{ DIR }}", "colour": "red"}}, "becomes.directory.colour: directory has path"),
        ({"directory": {"mode": "755"}}, "becomes.directory: path is missing"),
        ({"nothing": {}}, "becomes: nothing is not a kind of resource"),
    ],
)
def test_errors_of_rules_say_file_line_and_field(tmp_path: Path, becomes: dict[str, object], told: str) -> None:
    rules = book(tmp_path, "mkdir", {"synopsis": "mkdir DIR", "becomes": becomes})
    with pytest.raises(RuleError) as problem:
        matched(rules, "mkdir /x")
    assert str(problem.value).startswith(f"{tmp_path / 'tool.yaml'}:3: rule-1.{told}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: []", "1: tool: "),
        ("tool: x\nrules: 3", "1: rules: a list of rules is expected"),
        ("tool: x\nrules:\n- id: a\n  keep: k\n  absorb: k\n", "3: a.becomes: exactly one of"),
        ("tool: x\nrules:\n- id: a\n  keep: k\n  colour: k\n", "3: a.colour: is not a field of a rule"),
        ("tool: x\nrules:\n- keep: k\n", "3: rule.id: a name in kebab-case is expected"),
        ("tool: x\nrules:\n- id: a\n  keep: k\n  synopsis: x [-q\n", "3: a.synopsis: 'x [-q': ']' is missing"),
        ("tool: x\nrules:\n- id: a\n  keep: k\n  synopsis: y\n", "3: a.synopsis: 'y' does not begin with x"),
        ("tool: x\nrules:\n- id: [\n", "4: file: "),
    ],
)
def test_files_that_are_no_rules(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as problem:
        matched(RuleBook([tmp_path]), "x")
    assert str(problem.value).startswith(f"{tmp_path / 'x.yaml'}:{told}")


def test_text_of_the_script_is_never_an_expression() -> None:
    for text in ("{{ 7 * 7 }}", "{% set x = 1 %}", "${{ x }}"):
        assert fields(matched(BUILT_IN, f"mkdir '/srv/{text}'"))["path"] == f"/srv/{text}"


def test_expressions_reach_nothing_else(tmp_path: Path) -> None:
    for source in (
        "DIR.__class__.__mro__",
        "cycler.__init__.__globals__",
        "().__class__.__bases__[0].__subclasses__()",
    ):
        rules = book(
            tmp_path, "mkdir", {"synopsis": "mkdir DIR", "becomes": {"directory": {"path": f"{{{{ {source} }}}}"}}}
        )
        with pytest.raises(RuleError, match=r"no rule may use|not a name"):
            matched(rules, "mkdir /x")


def test_a_variable_without_a_value_is_a_path_of_its_own() -> None:
    found = match_step(step("mkdir", Value(Variable("APP_DIR"))), BUILT_IN)
    assert fields(found)["path"] == "${APP_DIR}"

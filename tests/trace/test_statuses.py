"""`$?`: directly, kept in a variable, handed to a function."""

from __future__ import annotations

import pytest

from converter.model.trace import Compare, Step, StepSucceeded, Trace
from converter.parse import parse_text
from converter.trace import trace


def traced(text: str) -> Trace:
    return trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda path: None)


def frob(text: str) -> Step:
    return next(step for step in traced(text).steps if step.argv[:1] and step.argv[0].text == "frob")


@pytest.mark.parametrize(
    "text",
    [
        "if [ $? -ne 0 ]; then frob; fi",
        "RC=$?\necho $RC\nif [ $RC -ne 0 ]; then frob; fi",
        'RC=$?\nother\n[ "$RC" = 0 ] || frob',
        "RC=$?\nother\nif (( RC != 0 )); then frob; fi",
        "RC=$?\ncase $RC in 0) echo ok ;; *) frob ;; esac",
        "fails $?",
        "late $? text",
        "RC=$?\nf() { return $RC; }\nf || frob",
    ],
)
def test_it_tells_of_the_command_before(text: str) -> None:
    fails = 'fails() { if [ "$1" -gt 0 ]; then frob; fi; }\n'
    late = "late() { local code=$1; echo; [[ $code -eq 0 ]] && return; frob; }\n"
    (test,) = frob(f"{fails}{late}first\n{text}").guard
    assert isinstance(test.subject, StepSucceeded)
    assert (test.subject.step, test.negated) == (0, True)


def test_a_test_is_not_asked_again_after_something_has_run() -> None:
    (test,) = frob("grep -q x f\nRC=$?\nother\nif [ $RC -eq 0 ]; then frob; fi").guard
    assert isinstance(test.subject, Compare)
    assert [found.name for found in test.subject.left.variables][:2] == ["RC", "?"]


def test_another_code_is_not_understood() -> None:
    (test,) = frob("first\nRC=$?\nif [ $RC -eq 2 ]; then frob; fi").guard
    assert not isinstance(test.subject, StepSucceeded)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("first\nRC=$?\n[ $RC -eq 0 ] || exit 1", ["first"]),
        ("first\nRC=$?\nother\n[ $RC -eq 0 ] || exit 1", ["first", "other", "exit"]),
        ("set -e\nfirst\nRC=$?\nother\n[ $RC -eq 0 ] || exit 1", ["first", "other"]),
    ],
)
def test_what_runs_before_the_end_still_runs(text: str, names: list[str]) -> None:
    assert [step.argv[0].text for step in traced(text).steps] == names

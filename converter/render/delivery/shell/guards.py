"""Conditions of the script as conditions of bash."""

from __future__ import annotations

from converter.model.trace import (
    AnyOf,
    Compare,
    Guard,
    NotEmpty,
    PathTest,
    StepSucceeded,
    Subject,
    Succeeds,
    Test,
    Undecided,
)
from converter.model.value import Value
from converter.render.delivery.shell.text import InexpressibleError, raw
from converter.render.delivery.shell.words import path, word, words

_STATES = {
    "exists": "-e",
    "file": "-f",
    "directory": "-d",
    "link": "-L",
    "executable": "-x",
    "readable": "-r",
    "writable": "-w",
    "nonempty": "-s",
}
# Where the directory does not matter, the plan says this one.
_ANYWHERE = Value.of("/")
_NUMERIC = {"==": "-eq", "<": "-lt", "<=": "-le", ">": "-gt", ">=": "-ge"}


def condition(guard: Guard, cwd: Value) -> str:
    """All tests of the guard, joined by `&&`; "" for none."""
    return " && ".join(_test(test, cwd) for test in guard)


def _test(test: Test, cwd: Value) -> str:
    said = _subject(test.subject, cwd, test.context.cwd)
    return f"! {said}" if test.negated else said


def _subject(subject: Subject, cwd: Value, own: Value) -> str:
    match subject:
        case PathTest():
            return f"[[ {_STATES.get(subject.state, '-e')} {path(subject.path, cwd)} ]]"
        case Compare():
            return _compare(subject)
        case NotEmpty():
            return f"[[ -n {word(subject.value)} ]]"
        case Succeeds():
            said = words(*subject.argv) if subject.argv else raw(subject.text.shell(), pipefail=subject.pipefail)
            change = "" if own in (cwd, _ANYWHERE) or not own.parts else f"cd {path(own, cwd)} && "
            return f"({change}{said}) > /dev/null 2>&1" if change else f"{{ {said}; }} > /dev/null 2>&1"
        case AnyOf():
            inner = " || ".join(f"{{ {condition(each, cwd)}; }}" for each in subject.alternatives if each)
            return f"{{ {inner or 'true'}; }}"
        case StepSucceeded():
            return f'[[ "${{{status(subject.step)}:?}}" == 0 ]]'
        case Undecided():
            raise InexpressibleError(f"its condition is not understood: {subject.reason}")


def status(step: int) -> str:
    """The variable that has the exit code of a step."""
    return f"status_{step}"


def _compare(test: Compare) -> str:
    left, right = word(test.left), word(test.right)
    if test.numeric:
        return f"[[ {left} {_NUMERIC[test.operator]} {right} ]]"
    if test.operator == "matches":
        return f"[[ {left} == {right} ]]"
    if test.operator == "=~":
        return f"[[ {left} =~ $(printf '%s' {right}) ]]"
    if test.operator in ("<=", ">="):
        return f"! [[ {left} {'>' if test.operator == '<=' else '<'} {right} ]]"
    return f"[[ {left} {test.operator} {right} ]]"

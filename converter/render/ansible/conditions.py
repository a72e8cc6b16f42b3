"""Guards as `when:`: expressions over variables and over what was looked up on the host."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping

from converter.model.trace import AnyOf, Compare, Guard, NotEmpty, PathTest, StepSucceeded, Succeeds, Test
from converter.model.value import Glob, Literal, Value, Variable
from converter.render.ansible.value import UnrenderableError, expression, quoted, reference

_STATES = {
    "exists": "stat.exists",
    "file": "stat.isreg | default(false)",
    "directory": "stat.isdir | default(false)",
    "link": "stat.islnk | default(false)",
    "executable": "stat.executable | default(false)",
    "readable": "stat.readable | default(false)",
    "writable": "stat.writeable | default(false)",
}
_BARE = re.compile(r"[\w.]+", re.ASCII)


def conditions(guard: Guard, names: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """The guard as a list of expressions that all have to hold; `known` are the registered results of its tests by id,
    expressions that tell whether a step failed, and variables that are texts wherever the guard is asked."""
    return [_test(test, names, known) for test in guard]


def leaves(test: Test) -> list[Test]:
    """The single tests in a test."""
    if not isinstance(test.subject, AnyOf):
        return [test]
    return [leaf for guard in test.subject.alternatives for inner in guard for leaf in leaves(inner)]


def failed(step: int) -> str:
    """The key under which it is known whether a step failed."""
    return f"step {step}"


def always(variable: str) -> str:
    """The key under which the expression of a variable is known that is a text in every inventory."""
    return f"text {variable}"


def _test(test: Test, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    text = _subject(test, names, known)
    if not test.negated:
        return text
    for plain, opposite in ((" == 0", " != 0"), (" | length > 0", " | length == 0"), (" == ", " != ")):
        if text.count(plain) == 1 and " or " not in text and (plain != " == " or text.count("==") == 1):
            return text.replace(plain, opposite)
    if isinstance(test.subject, StepSucceeded):
        return text.removeprefix("not (").removesuffix(")")
    return f"not {text}" if _BARE.fullmatch(text) else f"not ({text})"


def _subject(test: Test, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    match test.subject:
        case PathTest(state="nonempty"):
            return f"(({known[test.id]}.stat.size | default(0)) > 0)"
        case PathTest(state=state):
            return f"{known[test.id]}.{_STATES[state]}"
        case Succeeds():
            return f"{known[test.id]}.rc | default(1) == 0"
        case NotEmpty(value=value):
            return f"{_text(value, names, known)} | length > 0"
        case Compare() as subject:
            return _compare(subject, names, known)
        case StepSucceeded(step=step):
            return f"not ({known.get(failed(step), 'false')})"
        case AnyOf(alternatives=alternatives):
            return " or ".join(_all(guard, names, known) for guard in alternatives) or "false"
        case _:
            raise UnrenderableError("a condition that is not understood")


def _all(guard: Guard, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    return "(" + (" and ".join(f"({_test(test, names, known)})" for test in guard) or "true") + ")"


def _text(value: Value, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The value as an expression that is a string, also where the variable is not given."""
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        if always(value.parts[0].name) in known:
            return known[always(value.parts[0].name)]
        return f"{reference(value.parts[0].name, names)} | default('', true) | string"
    return f"({expression(value, names)})" if value.variables else expression(value, names)


def _compare(subject: Compare, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    left = _text(subject.left, names, known)
    if subject.operator == "matches":
        return f"({left}) is ansible.builtin.match({_regular(subject.right)})"
    if subject.operator == "=~":
        return f"({left}) is ansible.builtin.search({expression(subject.right, names)})"
    right = _text(subject.right, names, known)
    if subject.numeric:
        left, right = _number(subject.left, left), _number(subject.right, right)
    return f"{left} {subject.operator} {right}"


def _number(value: Value, text: str) -> str:
    plain = (value.text or "").strip()
    if not value.variables and re.fullmatch(r"-?\d+", plain):
        return plain
    return f"{text} | int"


def _regular(pattern: Value) -> str:
    """A shell pattern as a regular expression of Python."""
    out: list[str] = []
    for part in pattern.parts:
        if isinstance(part, Glob):
            out.append(part.text)
        elif isinstance(part, Literal):
            out.append(re.sub(r"[*?\[]", r"[\g<0>]", part.text))
        elif isinstance(part, Variable) and part.value is not None and part.value.text is not None:
            out.append(re.sub(r"[*?\[]", r"[\g<0>]", part.value.text))
        else:
            raise UnrenderableError("a pattern that is known only at run time")
    return quoted(fnmatch.translate("".join(out)))

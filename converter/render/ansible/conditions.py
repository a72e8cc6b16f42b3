"""Guards as `when:`: tests of variables are expressions, tests of the host are looked up once, just before their first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from converter.model.trace import AnyOf, Compare, Guard, NotEmpty, PathTest, StepSucceeded, Subject, Succeeds, Test
from converter.model.value import Glob, Literal, Value, Variable
from converter.render.ansible.task import Task
from converter.render.ansible.value import UnrenderableError, expression, reference, template

_STATES = {
    "exists": "stat.exists",
    "file": "stat.isreg | default(false)",
    "directory": "stat.isdir | default(false)",
    "link": "stat.islnk | default(false)",
    "executable": "stat.executable | default(false)",
    "readable": "stat.readable | default(false)",
    "writable": "stat.writeable | default(false)",
}


def failure(step: int) -> str:
    """The key under which the names hold the variable that tells whether a step has failed."""
    return f"failure of step {step}"


class Checks:
    """The evaluations of one role: each gets a variable when it is first asked for."""

    def __init__(self, names: Mapping[str, str], role: str) -> None:
        self.names, self.role = names, role
        self._known: dict[str, str] = {}

    def before(self, guard: Guard) -> list[tuple[Task, Test]]:
        """The tasks that look up what the guard needs and nothing has looked up yet."""
        found: list[tuple[Task, Test]] = []
        for test in guard:
            for inner in leaves(test):
                if isinstance(inner.subject, PathTest | Succeeds) and inner.id not in self._known:
                    self._known[inner.id] = f"{self.role}_check_{len(self._known) + 1}"
                    found.append((_look(inner, self._known[inner.id], self.names), inner))
        return found

    def when(self, guard: Guard) -> list[str]:
        """The conditions, one a test."""
        return condition(guard, self.names, self._known)


def leaves(test: Test) -> list[Test]:
    """The single tests in a test."""
    if not isinstance(test.subject, AnyOf):
        return [test]
    return [leaf for guard in test.subject.alternatives for inner in guard for leaf in leaves(inner)]


def _look(test: Test, register: str, names: Mapping[str, str]) -> Task:
    subject = test.subject
    if isinstance(subject, PathTest):
        args: dict[str, Any] = {"path": template(subject.path, names), "follow": subject.state != "link"}
        return Task("ansible.builtin.stat", args, {"register": register}, suffix=f"look at {subject.path.shell()}")
    if not isinstance(subject, Succeeds):
        raise UnrenderableError("a test that can't be looked up")
    quiet = {"register": register, "changed_when": False, "failed_when": False, "check_mode": False}
    cmd = template(subject.text, names)
    args = {"cmd": cmd, "executable": "/bin/bash"}
    if "|" in cmd.replace("||", ""):
        args["cmd"] = f"set -o pipefail\n{cmd}"
    if test.context.cwd.text is not None or test.context.cwd.variables[:1] != (Variable("HOME"),):
        args["cmd"] = (
            f"cd {_shell_quoted(template(test.context.cwd, names))} && {cmd}" if _relative(cmd) else args["cmd"]
        )
    return Task("ansible.builtin.shell", args, quiet, suffix=f"ask {_short(subject.text.shell())}")


def _relative(cmd: str) -> bool:
    """Whether the directory matters to a command that looks."""
    return not re.match(r"(command -v|which|type|hash|id|systemctl|pgrep|docker (ps|info|inspect)|getent|dpkg)\b", cmd)


def _shell_quoted(path: str) -> str:
    return (
        path
        if re.fullmatch(r"[\w./{} -]*", path) and " " not in path.replace("{{ ", "").replace(" }}", "")
        else f'"{path}"'
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else f"{line[:47]}..."


def condition(guard: Guard, names: Mapping[str, str], known: Mapping[str, str] | None = None) -> list[str]:
    """The guard as a list of expressions that all have to hold."""
    return [_test(test, names, known or {}) for test in guard]


def _test(test: Test, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    text = _subject(test, test.subject, names, known)
    if not test.negated:
        return text
    simple = re.fullmatch(r"(\w+)\.rc == 0", text)
    return f"{simple[1]}.rc != 0" if simple else f"not ({text})"


def _subject(test: Test, subject: Subject, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    match subject:
        case PathTest(state="nonempty"):
            return f"({known[test.id]}.stat.size | default(0)) > 0"
        case PathTest(state=state):
            return f"{known[test.id]}.{_STATES[state]}"
        case Succeeds():
            return f"{known[test.id]}.rc == 0"
        case NotEmpty(value=value):
            return f"({_defaulted(value, names)} | string | length) > 0"
        case Compare():
            return _compare(subject, names)
        case StepSucceeded(step=step):
            return f"not ({names[failure(step)]} | default(false))"
        case AnyOf(alternatives=alternatives):
            return " or ".join(f"({' and '.join(_test(t, names, known) for t in guard)})" for guard in alternatives)
        case _:
            raise UnrenderableError("a condition that is not understood")


def _defaulted(value: Value, names: Mapping[str, str]) -> str:
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        return f"{reference(value.parts[0].name, names)} | default('', true)"
    return f"({expression(value, names)})"


def _compare(subject: Compare, names: Mapping[str, str]) -> str:
    left = _defaulted(subject.left, names) if subject.left.variables else expression(subject.left, names)
    if subject.operator == "matches":
        return f"({left}) is match({_regular(subject.right)})"
    right = expression(subject.right, names)
    if subject.operator == "=~":
        return f"({left}) is search({right})"
    if subject.numeric:
        return f"(({left}) | int) {subject.operator} (({right}) | int)"
    return (
        f"({left} | string) {subject.operator} ({right} | string)"
        if subject.right.variables
        else f"({left}) {subject.operator} {right}"
    )


def _regular(pattern: Value) -> str:
    out: list[str] = []
    for part in pattern.parts:
        if isinstance(part, Glob):
            out.append({"*": ".*", "?": "."}.get(part.text, part.text))
        elif isinstance(part, Literal):
            out.append(re.escape(part.text))
        else:
            raise UnrenderableError("a pattern that is known only at run time")
    return "'" + "".join(out).replace("\\", "\\\\").replace("'", "\\'") + "$'"

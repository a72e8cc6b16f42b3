"""What the trace says that bash runs, given how the conditions of one run turn out."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from converter.model.trace import (
    AnyOf,
    Compare,
    Guard,
    NotEmpty,
    PathTest,
    Step,
    StepSucceeded,
    Subject,
    Succeeds,
    Trace,
    Undecided,
)
from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable
from oracle.world import PROJECT, Way

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Expected:
    """One command as patterns; the stages of a pipeline start together, so their order is open. `sure` is False
    under a condition that the trace itself does not decide."""

    step: Step
    commands: tuple[str, ...]
    sure: bool


class Believed:
    """The steps of a trace that are taken in one run."""

    def __init__(self, trace: Trace, way: Way, root: Path) -> None:
        self._trace, self._way, self._root = trace, way, root
        self._steps = {step.id: step for step in trace.steps}

    def steps(self) -> list[Expected]:
        """In order, up to the exit that is taken."""
        taken: list[Expected] = []
        for step in self._trace.steps:
            truth = self._holds(step.guard)
            if truth is False:
                continue
            if step.argv and step.argv[0].text == "exit":
                if truth:
                    break
                continue
            commands = self._commands(step)
            if commands:
                taken.append(Expected(step, commands, truth is True))
            if truth and self._trace.stops_on_error and not step.tolerated and self._fails(step):
                break
        return taken

    def _fails(self, step: Step) -> bool:
        """Whether the step fails in this run, and no condition asks how it ended."""
        asked = {
            test.subject.step
            for other in self._trace.steps
            for test in other.guard
            if isinstance(test.subject, StepSucceeded)
        }
        return step.id not in asked and not self._ends_well(self._line(step))

    def _line(self, step: Step) -> str:
        return " ".join(self.known(word) or "" for word in step.argv) or step.source.shell()

    def _commands(self, step: Step) -> tuple[str, ...]:
        """Patterns over the words, joined by a character that is in none."""
        if [word.text for word in step.argv] == ["cat"] and step.stdin is not None:
            # For the trace, `echo text > file` and a heredoc write the file alike.
            text = self._pattern(step.stdin).removesuffix("\\\n").replace("\\ ", "[ \x1f]")
            return (f"cat|printf\x1f(?s:.*)|echo\x1f(?:-[en]+\x1f)?{text}",)
        # A test of what a command prints is a pipeline for the rules, of which only the command runs.
        text = step.source.shell()
        stages = tuple(_program(_without_sudo(argv)) for argv in step.stages if argv and (argv[0].text or "") in text)
        argvs = (step.argv,) if step.argv else stages
        return tuple("\x1f".join(self._pattern(value) for value in argv) for argv in argvs if argv)

    def _pattern(self, value: Value) -> str:
        return "".join(self._part(part) for part in value.parts)

    def _part(self, part: Part) -> str:
        match part:
            case Literal(text) | Glob(text):
                return re.escape(text)
            case Variable(name, inner):
                known = self._variable(name) if inner is None else None
                if known is not None:
                    return re.escape(known)
                return self._pattern(inner) if inner is not None else "[^\x1f]*"
            case CommandOutput(text):
                printed = self._printed(text)
                return "[^\x1f]*" if printed is None else re.escape(printed)
            case Unknown():
                return "[^\x1f]*"

    def known(self, value: Value) -> str | None:
        """The text that bash has there, if it can be told."""
        out = []
        for part in value.parts:
            match part:
                case Literal(text) | Glob(text):
                    found: str | None = text
                case Variable(name, inner):
                    found = self.known(inner) if inner is not None else self._variable(name)
                case CommandOutput(text):
                    found = self._printed(text) or ""
                case Unknown():
                    found = None
            if found is None:
                return None
            out.append(found)
        return "".join(out)

    def _variable(self, name: str) -> str | None:
        given = next((item for item in self._trace.inputs if item.name == name), None)
        if given is not None and 0 < given.position <= len(self._way.arguments):
            return self._argument(given.position)
        if name.isdigit():
            return self._argument(int(name))
        known = {"project_dir": PROJECT, "HOME": "/root", **self._way.environment, **self._way.inputs}
        default = given.default if given is not None else None
        if name in known or default is not None:
            return known.get(name) if default is None else known.get(name, self.known(default) or "")
        return "" if given is not None and given.position else None

    def _argument(self, position: int) -> str:
        return self._way.arguments[position - 1] if position <= len(self._way.arguments) else ""

    def _printed(self, command: str) -> str | None:
        return next((text for prefix, text in self._way.prints.items() if command.startswith(prefix)), None)

    def _ends_well(self, line: str) -> bool:
        return not next((code for prefix, code in self._way.exits.items() if prefix in line), 0)

    def _holds(self, guard: Guard) -> Truth:
        truths = []
        for test in guard:
            truth = self._subject(test.subject)
            truths.append(truth if truth is None else truth != test.negated)
        if False in truths:
            return False
        return None if None in truths else True

    def _subject(self, subject: Subject) -> Truth:
        match subject:
            case PathTest(path=path, state=state):
                return self._path(path, state)
            case Compare():
                return self._compare(subject)
            case NotEmpty(value=value):
                text = self.known(value)
                return None if text is None else bool(text)
            case Succeeds():
                return self._succeeds(subject)
            case StepSucceeded(step=number):
                return self._ends_well(self._line(self._steps[number]))
            case AnyOf(alternatives=alternatives):
                truths = [self._holds(guard) for guard in alternatives]
                return True if True in truths else None if None in truths else False
            case Undecided():
                return None

    def _succeeds(self, subject: Succeeds) -> bool:
        words = [self.known(word) or word.shell() for word in subject.argv]
        if words[:2] == ["command", "-v"]:
            return words[-1] not in self._way.missing
        return self._ends_well(" ".join(words) or subject.text.text or subject.text.shell())

    def _path(self, path: Value, state: str) -> Truth:
        text = self.known(path)
        if text is None:
            return None
        place = self._root / (text if text.startswith("/") else f"{PROJECT}/{text}").lstrip("/")
        if state == "link":
            return place.is_symlink()
        if not place.exists():
            return False
        mode = place.stat().st_mode
        checks = {
            "file": stat.S_ISREG(mode),
            "directory": stat.S_ISDIR(mode),
            "executable": bool(mode & 0o111),
            "nonempty": place.stat().st_size > 0,
        }
        return checks.get(state, True)

    def _compare(self, test: Compare) -> Truth:
        left, right = self.known(test.left), self.known(test.right)
        if left is None or right is None:
            return None
        if test.operator == "matches":
            return fnmatchcase(left, right)
        if test.operator == "=~":
            return re.search(right, left) is not None
        return _compared(_key(left, test.numeric), _key(right, test.numeric), test.operator)


def _key(text: str, numeric: bool) -> tuple[int, str]:
    return (int(text or 0), "") if numeric else (0, text)


def _compared(left: tuple[int, str], right: tuple[int, str], operator: str) -> bool:
    answers = {"==": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return answers[operator]


def _without_sudo(argv: tuple[Value, ...]) -> tuple[Value, ...]:
    """The words that sudo runs, where it is named without options or with a user alone."""
    if not argv or argv[0].text != "sudo":
        return argv
    return argv[3:] if argv[1].text == "-u" else argv[1:]


def _program(argv: tuple[Value, ...]) -> tuple[Value, ...]:
    """The words of the program alone: in a stage, a redirection of its output stands behind them."""
    end = next((index for index, word in enumerate(argv) if word.text in ("<", ">", ">>")), len(argv))
    return argv[:end]

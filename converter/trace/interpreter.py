"""The abstract interpreter: walks the program as bash would, and never runs anything."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from converter.model.paths import absolute
from converter.model.script import (
    AndOr,
    Assign,
    Background,
    Block,
    Case,
    Comment,
    Define,
    Exec,
    Group,
    If,
    Loop,
    Not,
    Opaque,
    Pipeline,
    Script,
    Statement,
)
from converter.model.source import SourceFile, Span
from converter.model.trace import Compare, Guard, NotEmpty, RunsOn, Subject
from converter.model.value import CommandOutput, Value, Variable
from converter.trace import assignments, branches, commands, groups, loops, pipelines
from converter.trace.account import Account
from converter.trace.conditions import SUCCESS, Condition, contradicts, decided, single
from converter.trace.holes import Holes
from converter.trace.selector import texts_of
from converter.trace.state import End, State, Streams
from converter.trace.walk import commands as commands_of
from converter.trace.walk import mentioned

ParseText = Callable[[str, str, int, int], Script]
Load = Callable[[str], SourceFile | None]
MOST_STATEMENTS = 60_000
# What can stand in shell text as it is: plain words, and variables.
_WRITABLE = re.compile(r"(?:[\w@%+=:,./-]|\$\{\w+\})*")
PROJECT = "project_dir"


class Interpreter:
    """One run over the scripts given together. Its parts (`branches`, `loops`, `remote` ...) call each other through
    it."""

    def __init__(
        self, parse_text: ParseText, load: Load, runs_on: RunsOn | None, given: Mapping[str, Value] | None = None
    ) -> None:
        self.parse_text, self.load, self.runs_on, self.given = parse_text, load, runs_on, given or {}
        self.holes = Holes()
        self.account = Account(self.holes.readable)
        self.depth = 0
        self.calls: list[str] = []
        self.sites: list[Exec] = []
        self.title = ""
        self.comment: list[str] = []
        self.span: Span | None = None
        self.script_path = Value()
        self.root = False
        self.testing = False
        self.statements = 0
        self.returns: list[list[tuple[Guard, Condition]]] = []
        self.lost_return = False
        self.statuses: list[tuple[Condition, int]] = []
        self.breaks: list[list[State]] = []
        self.cleanups: list[tuple[State, Script]] = []
        self.prompts: set[str] = set()
        self.sought: list[Value] = []
        self.renamed: dict[str, str] = {}

    def block(self, state: State, block: Block) -> Condition:
        """Runs the statements of a block in order; returns how the last one ended."""
        status = SUCCESS
        for index, statement in enumerate(block):
            if state.end:
                self.skip(block[index:], _never(state.end))
                break
            status = self.statement(state, statement)
            state.status = status
        return status

    def statement(self, state: State, statement: Statement) -> Condition:
        """Runs one statement."""
        if isinstance(statement, Comment):
            self._remark(statement)
            return state.status
        self.statements += 1
        if self.statements > MOST_STATEMENTS:
            return self.give_up(statement)
        remark = len(self.comment)
        status = self._dispatch(state, statement)
        del self.comment[:remark]
        return status

    def _dispatch(self, state: State, statement: Statement) -> Condition:
        match statement:
            case Exec():
                self.span = statement.span
                return commands.execute(self, state, statement)
            case Assign():
                self.span = statement.span
                return assignments.assign(self, state, statement)
            case AndOr():
                return branches.and_or(self, state, statement)
            case Not():
                return self.tested(state, (statement.body,)).negated()
            case If() | Case() | Loop() if groups.streamed(self, state, statement):
                return groups.redirected(self, state, statement)
            case If():
                return branches.if_statement(self, state, statement)
            case Case():
                return branches.case(self, state, statement)
            case Loop():
                return loops.loop(self, state, statement)
            case Pipeline():
                return pipelines.pipeline(self, state, statement)
            case Group():
                return groups.group(self, state, statement)
            case Background():
                return groups.background(self, state, statement)
            case Define():
                state.functions[statement.name] = statement
                return SUCCESS
            case Opaque():
                return commands.opaque(self, state, statement)
            case _:
                return SUCCESS

    def tested(self, state: State, block: Block) -> Condition:
        """Runs a block for its exit code: what only looks becomes a test instead of a step."""
        before, self.testing = self.testing, True
        try:
            return self.block(state, block)
        finally:
            self.testing = before

    def test(self, state: State, subject: Subject, span: Span) -> Condition:
        """The condition of one test; tests of variables alone are the same evaluation wherever they stand."""
        id = self.account.next_test(span)
        if isinstance(subject, Compare | NotEmpty):
            id = _pure(subject)
        if isinstance(subject, Compare) and not subject.numeric:
            self.account.hold(subject.left, texts_of(subject))
        condition = single(subject, id, state.context(), span)
        if condition.yes and contradicts(state.guard, condition.yes[0]):
            return decided(False)
        if condition.no and contradicts(state.guard, condition.no[0]):
            return decided(True)
        return condition

    def skip(self, block: Block, reason: str) -> None:
        """Says of every command in a block why it never runs."""
        for command in commands_of(block):
            self.account.drop(command, reason)

    def give_up(self, statement: Statement) -> Condition:
        """The script takes too long to follow: the rest is left to a person."""
        for command in commands_of((statement,)):
            self.account.unresolve(command, "the script repeats itself too often to be followed to this place")
        self.account.warn("too-long", "the script repeats itself too often to be followed", statement.span)
        return SUCCESS

    def _remark(self, comment: Comment) -> None:
        text = comment.text.strip()
        if text and not comment.trailing and not text.startswith("!") and re.search(r"\w", text):
            self.comment.append(text)

    def take_title(self) -> str:
        """The message that announced the next step, once."""
        title, self.title = self.title, ""
        return title

    def surroundings(self, state: State, name: str) -> Value | None:
        """Variables that every login has."""
        match name:
            case "HOME":
                return state.home
            case "PWD":
                return state.cwd
            case "USER" | "LOGNAME" if state.user is not None:
                return state.user
            case "EUID" | "UID" | "HOSTNAME" | "USER" | "LOGNAME" | "PATH" | "SUDO_USER" | "SHELL" | "OSTYPE" | "LANG":
                return Value(Variable(name))
            case "REPLY" | "IFS" | "PS1" | "OLDPWD" | "FUNCNAME" | "BASH_COMMAND" | "COLUMNS" | "TERM":
                return Value(Variable(name))
            case "BASH_SOURCE":
                return state.name
            case _:
                return None

    def project_path(self, place: Value) -> str | None:
        """The path of a file as the user would name it, if it lies in the project; None for one that can't be known."""
        place = _written_out(place)
        head = place.parts[0] if place.parts else None
        if isinstance(head, Variable) and head.name == PROJECT:
            rest = Value(*place.parts[1:]).text
            return None if rest is None else posixpath.normpath(rest.lstrip("/"))
        return None

    def place(self, state: State, path: Value) -> Value:
        """The path seen from the current directory."""
        return absolute(state.cwd, path)

    def write(self, state: State, node: Group, text: Value, given: Streams) -> Condition:
        """`{ echo ..; } > file`: one step that writes what the block prints."""
        found = commands_of((node,))
        words = Exec(words=(), span=found[0].span, text=node.text)
        given.stdin = text
        status = commands.emit(self, state, commands.Call(words, (Value.of("cat"),), given))
        for command in found[1:]:
            self.account.share(command, self.account.steps[-1])
        return status

    def names_in(self, statement: Statement) -> tuple[str, ...]:
        """The variables that a statement reads."""
        return tuple(mentioned((statement,)))

    def source_with_values(self, state: State, text: str, names: tuple[str, ...]) -> str:
        """The text with the variables whose text is known, and plain, put in."""
        text = self.holes.readable(text)
        for number, value in enumerate(state.arguments or (), start=1):
            given = value.shell()
            if _WRITABLE.fullmatch(given) and not value.outputs and not value.unknowns:
                text = re.sub(rf"\$(?:{number}(?!\d)|\{{{number}\}})", given.replace("\\", r"\\"), text)
        for name in names:
            slot = state.slots.get(name)
            known = slot.content.text if slot and isinstance(slot.content, Value) else None
            if name in ("HOME", "PWD") and slot is None:
                known = (state.home if name == "HOME" else state.cwd).text
            own = slot.content if slot and slot.local and isinstance(slot.content, Value) else Value()
            output = own.parts[0] if len(own.parts) == 1 else None
            if isinstance(output, CommandOutput):
                text = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", f"$({output.text})".replace("\\", r"\\"), text)
            if known is not None and re.fullmatch(r"[\w@%+=:,./ -]*", known):
                text = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", known.replace("\\", r"\\"), text)
        return text


def _written_out(value: Value) -> Value:
    """The value with what variables are made of in their places."""
    return value.map(lambda part: _written_out(part.value) if isinstance(part, Variable) and part.value else part)


def _pure(subject: Compare | NotEmpty) -> str:
    if isinstance(subject, NotEmpty):
        return f"filled {subject.value.shell()}"
    return f"{subject.left.shell()} {subject.operator} {subject.right.shell()}"


def _never(end: End) -> str:
    reasons = {
        End.EXIT: "the script has ended before it",
        End.FAIL: "the script has failed before it",
        End.RETURN: "the function has returned before it",
        End.BREAK: "the loop has ended before it",
        End.CONTINUE: "the loop goes on before it",
    }
    return f"it never runs: {reasons[end]}"

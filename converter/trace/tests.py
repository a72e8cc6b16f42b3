"""`[ ]`, `test`, `[[ ]]` and `(( ))`: conditions read from their words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converter.model.paths import absolute
from converter.model.script import Exec, Parameter, Word
from converter.model.trace import Compare, NotEmpty, PathTest, Subject, Succeeds, Undecided
from converter.model.value import CommandOutput, Unknown, Value, Variable
from converter.trace import modes
from converter.trace import words as expansion
from converter.trace.arithmetic import calculate
from converter.trace.computed import edited
from converter.trace.conditions import Condition, any_of, both, decided, single
from converter.trace.parameters import parameter
from converter.trace.patterns import matches
from converter.trace.state import State
from converter.trace.statuses import remembered

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

FILES = {
    "-e": "exists",
    "-a": "exists",
    "-f": "file",
    "-d": "directory",
    "-L": "link",
    "-h": "link",
    "-x": "executable",
    "-r": "readable",
    "-w": "writable",
    "-s": "nonempty",
}
NUMBERS = {"-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="}
TEXTS = {"=": "==", "==": "==", "!=": "!=", "=~": "=~", "<": "<", ">": ">"}
_SUCCEEDS, _FAILS = ("-eq", "=", "=="), ("-ne", "!=", "-gt")
ROOT = ("EUID", "UID")


class _LookedUpError(Exception):
    """Only the run can judge the command, as a whole: what negates a part of it is in its text already."""


def condition(run: Interpreter, state: State, command: Exec) -> Condition:
    """The condition that the test command stands for; `Undecided` where it is not understood."""
    if command.words[0].source == "((":
        return _arithmetic(run, state, command)
    words = list(command.words[1:])
    if command.words[0].source in ("[", "[["):
        words = words[:-1]
    reader = _Reader(run, state, command, words)
    try:
        found = reader.alternatives()
    except _LookedUpError:
        return looked(run, state, command)
    if found is None or reader.position != len(words):
        return undecided(run, state, command, "the test is not understood")
    return found


def undecided(run: Interpreter, state: State, command: Exec, reason: str) -> Condition:
    """A condition that nobody can judge; what stands under it is unresolved."""
    subject = Undecided(text=run.holes.readable(command.text), reason=reason)
    return single(subject, run.account.next_test(command.span), state.context(), command.span)


class _Reader:
    """Reads an expression of tests from the words of one command."""

    def __init__(self, run: Interpreter, state: State, command: Exec, words: list[Word]) -> None:
        self.run, self.state, self.command, self.words = run, state, command, words
        self.double = command.words[0].source == "[["
        self.position = 0

    def _next(self, offset: int = 0) -> str:
        index = self.position + offset
        return self.words[index].source if index < len(self.words) else ""

    def alternatives(self) -> Condition | None:
        left = self.conjunction()
        while left is not None and self._next() in ("-o", "||"):
            self.position += 1
            right = self.conjunction()
            left = None if right is None else any_of(left, right)
        return left

    def conjunction(self) -> Condition | None:
        left = self.negation()
        while left is not None and self._next() in ("-a", "&&"):
            self.position += 1
            right = self.negation()
            left = None if right is None else both(left, right)
        return left

    def negation(self) -> Condition | None:
        if self._next() == "!" and self.position + 1 < len(self.words):
            self.position += 1
            inner = self.negation()
            return inner.negated() if inner else None
        if self._next() in ("(", "\\("):
            self.position += 1
            inner = self.alternatives()
            if self._next() not in (")", "\\)"):
                return None
            self.position += 1
            return inner
        return self.primary()

    def primary(self) -> Condition | None:
        if self._next(1) in NUMBERS or self._next(1) in TEXTS:
            left, sign, right = (
                self.words[self.position],
                self._next(1),
                self.words[self.position + 2 : self.position + 3],
            )
            self.position += 3
            return self._compare(left, sign, right[0]) if right else None
        word = self._next()
        if word in FILES and self.position + 1 < len(self.words):
            self.position += 2
            path = absolute(self.state.cwd, self._value(self.words[self.position - 1]))
            return self._test(PathTest(path=path, state=FILES[word]))
        if word in ("-n", "-z", "-v") and self.position + 1 < len(self.words):
            self.position += 2
            full = self._filled(self.words[self.position - 1], named=word == "-v")
            return full.negated() if word == "-z" else full
        if word.startswith("-") and self.position + 1 < len(self.words):
            return None
        if self.position < len(self.words):
            self.position += 1
            return self._filled(self.words[self.position - 1])
        return decided(False)

    def _value(self, word: Word) -> Value:
        return expansion.single(self.run, self.state, word)

    def _filled(self, word: Word, *, named: bool = False) -> Condition:
        if named:
            word = Word(parts=(Parameter(name=word.source),), source=word.source)
        value = self._value(word)
        known = value.text
        if known is not None:
            return decided(bool(known))
        if any(part for part in value.parts if not isinstance(part, Variable | Unknown)) and not value.outputs:
            return decided(True)
        words = _search(value)
        if words:
            argv = tuple(map(Value.of, words))
            return self.run.test(self.state, Succeeds(argv=argv, text=Value.join(argv, " ")), self.command.span)
        return self._test(NotEmpty(value=value))

    def _compare(self, left_word: Word, sign: str, right_word: Word) -> Condition | None:
        left, numeric = self._value(left_word), sign in NUMBERS
        pattern = self.double and sign in ("=", "==", "!=")
        right = expansion.pattern(self.run, self.state, right_word) if pattern else self._value(right_word)
        status = remembered(self.run, left) if right.text == "0" else None
        if status is not None and sign in (*_SUCCEEDS, *_FAILS):
            return status if sign in _SUCCEEDS else status.negated()
        operator = NUMBERS.get(sign) or TEXTS[sign]
        negated = operator == "!="
        operator = "==" if negated else operator
        if not numeric and right.text == "" and operator == "==":
            empty = self._filled(left_word).negated()
            return empty.negated() if negated else empty
        if right.has_glob and operator == "==":
            operator = "matches"
        found = _decide(left, operator, right, numeric)
        if found is None and operator == "==" and modes.asks_for(self.run, right.text, self.command.span):
            found = False
        result = decided(found) if found is not None else self._symbolic(left, operator, right, numeric)
        return result.negated() if negated else result

    def _symbolic(self, left: Value, operator: str, right: Value, numeric: bool) -> Condition:
        return self._test(Compare(left=left, operator=operator, right=right, numeric=numeric))

    def _test(self, subject: Subject) -> Condition:
        values = _values(subject)
        unknown = next((found for value in values for found in value.unknowns), None)
        if unknown is not None:
            return undecided(self.run, self.state, self.command, unknown.reason)
        if any(value.outputs for value in values) and isinstance(subject, Compare | NotEmpty):
            raise _LookedUpError
        return self.run.test(self.state, subject, self.command.span)


def _search(value: Value) -> list[str]:
    """The words of a search whose output the value is: it prints something where it succeeds, and only there."""
    part = value.parts[0] if len(value.parts) == 1 else None
    if isinstance(part, Variable) and part.value is not None:
        return _search(part.value)
    words = part.text.split() if isinstance(part, CommandOutput) else []
    plain = all(re.fullmatch(r"[\w@%+=:,./-]+", word) for word in words)
    return words if plain and words[:1] in (["pgrep"], ["pidof"], ["which"]) else []


def looked(run: Interpreter, state: State, command: Exec) -> Condition:
    """A test that needs the output of a command: it is run as it is, since it only looks."""
    text = run.source_with_values(state, command.text, run.names_in(command))
    before, context = edited(state, command)
    subject = Succeeds(text=Value.of(before + text), pipefail="pipefail" in state.options)
    return single(subject, run.account.next_test(command.span), context, command.span)


def _values(subject: Subject) -> tuple[Value, ...]:
    match subject:
        case PathTest(path=path):
            return (path,)
        case Compare(left=left, right=right):
            return (left, right)
        case NotEmpty(value=value):
            return (value,)
        case _:
            return ()


def _decide(left: Value, operator: str, right: Value, numeric: bool) -> bool | None:
    first, second = left.text, right.text
    if first is None or second is None:
        return None
    if numeric:
        return _numeric(first, operator, second)
    if operator == "==":
        return first == second
    if operator == "matches":
        return matches(first, right)
    if operator == "=~":
        return _regular(first, second)
    return first < second if operator == "<" else first > second


def _numeric(first: str, operator: str, second: str) -> bool | None:
    try:
        left, right = int(first or "0"), int(second or "0")
    except ValueError:
        return None
    return {"==": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
        operator
    ]


def _regular(text: str, expression: str) -> bool | None:
    try:
        return re.search(expression, text) is not None
    except re.error:
        return None


def _arithmetic(run: Interpreter, state: State, command: Exec) -> Condition:
    source = command.words[1].source if len(command.words) > 1 else ""
    found = re.fullmatch(r"(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)", source.strip())
    if not found:
        number = calculate(run, state, source)
        return (
            decided(bool(number))
            if number is not None
            else undecided(run, state, command, "arithmetic on values of the run")
        )
    left, right = calculate(run, state, found[1]), calculate(run, state, found[3])
    if left is None and right == 0 and found[2] in ("==", "!=", ">"):
        status = _kept_status(run, state, found[1])
        if status is not None:
            return status if found[2] == "==" else status.negated()
    if left is None or right is None:
        symbolic = _arguments(found[1], found[2], right, state, run, command)
        return symbolic or undecided(run, state, command, "arithmetic on values of the run")
    signs = {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return decided(signs[found[2]])


def _kept_status(run: Interpreter, state: State, name: str) -> Condition | None:
    plain = name.strip().strip("${}")
    return remembered(run, parameter(run, state, Parameter(name=plain))) if plain in ("?", *state.slots) else None


def _arguments(
    name: str, sign: str, right: int | None, state: State, run: Interpreter, command: Exec
) -> Condition | None:
    """`(( $# < 1 ))`, `(( EUID != 0 ))`."""
    plain = name.strip().strip("${}")
    if right is None or plain not in ("#", *ROOT):
        return None
    negated = sign == "!="
    subject = Compare(
        left=Value(Variable(plain)), operator="==" if negated else sign, right=Value.of(str(right)), numeric=True
    )
    found = run.test(state, subject, command.span)
    return found.negated() if negated else found

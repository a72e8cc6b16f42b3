"""Expansion of words to values, as bash would do it: parameters, substitutions, tilde, splitting, patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from converter.model.script import Arithmetic, Parameter, ProcessSubstitution, Substitution, Text, Word
from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable
from converter.trace.arithmetic import arithmetic
from converter.trace.computed import lists
from converter.trace.parameters import fields, parameter
from converter.trace.substitution import substitution

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter
    from converter.trace.state import State

_GLOB = re.compile(r"[*?]|\[[^\]]+\]")


def expand(run: Interpreter, state: State, words: tuple[Word, ...]) -> tuple[Value, ...]:
    """The fields of several words: those of a command, an array or a loop."""
    return tuple(field for word in words for field in split(run, state, word))


def split(run: Interpreter, state: State, word: Word) -> tuple[Value, ...]:
    """The fields of one word; an unquoted parameter of known text is split at blanks, an empty one vanishes."""
    several = fields(run, state, word)
    if several is not None:
        return several
    done: list[Value] = []
    current: list[Part] = []
    started = False
    for part in word.parts:
        value = _part(run, state, part, first=not current and not done)
        value = _split_later(value) if _splits(part) else value
        pieces = _pieces(value) if _splits(part) else ()
        if len(pieces) < 2:
            current.extend(value.parts)
            started = started or bool(value) or (isinstance(part, Text) and part.quoted) or _quoted(part)
            continue
        for index, piece in enumerate(pieces):
            if index:
                if started or current:
                    done.append(Value(*current))
                current, started = [], False
            current.extend(piece.parts)
    if current or started or (not word.parts):
        done.append(Value(*current))
    return tuple(_tilde(state, word, done))


def _pieces(value: Value) -> tuple[Value, ...]:
    """The fields that blanks in an unquoted expansion make of it; a variable with blanks in its text is opened."""
    text = value.text
    if text is not None:
        return tuple(Value.of(piece) for piece in re.split(r"[ \t\n]+", text)) if re.search(r"\s", text) else ()
    only = value.parts[0] if len(value.parts) == 1 else None
    if isinstance(only, Variable) and only.value is not None:
        return _pieces(only.value)
    fields: list[list[Part]] = [[]]
    for part in value.parts:
        words = re.split(r"[ \t\n]+", part.text) if isinstance(part, Literal) else []
        fields[-1].append(Literal(words[0]) if words else part)
        fields += [[Literal(word)] for word in words[1:]]
    return tuple(Value(*field) for field in fields) if len(fields) > 1 else ()


def _split_later(value: Value) -> Value:
    """What commands print, marked as split when it runs."""

    def marked(part: Part) -> Part:
        held = part.value if isinstance(part, Variable) else None
        late = isinstance(part, CommandOutput) or (held is not None and lists(held.outputs))
        return replace(part, splits=True) if late and not isinstance(part, Literal | Glob | Unknown) else part

    return value.map(marked)


def single(run: Interpreter, state: State, word: Word | None) -> Value:
    """The word as one value, as in assignments, `case` and redirections."""
    if word is None:
        return Value()
    several = fields(run, state, word)
    if several is not None:
        return Value.join(several, " ")
    parts = [part for found in word.parts for part in _part(run, state, found, first=False).parts]
    plain = Value(*(Literal(part.text) if isinstance(part, Glob) else part for part in parts))
    return next(iter(_tilde(state, word, [plain])), plain)


def pattern(run: Interpreter, state: State, word: Word) -> Value:
    """The word as a pattern, with its active `*` and `?` marked as globs."""
    return Value(*(part for found in word.parts for part in _part(run, state, found, first=False).parts))


def _splits(part: object) -> bool:
    return isinstance(part, Parameter | Substitution) and not part.quoted


def _quoted(part: object) -> bool:
    return isinstance(part, Parameter | Substitution) and part.quoted


def _part(run: Interpreter, state: State, part: object, *, first: bool) -> Value:
    match part:
        case Text(text=text, quoted=quoted):
            value = run.holes.value(text)
            return value if quoted else Value(*(new for old in value.parts for new in _globs(old)))
        case Parameter():
            return parameter(run, state, part)
        case Substitution():
            return substitution(run, state, part)
        case Arithmetic(source=source):
            return arithmetic(run, state, source)
        case ProcessSubstitution(source=source):
            return Value(Unknown("the file that a process substitution makes", source))
        case _:
            return Value()


def _globs(part: Part) -> list[Part]:
    if not isinstance(part, Literal):
        return [part]
    found: list[Part] = []
    position = 0
    for hit in _GLOB.finditer(part.text):
        found.append(Literal(part.text[position : hit.start()]))
        found.append(Glob(hit.group()))
        position = hit.end()
    return [*found, Literal(part.text[position:])]


def _tilde(state: State, word: Word, values: list[Value]) -> list[Value]:
    first = word.parts[0] if word.parts else None
    if not values or not isinstance(first, Text) or first.quoted or not first.text.startswith("~"):
        return values
    head = values[0].parts[0]
    if not isinstance(head, Literal):
        return values
    user, slash, rest = head.text[1:].partition("/")
    home = state.home if not user else Value.of("/root" if user == "root" else f"/home/{user}")
    if not re.fullmatch(r"[\w.-]*", user):
        return values
    return [home + Value(Literal(slash + rest), *values[0].parts[1:]), *values[1:]]


def variable(name: str, value: Value | None) -> Value:
    """A variable that keeps its name; one that is known to be empty is empty text."""
    if value is not None and not value:
        return Value()
    return Value(Variable(name, value))

"""Words and redirections as runnable shell text: known text quoted, patterns open, variables and outputs in double
quotes."""

from __future__ import annotations

import re

from converter.model.trace import Redirection
from converter.model.value import CommandOutput, Glob, Literal, Part, Value, Variable

_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


def shell_text(
    argv: tuple[Value, ...], stdin_path: Value | None = None, redirects: tuple[Redirection, ...] = ()
) -> Value:
    """One command line."""
    words = [word(value) for value in argv]
    if stdin_path is not None:
        words.append(Value.of("< ") + word(stdin_path))
    for redirect in redirects:
        descriptor = "" if redirect.descriptor is None else str(redirect.descriptor)
        joins = redirect.operator.endswith("&1") or redirect.operator.endswith("&2")
        operator = Value.of(
            f"{descriptor}{redirect.operator}" if not redirect.operator[:1].isdigit() else redirect.operator
        )
        words.append(operator if joins else operator + Value.of(" ") + word(redirect.target))
    return Value.join(words, " ")


def word(value: Value) -> Value:
    """One word."""
    if not value:
        return Value.of("''")
    return Value(*(new for part in value.parts for new in _quoted(part).parts))


def opens(value: Value) -> bool:
    """Whether only a shell can make words of it: patterns, and what commands print."""
    return value.has_glob or value.splits or any(isinstance(part, CommandOutput) for part in value.parts)


def _quoted(part: Part) -> Value:
    match part:
        case Literal(text) if _PLAIN.fullmatch(text):
            return Value(part)
        case Literal(text):
            return Value.of("'" + text.replace("'", "'\\''") + "'")
        case Glob():
            return Value(Literal(part.text))
        case CommandOutput(splits=True) | Variable(splits=True):
            return Value(part)
        case _:
            return Value(Literal('"'), part, Literal('"'))

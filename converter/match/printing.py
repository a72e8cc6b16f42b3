"""What `echo` and `printf` print."""

from __future__ import annotations

import re

from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Part, Value

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "r": "\r", "a": "\a", "e": "\x1b", '"': '"', "'": "'"}


def printed(argv: list[Value]) -> Value:
    """The text that an `echo` or `printf` prints."""
    words = list(argv[1:])
    return _printf(words) if (argv[0].text or "").endswith("printf") else _echo(words)


def _echo(words: list[Value]) -> Value:
    flags = ""
    while words and re.fullmatch(r"-[neE]+", words[0].text or ""):
        flags += (words.pop(0).text or "")[1:]
    result = Value.join(words, " ")
    if flags.rfind("e") > flags.rfind("E"):
        result = _unescaped(result)
    return result if "n" in flags else result + Value.of("\n")


def _printf(words: list[Value]) -> Value:
    if words and words[0].text == "--":
        words.pop(0)
    if not words:
        raise UnsuitedError("printf")
    pieces = _format(_unescaped(words[0]))
    places = sum(1 for piece in pieces if piece is None)
    values, result = words[1:], Value()
    if values and not places:
        raise UnsuitedError("printf")
    while True:
        for piece in pieces:
            result += piece if piece is not None else values.pop(0) if values else Value()
        if not values:
            return result


def _format(value: Value) -> list[Value | None]:
    """The pieces of a format; None where an argument stands."""
    pieces: list[Value | None] = []
    for part in value.parts:
        if not isinstance(part, Literal):
            pieces.append(Value(part))
            continue
        for text in re.split(r"(%.)", part.text):
            if text == "%%":
                pieces.append(Value.of("%"))
            elif text in ("%s", "%d"):
                pieces.append(None)
            elif text.startswith("%"):
                raise UnsuitedError(part.text)
            else:
                pieces.append(Value.of(text))
    return pieces


def _unescaped(value: Value) -> Value:
    parts: list[Part] = [Literal(_plain(part.text)) if isinstance(part, Literal) else part for part in value.parts]
    return Value(*parts)


def _plain(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            raise UnsuitedError(text)
        return _ESCAPES[found[1]]

    return re.sub(r"\\(.?)", one, text, flags=re.DOTALL)

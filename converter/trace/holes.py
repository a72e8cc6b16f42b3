"""Holes: parts of a text that is parsed again (over ssh, `bash -c`, `eval`) which were expanded before, kept as
values."""

from __future__ import annotations

import re

from converter.model.value import Literal, Part, Value, Variable

OPEN, CLOSE = "\ue000", "\ue001"
_FIRST = 0xE100
_MOST = 0xF8FF - _FIRST
_HOLE = re.compile(f"{OPEN}(.){CLOSE}", re.DOTALL)
_PLAIN = re.compile(r"[\w@%+=:,./-]+\Z", re.ASCII)


class Holes:
    """Remembers the parts that stand behind the holes of one conversion."""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    def text(self, value: Value) -> str:
        """The text to parse: known parts as they are, where the second reading could split or expand them; the rest
        as holes."""
        return "".join(self._written(part) for part in value.parts)

    def _written(self, part: Part) -> str:
        if isinstance(part, Literal) or not isinstance(part, Variable):
            known = Value(part).text
        else:
            known = None if part.value is None else part.value.text
            if known is not None and _PLAIN.match(known):
                known = None
        if known is not None:
            return known
        return self._hole(part)

    def _hole(self, part: Part) -> str:
        if part not in self._parts:
            if len(self._parts) >= _MOST:
                return Value(part).shell()
            self._parts.append(part)
        return f"{OPEN}{chr(_FIRST + self._parts.index(part))}{CLOSE}"

    def value(self, text: str) -> Value:
        """The value of text that may hold holes."""
        if OPEN not in text:
            return Value.of(text)
        pieces = _HOLE.split(text)
        parts: list[Part] = []
        for index, piece in enumerate(pieces):
            parts.append(self._parts[ord(piece) - _FIRST] if index % 2 else Literal(piece))
        return Value(*parts)

    def readable(self, text: str) -> str:
        """The text with `$NAME` in place of each hole."""
        return self.value(text).shell() if OPEN in text else text

"""Where arithmetic ends: `(( ))`, `$(( ))` and the old `$[ ]`; its inside stays text."""

from __future__ import annotations

import re

from converter.model.script import Arithmetic
from converter.parse.cursor import Cursor

LONGEST = 20_000
MOST_SCANNED = 2_000_000
_SIGN = re.compile(r"\\.|'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"|[()]", re.DOTALL)
_BRACKET = re.compile(r"[][]|\n")


def arithmetic(cursor: Cursor) -> Arithmetic | None:
    """The `$(( ))` or `$[ ]` that stands here; None if it is something else, as in `$((a); (b))`."""
    start = cursor.position
    opened, closes = (3, "))") if cursor.at("$((") else (2, "]")
    end = closing(cursor, start + 3) if opened == 3 else _bracket(cursor, start + 2)
    if end is None:
        return None
    cursor.position = end + len(closes)
    return Arithmetic(source=cursor.text[start + opened : end].strip())


def closing(cursor: Cursor, position: int) -> int | None:
    """Where the `))` stands that closes what was opened before `position`; None if the parentheses close apart."""
    if cursor.effort.scanned > MOST_SCANNED:
        return None
    depth, last = 2, min(len(cursor.text), position + LONGEST)
    for found in _SIGN.finditer(cursor.text, position, last):
        depth += (found.group() == "(") - (found.group() == ")")
        if depth == 1:
            cursor.effort.scanned += found.end() - position
            return found.start() if cursor.text.startswith("))", found.start()) else None
    cursor.effort.scanned += last - position
    return None


def _bracket(cursor: Cursor, position: int) -> int | None:
    if cursor.effort.scanned > MOST_SCANNED:
        return None
    depth, last = 1, min(len(cursor.text), position + LONGEST)
    for found in _BRACKET.finditer(cursor.text, position, last):
        depth += (found.group() == "[") - (found.group() == "]")
        if found.group() == "\n" or depth == 0:
            cursor.effort.scanned += found.end() - position
            return None if depth else found.start()
    cursor.effort.scanned += last - position
    return None

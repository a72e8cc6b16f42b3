"""`$'...'`: the escapes of ANSI C strings, as the bash manual lists them under "ANSI-C Quoting"."""

from __future__ import annotations

import re

from converter.model.script import Text
from converter.parse.cursor import Cursor, UnreadableError

_QUOTED = re.compile(r"\$'((?:\\.|[^'\\])*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def ansi_c(cursor: Cursor) -> Text:
    """The text of a `$'...'` string."""
    found = cursor.match(_QUOTED)
    if found is None:
        raise UnreadableError("a $' quote is never closed", cursor.position)
    cursor.position = found.end()
    return Text(text=_ESCAPE.sub(_letter, found.group(1)), quoted=True)


def _letter(found: re.Match[str]) -> str:
    code = found.group(1)
    if code[0] in "xuU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    if code[0] == "c" and len(code) == 2:
        return chr(ord(code[1]) & 0x1F)
    return _LETTERS.get(code, code)

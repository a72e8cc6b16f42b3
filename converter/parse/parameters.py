"""`$X` and `${...}` with all of their operators, after "Shell Parameter Expansion" in the bash manual."""

from __future__ import annotations

import re
from collections.abc import Callable

from converter.model.script import Parameter, Word, WordPart
from converter.parse.cursor import Cursor, UnreadableError

_PREFIX = re.compile(r"#(?=[A-Za-z0-9_@*]|[?$!#-]\})|!(?=[A-Za-z0-9_]|[@*#]\})", re.ASCII)
Collect = Callable[..., tuple[WordPart, ...]]
_SIMPLE = re.compile(r"\$([A-Za-z_]\w*|[0-9@*#?$!-])", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*|\d+|[@*#?$!-]", re.ASCII)
_PATTERNS = frozenset("#%/^,")
_OPERATOR = re.compile(r":[-=?+]|[-=?+]|##?|%%?|/[/#%]?|\^\^?|,,?|@|:")
# `${!X*}` and `${!X@}` are the names that begin with X.
_PREFIXED = re.compile(rf"[*@](?=\}})|{_OPERATOR.pattern}")


def parameter(cursor: Cursor, in_double: bool, collect: Collect) -> Parameter | None:
    """The parameter that stands here, None if the `$` is just a `$`."""
    start = cursor.position
    if cursor.at("${"):
        cursor.deeper(start)
        found = _braced(cursor, in_double, collect)
        cursor.depth -= 1
        return found
    simple = cursor.match(_SIMPLE)
    if simple is None:
        return None
    cursor.position = simple.end()
    return Parameter(name=simple.group(1), quoted=in_double, source=simple.group())


def _braced(cursor: Cursor, in_double: bool, collect: Collect) -> Parameter:
    start = cursor.position
    cursor.position += 2
    prefix = _prefix(cursor)
    name = cursor.match(_NAME)
    if name is None:
        raise UnreadableError("a parameter without a name", start)
    cursor.position = name.end()
    index = _index(cursor, start)
    operator, operand = prefix, None
    found = cursor.match(_PREFIXED if prefix == "!" and index is None else _OPERATOR)
    if found is not None and prefix != "length":
        cursor.position = found.end()
        operator = prefix + found.group()
        # A pattern has quotes of its own, also between double quotes: `"${X%'}'}"`.
        between = in_double and found.group()[0] not in _PATTERNS
        operand = None if cursor.at("}") and prefix else _operand(cursor, between, collect, start)
    if not cursor.take("}"):
        raise UnreadableError("a parameter is never closed", start)
    source = cursor.text[start : cursor.position]
    return Parameter(
        name=name.group(), operator=operator, operand=operand, index=index, quoted=in_double, source=source
    )


def _prefix(cursor: Cursor) -> str:
    """`#` of a length and `!` of an indirection, unless they are the parameter itself."""
    found = cursor.match(_PREFIX)
    if found is None:
        return ""
    cursor.position += 1
    return "length" if found.group() == "#" else "!"


def _index(cursor: Cursor, start: int) -> str | None:
    if not cursor.take("["):
        return None
    begin, depth = cursor.position, 1
    while depth:
        if cursor.ended:
            raise UnreadableError("an index is never closed", start)
        letter = cursor.text[cursor.position]
        depth += (letter == "[") - (letter == "]")
        cursor.position += 1
    return cursor.text[begin : cursor.position - 1]


def _operand(cursor: Cursor, in_double: bool, collect: Collect, start: int) -> Word:
    begin = cursor.position

    def ended() -> bool:
        if cursor.ended:
            raise UnreadableError("a parameter is never closed", start)
        return cursor.text[cursor.position] == "}"

    parts = collect(cursor, ended, in_double=in_double, operand=True)
    return Word(parts=parts, source=cursor.text[begin : cursor.position], span=cursor.span(begin, cursor.position))

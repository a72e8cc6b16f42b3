"""Words: quotes, parameters, substitutions and patterns, exactly as bash reads them."""

from __future__ import annotations

import re
from collections.abc import Callable

from converter.model.script import Arithmetic, ProcessSubstitution, Substitution, Text, Word, WordPart
from converter.parse.braces import expanded
from converter.parse.cursor import Cursor, UnreadableError
from converter.parse.escapes import ansi_c
from converter.parse.parameters import parameter

_PLAIN = re.compile(r"[^\s;&|<>()'\"\\$`{}*?!@+]+")
_DOUBLE_PLAIN = re.compile(r'[^"\\$`]+')
_EXTGLOB = frozenset("?*+@!")


def read_words(cursor: Cursor) -> tuple[Word, ...]:
    """One word of the source; several if it holds braces to expand."""
    return expanded(read_word(cursor))


def read_word(cursor: Cursor, *, test: bool = False, ends: str = "") -> Word:
    """One word. In a `[[ ]]` test, patterns may hold `(`, `|` and `)`. `ends` lists further characters that end it."""
    start = cursor.position
    parts = collect(cursor, lambda: _ends(cursor, test, ends), in_double=False, test=test)
    if cursor.position == start:
        raise UnreadableError(f"unexpected {cursor.peek()!r}", start)
    return Word(parts=parts, source=cursor.text[start : cursor.position], span=cursor.span(start, cursor.position))


def _ends(cursor: Cursor, test: bool, ends: str) -> bool:
    if cursor.ended:
        return True
    letter = cursor.text[cursor.position]
    if test and letter in "()|&<>;":
        return False
    return letter in ends or cursor.word_ends()


def collect(
    cursor: Cursor, ended: Callable[[], bool], *, in_double: bool, test: bool = False, operand: bool = False
) -> tuple[WordPart, ...]:
    """The parts up to where `ended` says; the operand of a parameter is read letter by letter."""
    parts: list[WordPart] = []
    while not ended():
        for part in _next(cursor, in_double, test or operand, plain=test):
            last = parts[-1] if parts else None
            if isinstance(part, Text) and isinstance(last, Text) and part.quoted == last.quoted:
                parts[-1] = Text(text=last.text + part.text, quoted=last.quoted)
            else:
                parts.append(part)
    return tuple(parts)


def _next(cursor: Cursor, in_double: bool, one_by_one: bool, *, plain: bool) -> tuple[WordPart, ...]:
    letter = cursor.text[cursor.position]
    if letter == "'" and not in_double:
        return (_single_quoted(cursor),)
    if letter == '"':
        return _double_quoted(cursor)
    if letter == "\\":
        return _escaped(cursor, in_double)
    if letter == "$":
        return (dollar(cursor, in_double),)
    if letter == "`":
        return (backquoted(cursor, in_double),)
    if letter in "<>" and cursor.text[cursor.position + 1 : cursor.position + 2] == "(":
        return (_process(cursor),)
    if letter in _EXTGLOB and cursor.text[cursor.position + 1 : cursor.position + 2] == "(" and not in_double:
        return (_balanced(cursor, 1),)
    if plain and letter == "(":
        return (_balanced(cursor, 0),)
    found = cursor.match(_DOUBLE_PLAIN if in_double else _PLAIN)
    end = found.end() if found and not one_by_one else cursor.position + 1
    text = cursor.text[cursor.position : end]
    cursor.position = end
    return (Text(text=text, quoted=in_double),)


def _single_quoted(cursor: Cursor) -> Text:
    end = cursor.text.find("'", cursor.position + 1)
    if end < 0:
        raise UnreadableError("a single quote is never closed", cursor.position)
    text = cursor.text[cursor.position + 1 : end]
    cursor.position = end + 1
    return Text(text=text, quoted=True)


def _double_quoted(cursor: Cursor) -> tuple[WordPart, ...]:
    start = cursor.position
    cursor.position += 1

    def ended() -> bool:
        if cursor.ended:
            raise UnreadableError("a double quote is never closed", start)
        return cursor.text[cursor.position] == '"'

    parts = collect(cursor, ended, in_double=True)
    cursor.position += 1
    return parts or (Text(text="", quoted=True),)


def _escaped(cursor: Cursor, in_double: bool) -> tuple[WordPart, ...]:
    following = cursor.text[cursor.position + 1 : cursor.position + 2]
    cursor.position += 2
    if following == "\n":
        return ()
    if not following:
        return (Text(text="\\", quoted=True),)
    if in_double and following not in '$`"\\':
        return (Text(text="\\" + following, quoted=True),)
    return (Text(text=following, quoted=True),)


def dollar(cursor: Cursor, in_double: bool) -> WordPart:
    """What begins with `$`."""
    start = cursor.position
    if cursor.at("$(("):
        found = _arithmetic(cursor)
        if found is not None:
            return found
    if cursor.at("$("):
        return substitution(cursor, in_double)
    if cursor.at("$'") and not in_double:
        return ansi_c(cursor)
    if cursor.at('$"') and not in_double:
        cursor.position += 1
        parts = _double_quoted(cursor)
        if len(parts) == 1:
            return parts[0]
        raise UnreadableError("a translated string with expansions in it", start)
    found_parameter = parameter(cursor, in_double, collect)
    if found_parameter is not None:
        return found_parameter
    cursor.position = start + 1
    return Text(text="$", quoted=in_double)


def substitution(cursor: Cursor, in_double: bool) -> Substitution:
    """`$( commands )`."""
    from converter.parse.statements import read_list

    start = cursor.position
    cursor.position += 2
    cursor.deeper(start)
    comments, cursor.comments = cursor.comments, []
    body = read_list(cursor, ")")
    cursor.comments = comments
    if not cursor.take(")"):
        raise UnreadableError("a substitution is never closed", start)
    cursor.depth -= 1
    return Substitution(body=body, source=cursor.text[start + 2 : cursor.position - 1].strip(), quoted=in_double)


def backquoted(cursor: Cursor, in_double: bool) -> Substitution:
    """`` `commands` ``: read again after its backslashes are taken away."""
    from converter.parse.statements import read_inner

    start = cursor.position
    end = start + 1
    while end < len(cursor.text) and cursor.text[end] != "`":
        end += 2 if cursor.text[end] == "\\" else 1
    if end >= len(cursor.text):
        raise UnreadableError("a backquote is never closed", start)
    source = re.sub(r'\\([$`\\"])' if in_double else r"\\([$`\\])", r"\1", cursor.text[start + 1 : end])
    cursor.deeper(start)
    body = read_inner(cursor, source, start + 1)
    cursor.depth -= 1
    cursor.position = end + 1
    return Substitution(body=body, source=source.strip(), quoted=in_double)


def _arithmetic(cursor: Cursor) -> Arithmetic | None:
    end = closing(cursor.text, cursor.position + 3, 2)
    if end is None or cursor.text[end : end + 2] != "))":
        return None
    source = cursor.text[cursor.position + 3 : end]
    cursor.position = end + 2
    return Arithmetic(source=source.strip())


def closing(text: str, position: int, opened: int) -> int | None:
    """Where the parenthesis closes that leaves one open of `opened`, None if it never does."""
    depth = opened
    for found in re.finditer(r"\\.|'[^']*'|[()]|\n\n", text[position : position + 20_000]):
        sign = found.group()
        depth += (sign == "(") - (sign == ")")
        if depth == opened - 1:
            return position + found.start()
    return None


def _process(cursor: Cursor) -> ProcessSubstitution:
    start = cursor.position
    cursor.position += 1
    found = _balanced(cursor, 0)
    return ProcessSubstitution(source=cursor.text[start : start + 1] + found.text)


def _balanced(cursor: Cursor, offset: int) -> Text:
    """Text up to the parenthesis that closes, quotes respected."""
    start = cursor.position
    depth = 0
    for found in re.finditer(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"|[()]", cursor.text[start + offset :]):
        depth += (found.group() == "(") - (found.group() == ")")
        if depth == 0 and found.group() == ")":
            cursor.position = start + offset + found.end()
            return Text(text=cursor.text[start : cursor.position])
    raise UnreadableError("a parenthesis is never closed", start)

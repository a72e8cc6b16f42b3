"""Words: quotes, parameters, substitutions and patterns, exactly as bash reads them."""

from __future__ import annotations

import re
from collections.abc import Callable

from converter.model.script import ProcessSubstitution, Substitution, Text, Word, WordPart
from converter.parse.arithmetic import arithmetic
from converter.parse.braces import expanded
from converter.parse.cursor import Cursor, UnreadableError
from converter.parse.escapes import ansi_c
from converter.parse.parameters import parameter

_PLAIN = re.compile(r"[^\s;&|<>()'\"\\$`{}*?!@+]+")
_DOUBLE_PLAIN = re.compile(r'[^"\\$`]+')
_EXTGLOB = frozenset("?*+@!")
_SIGN = re.compile(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"|[()]", re.DOTALL)


def read_words(cursor: Cursor) -> tuple[Word, ...]:
    """One word of the source; several if it holds braces to expand."""
    return expanded(read_word(cursor))


def read_word(cursor: Cursor, *, test: bool = False, ends: str = "") -> Word:
    """One word. In a `[[ ]]` test, a regular expression may hold `(`, `|` and `)`. `ends` lists further characters
    that end it."""
    start = cursor.position
    parts = collect(cursor, lambda: _ends(cursor, test, ends), in_double=False, test=test)
    if cursor.position == start:
        raise UnreadableError(f"unexpected {cursor.peek()!r}", start)
    return Word(parts=parts, source=cursor.text[start : cursor.position], span=cursor.span(start, cursor.position))


def _ends(cursor: Cursor, test: bool, ends: str) -> bool:
    if cursor.ended:
        return True
    letter = cursor.text[cursor.position]
    if test and letter in "(|<>":
        return cursor.at("||")
    return letter in ends or cursor.word_ends()


def collect(
    cursor: Cursor, ended: Callable[[], bool], *, in_double: bool, test: bool = False, operand: bool = False
) -> tuple[WordPart, ...]:
    """The parts up to where `ended` says; the operand of a parameter is read letter by letter."""
    parts: list[WordPart] = []
    while not ended():
        for part in _next(cursor, in_double, operand, plain=test):
            last = parts[-1] if parts else None
            if isinstance(part, Text) and isinstance(last, Text) and part.quoted == last.quoted:
                parts[-1] = Text(text=last.text + part.text, quoted=last.quoted)
            else:
                parts.append(part)
    return tuple(parts)


def _next(cursor: Cursor, in_double: bool, operand: bool, *, plain: bool) -> tuple[WordPart, ...]:
    letter = cursor.text[cursor.position]
    following = cursor.text[cursor.position + 1 : cursor.position + 2]
    if letter == "'" and not in_double:
        return (_single_quoted(cursor),)
    if letter == '"':
        return _double_quoted(cursor)
    if letter == "\\":
        return _escaped(cursor, '$`"\\}' if operand else '$`"\\', in_double)
    if letter == "$" and following == '"' and not in_double:
        cursor.position += 1
        return _double_quoted(cursor)
    if letter == "$":
        return (dollar(cursor, in_double),)
    if letter == "`":
        return (backquoted(cursor, in_double),)
    if letter in "<>" and following == "(" and not in_double:
        return (_process(cursor),)
    if letter in _EXTGLOB and following == "(" and not in_double:
        return _alternatives(cursor, 2)
    if plain and letter == "(":
        return _alternatives(cursor, 1)
    found = cursor.match(_DOUBLE_PLAIN if in_double else _PLAIN)
    end = found.end() if found and not (operand or plain) else cursor.position + 1
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


def _alternatives(cursor: Cursor, opening: int) -> tuple[WordPart, ...]:
    """`@(a|"b c"|$d)`: the parentheses and bars are the pattern's, and what is between them may be quoted."""
    start = cursor.position
    cursor.deeper(start)
    cursor.position += opening

    def ended() -> bool:
        if cursor.ended:
            raise UnreadableError("a parenthesis is never closed", start)
        return cursor.text[cursor.position] == ")"

    parts = collect(cursor, ended, in_double=False, test=True)
    cursor.depth -= 1
    cursor.position += 1
    return (Text(text=cursor.text[start : start + opening]), *parts, Text(text=")"))


def _escaped(cursor: Cursor, special: str, in_double: bool) -> tuple[WordPart, ...]:
    """A backslash; between double quotes it takes the meaning only from the `special` characters."""
    following = cursor.text[cursor.position + 1 : cursor.position + 2]
    cursor.position += 2
    if following == "\n":
        return ()
    if not following:
        return (Text(text="\\", quoted=True),)
    if in_double and following not in special:
        return (Text(text="\\" + following, quoted=True),)
    return (Text(text=following, quoted=True),)


def dollar(cursor: Cursor, in_double: bool) -> WordPart:
    """What begins with `$`."""
    start = cursor.position
    if cursor.at("$((") or cursor.at("$["):
        found = arithmetic(cursor)
        if found is not None:
            return found
    if cursor.at("$("):
        return substitution(cursor, in_double)
    if cursor.at("$'") and not in_double:
        return ansi_c(cursor)
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


def _process(cursor: Cursor) -> ProcessSubstitution:
    """`<( )`: text up to the parenthesis that closes, quotes respected."""
    start = cursor.position
    depth = 0
    for found in _SIGN.finditer(cursor.text, start + 1):
        depth += (found.group() == "(") - (found.group() == ")")
        if depth == 0 and found.group() == ")":
            cursor.position = found.end()
            return ProcessSubstitution(source=cursor.text[start : cursor.position])
    raise UnreadableError("a parenthesis is never closed", start)

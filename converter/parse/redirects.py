"""Redirections and heredocs."""

from __future__ import annotations

import re

from converter.model.script import Redirect, Text, Word, WordPart
from converter.parse.cursor import Cursor, UnreadableError
from converter.parse.words import backquoted, dollar, read_word

_OPERATOR = re.compile(r"(\d+|\{\w+\})?(<<<|<<-|<<|<>|<&|<(?!\()|>&|>>|>\||>(?!\())|()(&>>|&>)")
_SPECIAL = re.compile(r"[^\\$`]+")


def _heredoc(cursor: Cursor, operator: str, descriptor: int | None, delimiter: Word) -> Redirect:
    """Reads the body at once, though the rest of its line comes first; the cursor jumps over it at the line end."""
    end = "".join(getattr(part, "text", getattr(part, "source", "")) for part in delimiter.parts)
    expands = not any(quote in delimiter.source for quote in "'\"\\")
    begin = cursor.body_start()
    body, position = _lines(cursor.text, begin, end, strip=operator == "<<-")
    cursor.skip_body(position)
    word = _expanding(cursor, body, begin) if expands else _literal(body)
    return Redirect(
        operator="<<",
        descriptor=descriptor,
        target=word,
        expands=expands,
        raw=body,
        target_span=cursor.span(begin, max(begin + 1, position - 1)),
    )


def _lines(text: str, begin: int, end: str, *, strip: bool) -> tuple[str, int]:
    """The lines up to the one that is the delimiter, and the position after it."""
    lines: list[str] = []
    position = begin
    while position < len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop]
        line = line.lstrip("\t") if strip else line
        position = stop + 1
        if line.rstrip("\r") == end:
            break
        lines.append(line)
    return "".join(f"{line}\n" for line in lines), min(position, len(text))


def _literal(body: str) -> Word:
    return Word(parts=(Text(text=body, quoted=True),) if body else (), source=body)


def _expanding(cursor: Cursor, body: str, begin: int) -> Word:
    inner = cursor.inner(body, begin)
    parts: list[WordPart] = []
    while not inner.ended:
        part = _piece(inner)
        last = parts[-1] if parts else None
        if isinstance(part, Text) and isinstance(last, Text):
            parts[-1] = Text(text=last.text + part.text, quoted=True)
        else:
            parts.append(part)
    return Word(parts=tuple(parts), source=body)


def _piece(inner: Cursor) -> WordPart:
    letter = inner.peek()
    start = inner.position
    if letter == "\\":
        following = inner.text[start + 1 : start + 2]
        inner.position += 2
        if following == "\n":
            return Text(text="", quoted=True)
        return Text(text=following if following in "$`\\" else "\\" + following, quoted=True)
    if letter in "$`":
        depth = inner.depth
        try:
            return dollar(inner, True) if letter == "$" else backquoted(inner, True)
        except UnreadableError:
            inner.depth, inner.position = depth, start + 1
            return Text(text=letter, quoted=True)
    found = inner.match(_SPECIAL)
    end = found.end() if found else start + 1
    inner.position = end
    return Text(text=inner.text[start:end], quoted=True)


def at_redirect(cursor: Cursor) -> bool:
    """Whether a redirection comes next."""
    return cursor.match(_OPERATOR) is not None


def redirect(cursor: Cursor) -> Redirect:
    """Reads one redirection."""
    start = cursor.position
    found = cursor.match(_OPERATOR)
    if found is None:
        raise UnreadableError("a redirection is expected", start)
    operator = found.group(2) or found.group(4)
    number = found.group(1)
    cursor.position = found.end()
    cursor.blanks()
    if cursor.word_ends():
        raise UnreadableError("a redirection without a target", start)
    target = read_word(cursor)
    descriptor = int(number) if number and number.isdigit() else None
    if operator in ("<<", "<<-"):
        return _heredoc(cursor, operator, descriptor, target)
    return Redirect(operator=operator, descriptor=descriptor, target=target)

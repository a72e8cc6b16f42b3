"""Compound commands: groups, subshells, `if`, `case` and the loops."""

from __future__ import annotations

import re
from collections.abc import Callable

from converter.model.script import Arm, Block, Branch, Case, Group, If, Loop, LoopKind, Statement, Word
from converter.parse.arithmetic import closing
from converter.parse.cursor import Cursor, UnreadableError
from converter.parse.words import read_word, read_words

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
COMPOUND = ("if", "case", "for", "while", "until", "select", "{")


def is_compound(cursor: Cursor) -> bool:
    """Whether a compound command begins here."""
    return cursor.at("(") or cursor.keyword() in COMPOUND


def read_compound(cursor: Cursor) -> Statement:
    """The compound command that begins here."""
    start = cursor.position
    cursor.deeper(start)
    found = _READERS["(" if cursor.at("(") else cursor.keyword()](cursor, start)
    cursor.depth -= 1
    return found


def _block(cursor: Cursor, *stops: str) -> Block:
    from converter.parse.statements import read_list

    return read_list(cursor, *stops)


def _expect(cursor: Cursor, word: str, start: int) -> None:
    cursor.gap()
    if cursor.keyword() != word and not (word in "(){}" and cursor.at(word)):
        keyword = cursor.text[start : start + 12].split()[0] if cursor.text[start:].split() else ""
        raise UnreadableError(f"{keyword!r} without {word!r}", start, whole=cursor.ended)
    cursor.position += len(word)


def _group(cursor: Cursor, start: int) -> Statement:
    subshell = cursor.at("(")
    cursor.position += 1
    close = ")" if subshell else "}"
    body = _block(cursor, close)
    _expect(cursor, close, start)
    return Group(body=body, subshell=subshell, text=_text(cursor, start), span=cursor.span(start, cursor.position))


def _text(cursor: Cursor, start: int) -> str:
    return cursor.text[start : cursor.position]


def _if(cursor: Cursor, start: int) -> Statement:
    branches: list[Branch] = []
    orelse: Block = ()
    keyword = "if"
    while keyword in ("if", "elif"):
        cursor.position += len(keyword)
        condition = _block(cursor, "then")
        _expect(cursor, "then", start)
        body = _block(cursor, "elif", "else", "fi")
        branches.append(Branch(condition=condition, body=body))
        keyword = cursor.keyword()
    if keyword == "else":
        cursor.position += 4
        orelse = _block(cursor, "fi")
    _expect(cursor, "fi", start)
    return If(
        branches=tuple(branches), orelse=orelse, text=_text(cursor, start), span=cursor.span(start, cursor.position)
    )


def _case(cursor: Cursor, start: int) -> Statement:
    cursor.position += 4
    cursor.gap()
    subject = read_word(cursor)
    _expect(cursor, "in", start)
    arms: list[Arm] = []
    while True:
        cursor.gap()
        if cursor.keyword() == "esac":
            cursor.position += 4
            break
        if cursor.ended:
            raise UnreadableError("'case' without 'esac'", start, whole=True)
        arms.append(_arm(cursor))
    return Case(subject=subject, arms=tuple(arms), text=_text(cursor, start), span=cursor.span(start, cursor.position))


def _arm(cursor: Cursor) -> Arm:
    start = cursor.position
    cursor.take("(")
    patterns: list[Word] = []
    while True:
        cursor.blanks()
        patterns.append(read_word(cursor, ends="|)"))
        cursor.blanks()
        if cursor.take(")"):
            break
        if not cursor.take("|"):
            raise UnreadableError("a pattern of a 'case' is never closed", start)
    body = _block(cursor, ";;", ";&", "esac")
    fallthrough = cursor.at(";&") or cursor.at(";;&")
    span = cursor.span(start, cursor.position)
    if not cursor.take(";;&") and not cursor.take(";;"):
        cursor.take(";&")
    return Arm(patterns=tuple(patterns), body=body, fallthrough=fallthrough, span=span)


def _for(cursor: Cursor, start: int) -> Statement:
    kind = LoopKind.SELECT if cursor.take("select") else LoopKind.FOR
    if kind == LoopKind.FOR:
        cursor.position += 3
    cursor.blanks()
    if cursor.at("(("):
        return _count(cursor, start)
    name = cursor.match(_NAME)
    if name is None:
        raise UnreadableError("a loop without a variable", start)
    cursor.position = name.end()
    cursor.gap()
    items: list[Word] | None = None
    if cursor.keyword() == "in":
        cursor.position += 2
        items = []
        cursor.blanks()
        while not cursor.word_ends():
            items.extend(read_words(cursor))
            cursor.blanks()
    body = _body(cursor, start)
    return Loop(
        kind=kind,
        variable=name.group(),
        items=tuple(items) if items is not None else None,
        body=body,
        text=_text(cursor, start),
        span=cursor.span(start, cursor.position),
    )


def _count(cursor: Cursor, start: int) -> Statement:
    end = closing(cursor, cursor.position + 2)
    if end is None:
        raise UnreadableError("a (( is never closed", start)
    header = cursor.text[cursor.position + 2 : end]
    cursor.position = end + 2
    body = _body(cursor, start)
    return Loop(
        kind=LoopKind.COUNT,
        header=header,
        body=body,
        text=_text(cursor, start),
        span=cursor.span(start, cursor.position),
    )


def _body(cursor: Cursor, start: int) -> Block:
    cursor.blanks()
    cursor.take(";")
    cursor.gap()
    if cursor.keyword() == "{":
        cursor.position += 1
        body = _block(cursor, "}")
        _expect(cursor, "}", start)
        return body
    _expect(cursor, "do", start)
    body = _block(cursor, "done")
    _expect(cursor, "done", start)
    return body


def _while(cursor: Cursor, start: int) -> Statement:
    kind = LoopKind.WHILE if cursor.take("while") else LoopKind.UNTIL
    if kind == LoopKind.UNTIL:
        cursor.position += 5
    condition = _block(cursor, "do")
    body = _body(cursor, start)
    return Loop(
        kind=kind,
        condition=condition,
        body=body,
        text=_text(cursor, start),
        span=cursor.span(start, cursor.position),
    )


_READERS: dict[str, Callable[[Cursor, int], Statement]] = {
    "(": _group,
    "{": _group,
    "if": _if,
    "case": _case,
    "for": _for,
    "select": _for,
    "while": _while,
    "until": _while,
}

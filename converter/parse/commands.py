"""Simple commands, assignments, tests and functions; compound commands are in `compound`."""

from __future__ import annotations

import re

import msgspec

from converter.model.script import Assign, Define, Exec, Group, Opaque, Redirect, Statement, Text, Word
from converter.parse.arithmetic import closing
from converter.parse.compound import COMPOUND, is_compound, read_compound
from converter.parse.cursor import Cursor, UnreadableError
from converter.parse.redirects import at_redirect, redirect
from converter.parse.words import collect, read_word, read_words

_ASSIGN = re.compile(r"([A-Za-z_]\w*)(\[(?:[^][\n]|\[(?:[^][\n]|\[[^][\n]*\])*\])*\])?(\+?=)", re.ASCII)
_FUNCTION = re.compile(r"([^\s;&|<>()'\"\\$`{}=]+)[ \t]*\([ \t]*\)")
_FUNCTION_WORD = re.compile(r"function[ \t]+([^\s;&|<>()'\"\\$`]+)[ \t]*(?:\([ \t]*\))?")
_COPROCESS = re.compile(r"coproc[ \t]+[A-Za-z_]\w*[ \t]+(?=[{(]|(?:if|case|for|while|until|select)\b)", re.ASCII)
DECLARATIONS = ("export", "local", "declare", "readonly", "typeset")
RESERVED = ("then", "do", "done", "fi", "elif", "else", "esac", "in", "function", "}")


def read_command(cursor: Cursor) -> Statement:
    """One command with its redirections."""
    start = cursor.position
    function = cursor.match(_FUNCTION_WORD) or cursor.match(_FUNCTION)
    if function is not None and cursor.keyword() not in COMPOUND:
        return _function(cursor, function)
    if is_compound(cursor):
        found = _arithmetic(cursor) or read_compound(cursor)
        return _redirected(cursor, found, start)
    if cursor.keyword() == "[[":
        return _test(cursor)
    if cursor.keyword() == "coproc":
        return _coprocess(cursor)
    if cursor.keyword() in RESERVED:
        raise UnreadableError(f"unexpected {cursor.keyword()!r}", start)
    return _simple(cursor)


def _coprocess(cursor: Cursor) -> Opaque:
    """`coproc [NAME] command`: read to find its end, but nothing that follows a script could follow its pipes."""
    start = cursor.position
    cursor.deeper(start)
    name = cursor.match(_COPROCESS)
    cursor.position = name.end() if name else start + len("coproc ")
    cursor.blanks()
    read_command(cursor)
    cursor.depth -= 1
    text = cursor.text[start : cursor.position].rstrip()
    return Opaque(span=cursor.span(start, start + len(text)), text=text, reason="it is a coprocess")


def _redirected(cursor: Cursor, statement: Statement, start: int) -> Statement:
    found = _redirects(cursor)
    if not found:
        return statement
    text = cursor.text[start : cursor.position]
    span = cursor.span(start, cursor.position)
    if "redirects" in statement.__struct_fields__:
        kept = (*getattr(statement, "redirects", ()), *found)
        changed: Statement = msgspec.structs.replace(statement, redirects=kept, text=text, span=span)
        return changed
    return Group(body=(statement,), redirects=found, text=text, span=span)


def _redirects(cursor: Cursor) -> tuple[Redirect, ...]:
    found: list[Redirect] = []
    while True:
        cursor.blanks()
        if not at_redirect(cursor):
            return tuple(found)
        found.append(redirect(cursor))


def _function(cursor: Cursor, found: re.Match[str]) -> Statement:
    start = cursor.position
    cursor.position = found.end()
    cursor.gap()
    if not is_compound(cursor):
        raise UnreadableError("a function without a body", start)
    body = read_compound(cursor)
    inner = body.body if isinstance(body, Group) and not body.subshell else (body,)
    redirects = _redirects(cursor)
    text = cursor.text[start : cursor.position]
    return Define(
        name=found.group(1), body=inner, redirects=redirects, text=text, span=cursor.span(start, cursor.position)
    )


def _arithmetic(cursor: Cursor) -> Exec | None:
    """`(( expression ))`; None if the parentheses turn out to be subshells."""
    start = cursor.position
    if not cursor.at("(("):
        return None
    end = closing(cursor, start + 2)
    if end is None:
        return None
    cursor.position = end + 2
    words = tuple(_literal(text) for text in ("((", cursor.text[start + 2 : end].strip(), "))"))
    return Exec(words=words, text=cursor.text[start : end + 2], span=cursor.span(start, end + 2))


def _literal(text: str) -> Word:
    return Word(parts=(Text(text=text),), source=text)


def _test(cursor: Cursor) -> Statement:
    """`[[ expression ]]`: blanks and line ends part the words; a pattern may hold parentheses."""
    start = cursor.position
    words = [_literal("[[")]
    cursor.position += 2
    while True:
        cursor.gap()
        if cursor.ended:
            raise UnreadableError("a [[ is never closed", start)
        if re.match(r"\]\](?=[\s;&|)}]|\Z)", cursor.text[cursor.position : cursor.position + 3]):
            cursor.position += 2
            words.append(_literal("]]"))
            break
        words.append(_test_word(cursor, words[-1].source))
    redirects = _redirects(cursor)
    return Exec(
        words=tuple(words),
        redirects=redirects,
        text=cursor.text[start : cursor.position].rstrip(),
        span=cursor.span(start, cursor.position),
    )


def _test_word(cursor: Cursor, before: str) -> Word:
    pattern = before in ("=~", "==", "=", "!=")
    if pattern and before == "=~":
        return read_word(cursor, test=True)
    for sign in () if pattern else ("&&", "||", "(", ")", "<", ">"):
        if cursor.take(sign):
            return _literal(sign)
    return read_word(cursor)


def _simple(cursor: Cursor) -> Statement:
    start = cursor.position
    words: list[Word] = []
    assigns: list[Assign] = []
    redirects: list[Redirect] = []
    declared = ""
    while True:
        end = cursor.position
        cursor.blanks()
        if at_redirect(cursor):
            redirects.append(redirect(cursor))
        elif cursor.word_ends() or (cursor.at("#") and cursor.position > end):
            break
        elif (not words or declared) and cursor.match(_ASSIGN):
            assigns.append(_assign(cursor, start if declared and not assigns else cursor.position, declared, words))
        else:
            words.extend(read_words(cursor))
            declared = words[0].source if words[0].source in DECLARATIONS else ""
    if cursor.at("("):
        raise UnreadableError("unexpected '('", cursor.position)
    if cursor.position == start:
        raise UnreadableError(f"unexpected {cursor.peek()!r}", start)
    return _built(cursor, start, end, words, assigns, redirects, declared)


def _built(
    cursor: Cursor,
    start: int,
    end: int,
    words: list[Word],
    assigns: list[Assign],
    redirects: list[Redirect],
    declared: str,
) -> Statement:
    span, text = cursor.span(start, end), cursor.text[start:end]
    names = [word for word in words[1:] if not word.source.startswith(("-", "+"))]
    if declared and not (assigns and not names):
        return _declaration(Exec(words=tuple(words), redirects=tuple(redirects), text=text, span=span), assigns)
    if words and not declared:
        return Exec(words=tuple(words), assigns=tuple(assigns), redirects=tuple(redirects), text=text, span=span)
    if redirects or not assigns:
        return Exec(words=(), assigns=tuple(assigns), redirects=tuple(redirects), text=text, span=span)
    if len(assigns) == 1:
        return msgspec.structs.replace(assigns[0], text=text, span=span)
    return Group(body=tuple(assigns), text=text, span=span)


def _declaration(bare: Exec, assigns: list[Assign]) -> Statement:
    """`export A=1 B`: the assignments, then the bare names."""
    if not assigns:
        return bare
    last = bare.words[-1].span or bare.span
    words = bare.words
    named = msgspec.structs.replace(bare, span=last, text=" ".join(word.source for word in words))
    return Group(body=(*assigns, named), text=bare.text, span=bare.span)


def _assign(cursor: Cursor, start: int, declared: str, words: list[Word]) -> Assign:
    found = cursor.match(_ASSIGN)
    if found is None:
        raise UnreadableError("an assignment is expected", start)
    cursor.position = found.end()
    value, items, keys = None, None, ()  # type: Word | None, tuple[Word, ...] | None, tuple[Word | None, ...]
    if cursor.at("("):
        items, keys = _array(cursor)
    elif not cursor.word_ends():
        value = read_word(cursor)
    return Assign(
        name=found.group(1),
        index=found.group(2)[1:-1] if found.group(2) else None,
        append=found.group(3) == "+=",
        value=value,
        items=items,
        keys=keys,
        declared=declared,
        options="".join(word.source for word in words[1:] if word.source.startswith("-")),
        text=cursor.text[start : cursor.position],
        span=cursor.span(start, cursor.position),
    )


def _array(cursor: Cursor) -> tuple[tuple[Word, ...], tuple[Word | None, ...]]:
    start = cursor.position
    cursor.position += 1
    items: list[Word] = []
    keys: list[Word | None] = []
    while True:
        cursor.gap()
        if cursor.take(")"):
            return tuple(items), tuple(keys)
        if cursor.ended:
            raise UnreadableError("a list is never closed", start)
        if cursor.take("["):
            key = _key(cursor, start)
            if not cursor.take("]="):
                raise UnreadableError("a key without a value", start)
            empty = cursor.word_ends()
            items.append(Word(parts=()) if empty else read_word(cursor))
            keys.append(key)
            continue
        found = read_words(cursor)
        items.extend(found)
        keys.extend(None for _ in found)


def _key(cursor: Cursor, start: int) -> Word:
    """The key of `[key]=value`, which may hold blanks."""
    begin = cursor.position

    def ended() -> bool:
        if cursor.ended:
            raise UnreadableError("a key is never closed", start)
        return cursor.text[cursor.position] == "]"

    parts = collect(cursor, ended, in_double=False, operand=True)
    return Word(parts=parts, source=cursor.text[begin : cursor.position], span=cursor.span(begin, cursor.position))

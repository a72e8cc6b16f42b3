"""Prints a parsed script as one compact s-expression a statement, so that a test case is one line."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.model.script import (
    AndOr,
    Arithmetic,
    Assign,
    Background,
    Block,
    Case,
    Comment,
    Define,
    Exec,
    Group,
    If,
    Loop,
    Not,
    Opaque,
    Parameter,
    Pipeline,
    ProcessSubstitution,
    Redirect,
    Script,
    Statement,
    Substitution,
    Text,
    Word,
    WordPart,
)
from converter.parse import parse, read_source


def script(text: str | bytes) -> Script:
    """The script of that text."""
    return parse(read_source("d.sh", text.encode() if isinstance(text, str) else text))


def printed(text: str | bytes) -> str:
    """The statements of that text."""
    return block(script(text).body)


def block(found: Block) -> str:
    """Statements, one blank between them."""
    return " ".join(statement(one) for one in found)


def statement(found: Statement) -> str:
    """One statement with its redirections."""
    redirects: tuple[Redirect, ...] = getattr(found, "redirects", ())
    return " ".join([_bare(found), *(redirect(one) for one in redirects)])


def _bare(found: Statement) -> str:
    match found:
        case Exec():
            return f"[{' '.join([*(_assign(one) for one in found.assigns), *(word(one) for one in found.words)])}]"
        case Assign():
            return _assign(found)
        case Comment():
            return f"#{'<' if found.trailing else ''}{found.text}"
        case Opaque():
            return f"?{found.text!r}"
        case AndOr():
            return f"({found.operator} {statement(found.left)} {statement(found.right)})"
        case Not() | Background():
            return f"({'!' if isinstance(found, Not) else '&'} {statement(found.body)})"
        case Pipeline():
            return f"(| {' '.join(statement(one) for one in found.stages)})"
        case Group():
            return f"({'sub' if found.subshell else 'do'} {block(found.body)})"
        case Define():
            return f"(def {found.name} {block(found.body)})"
        case If():
            branches = [f"{block(one.condition)} -> {block(one.body)}" for one in found.branches]
            return f"(if {'; '.join([*branches, block(found.orelse)] if found.orelse else branches)})"
        case Case():
            arms = [
                f"{'|'.join(word(one) for one in arm.patterns)} -> {block(arm.body)}{'+' if arm.fallthrough else ''}"
                for arm in found.arms
            ]
            return f"(case {word(found.subject)}: {'; '.join(arms)})"
        case Loop():
            items = "" if found.items is None else f" in {' '.join(word(one) for one in found.items)}"
            over = block(found.condition) or found.header or found.variable + items
            return f"({found.kind} {over}: {block(found.body)})"


def _assign(found: Assign) -> str:
    index = "" if found.index is None else f"[{found.index}]"
    sign = "+=" if found.append else "="
    value = word(found.value) if found.value else ""
    if found.items is not None:
        pairs = zip(found.keys, found.items, strict=True)
        value = f"({' '.join((f'[{word(key)}]=' if key else '') + word(item) for key, item in pairs)})"
    before = " ".join(filter(None, (found.declared, found.options)))
    return f"{before}{' ' if before else ''}{found.name}{index}{sign}{value}"


def redirect(found: Redirect) -> str:
    """A redirection; `!` marks a heredoc that expands nothing."""
    number = "" if found.descriptor is None else found.descriptor
    return f"{number}{found.operator}{'' if found.expands else '!'}{word(found.target)}"


def word(found: Word) -> str:
    """The parts of a word: text bare, quoted text in quotes, holes as `<...>`; `_` is an empty word."""
    return ".".join(part(one) for one in found.parts) or "_"


def part(found: WordPart) -> str:
    """One part; a `"` in front of a hole says that it is quoted."""
    match found:
        case Text():
            return f'"{found.text}"'.replace("\n", "\\n").replace("\t", "\\t") if found.quoted else found.text
        case Parameter():
            index = "" if found.index is None else f"[{found.index}]"
            rest = f" {found.operator}" if found.operator else ""
            rest += f" {word(found.operand)}" if found.operand else ""
            return f"{_quote(found.quoted)}<{found.name}{index}{rest}>"
        case Substitution():
            return f"{_quote(found.quoted)}$({block(found.body)})"
        case Arithmetic():
            return f"(({found.source}))"
        case ProcessSubstitution():
            return found.source


def _quote(quoted: bool) -> str:
    return '"' if quoted else ""


def nodes(found: object) -> Iterator[msgspec.Struct]:
    """Every node at and below it."""
    if isinstance(found, msgspec.Struct):
        yield found
        for name in found.__struct_fields__:
            yield from nodes(getattr(found, name))
    elif isinstance(found, tuple):
        for one in found:
            yield from nodes(one)

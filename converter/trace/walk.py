"""Walks over the program without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.model.script import (
    AndOr,
    Arithmetic,
    Assign,
    Background,
    Block,
    Case,
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
    Statement,
    Substitution,
    Word,
)


def children(statement: Statement) -> tuple[Block, ...]:
    """The blocks directly inside a statement, in source order."""
    match statement:
        case AndOr():
            return ((statement.left,), (statement.right,))
        case Not() | Background():
            return ((statement.body,),)
        case Pipeline():
            return (statement.stages,)
        case Group() | Define():
            return (statement.body,)
        case If():
            inner = [block for branch in statement.branches for block in (branch.condition, branch.body)]
            return (*inner, statement.orelse)
        case Case():
            return tuple(arm.body for arm in statement.arms)
        case Loop():
            return (statement.condition, statement.body)
        case _:
            return ()


def statements(block: Block) -> Iterator[Statement]:
    """Every statement of a block and of all blocks in it, in source order; iterative, so depth is no limit."""
    stack = [iter(block)]
    while stack:
        statement = next(stack[-1], None)
        if statement is None:
            stack.pop()
            continue
        yield statement
        stack.extend(iter(inner) for inner in reversed(children(statement)))


def commands(block: Block) -> list[Exec | Assign | Opaque]:
    """Every command of a block, in source order."""
    return [found for found in statements(block) if isinstance(found, Exec | Assign | Opaque)]


def assigned(block: Block) -> dict[str, None]:
    """The names that a block may set, by assignment, `read` or as a loop variable."""
    names: dict[str, None] = {}
    for found in statements(block):
        match found:
            case Assign(name=name):
                names[name] = None
            case Loop(variable=name) if name:
                names[name] = None
            case Exec(words=words) if words and words[0].source == "read":
                names.update((word.source, None) for word in words[1:] if word.source.isidentifier())
            case _:
                pass
    return names


def mentioned(block: Block) -> dict[str, None]:
    """The names of all variables that a block reads."""
    names: dict[str, None] = {}
    for found in statements(block):
        for word in words_of(found):
            _mentioned(word, names)
        if isinstance(found, Exec) and found.words[:1] and found.words[0].source in ("((", "let"):
            names.update(_in_arithmetic(found.text))
        if isinstance(found, Loop):
            names.update(_in_arithmetic(found.header))
    return names


def words_of(statement: Statement) -> tuple[Word, ...]:
    """The words that stand directly in a statement."""
    match statement:
        case Exec():
            values = tuple(assign.value for assign in statement.assigns if assign.value)
            return (*statement.words, *values, *(redirect.target for redirect in statement.redirects))
        case Assign():
            return ((statement.value,) if statement.value else ()) + (statement.items or ())
        case Case():
            return (statement.subject, *(pattern for arm in statement.arms for pattern in arm.patterns))
        case Loop():
            return (statement.items or ()) + tuple(redirect.target for redirect in statement.redirects)
        case Group():
            return tuple(redirect.target for redirect in statement.redirects)
        case _:
            return ()


def _mentioned(word: Word, names: dict[str, None]) -> None:
    for part in word.parts:
        if isinstance(part, Parameter):
            names[part.name] = None
            if part.operand:
                _mentioned(part.operand, names)
        elif isinstance(part, Substitution):
            names.update(mentioned(part.body))
        elif isinstance(part, Arithmetic):
            names.update(_in_arithmetic(part.source))
        elif isinstance(part, ProcessSubstitution):
            names.update(dict.fromkeys(re.findall(r"\$\{?([A-Za-z_]\w*)", part.source)))


def _in_arithmetic(text: str) -> dict[str, None]:
    """Names in arithmetic, where a variable needs no `$`."""
    return dict.fromkeys(re.findall(r"[A-Za-z_]\w*|(?<=\$)[1-9]\b|(?<=\$\{)[1-9]\b", text))

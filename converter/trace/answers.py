"""Loops that wait for a status: `[ "$(curl -w '%{http_code}' URL)" = 200 ]` is a request that has to be answered so."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.structs import replace

from converter.model.script import (
    AndOr,
    Assign,
    Branch,
    Exec,
    If,
    Loop,
    LoopKind,
    Not,
    Parameter,
    Pipeline,
    Statement,
    Substitution,
    Text,
    Word,
)

_EQUAL = ("=", "==", "-eq")
_DIFFERS = ("!=", "-ne")
_CODE = re.compile(r"[\"']?([1-5]\d\d)[\"']?")
_ASKS = re.compile(r"\b(?:http_code|response_code)\b")


class Awaited(NamedTuple):
    """The loop with its try as `curl .. | grep -qx 200`, and the variable that then holds the status."""

    loop: Loop
    name: str = ""
    status: str = ""


def awaited(node: Loop) -> Awaited:
    """The loop as one whose try is a command; as it is where it waits for something else."""
    if len(node.condition) == 1 and node.kind in (LoopKind.UNTIL, LoopKind.WHILE):
        head = _headed(node.kind, node.condition[0])
        if head is not None:
            return Awaited(replace(node, condition=(head,)))
    for index, (first, second) in enumerate(zip(node.body, node.body[1:], strict=False)):
        request = _request(first.value) if isinstance(first, Assign) and first.value is not None else None
        if request is None or not isinstance(first, Assign):
            continue
        found = _tried(second, first.name, request)
        if found is not None:
            body = (*node.body[:index], found[0], *node.body[index + 2 :])
            return Awaited(replace(node, body=body), first.name, found[1])
    return Awaited(node)


def _headed(kind: LoopKind, head: Statement) -> Statement | None:
    if not isinstance(head, Exec) or len(head.words) < 4:
        return None
    request, sign = _request(head.words[1]), head.words[2].source
    if request is None or sign not in (_EQUAL if kind == LoopKind.UNTIL else _DIFFERS):
        return None
    found = _piped(head, request)
    return found if found is None or kind == LoopKind.UNTIL else Not(body=found, span=head.span)


def _request(word: Word) -> Exec | None:
    """The curl that prints nothing but the status, also where `|| echo 000` stands for no answer."""
    part = word.parts[0] if len(word.parts) == 1 else None
    inner = part.body[0] if isinstance(part, Substitution) and len(part.body) == 1 else None
    if isinstance(inner, AndOr) and inner.operator == "||" and isinstance(inner.right, Exec):
        inner = inner.left if inner.right.words[0].source in ("echo", "true", ":", "printf") else None
    if not isinstance(inner, Exec) or not inner.words or inner.words[0].source != "curl":
        return None
    return inner if _ASKS.search(inner.text) and "/dev/null" in inner.text else None


def _tried(statement: Statement, name: str, request: Exec) -> tuple[Statement, str] | None:
    """The statement after the request, asking the request itself; and the status that it asks for."""
    if isinstance(statement, If) and statement.branches and len(statement.branches[0].condition) == 1:
        test = _asking(statement.branches[0].condition[0], name)
        piped = _piped(test, request) if test is not None else None
        if test is None or piped is None:
            return None
        branch = Branch(condition=(piped,), body=statement.branches[0].body)
        return replace(statement, branches=(branch, *statement.branches[1:])), _status(test) or ""
    if isinstance(statement, AndOr) and statement.operator == "&&":
        test = _asking(statement.left, name)
        piped = _piped(test, request) if test is not None else None
        return (replace(statement, left=piped), _status(test) or "") if test is not None and piped is not None else None
    return None


def _asking(test: Statement, name: str) -> Exec | None:
    """`[ "$NAME" = 200 ]`."""
    if not isinstance(test, Exec) or len(test.words) != 5 or test.words[0].source not in ("[", "[["):
        return None
    part = test.words[1].parts[0] if len(test.words[1].parts) == 1 else None
    told = isinstance(part, Parameter) and part.name == name and not part.operator
    return test if told and test.words[2].source in _EQUAL else None


def _status(test: Exec) -> str | None:
    found = _CODE.fullmatch(test.words[3].source) if len(test.words) == 5 else None
    return found[1] if found else None


def _piped(test: Exec, request: Exec) -> Pipeline | None:
    status = _status(test)
    if status is None:
        return None
    words = tuple(Word(parts=(Text(text=text),), source=text) for text in ("grep", "-qx", status))
    looks = replace(test, words=words, text=f"grep -qx {status}")
    return Pipeline(stages=(request, looks), text=f'[ "$({request.text})" = {status} ]', span=test.span)

"""Lists of commands, `&&` and `||`, pipelines, and recovery: what can't be read costs its line, not the script."""

from __future__ import annotations

import re

import msgspec

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.script import (
    AndOr,
    Background,
    Block,
    Case,
    Exec,
    Group,
    If,
    Loop,
    Not,
    Opaque,
    Pipeline,
    Redirect,
    Statement,
    Text,
    Word,
)
from converter.parse.commands import read_command
from converter.parse.cursor import Cursor, TooDeepError, UnreadableError

MOST_RECOVERIES = 200
MOST_WASTED = 500_000
MOST_JOINED = 200


def read_list(cursor: Cursor, *stops: str) -> Block:
    """The commands up to one of `stops` (`)`, `}`, `fi`, `;;` ...), which is left to the caller, or to the end."""
    found: list[Statement] = []
    outer, cursor.comments = cursor.comments, []
    while True:
        cursor.gap()
        found.extend(cursor.comments)
        cursor.comments = []
        if cursor.ended or _stopped(cursor, stops):
            cursor.comments = outer
            return tuple(found)
        start, depth = cursor.position, cursor.depth
        try:
            found.append(_terminated(cursor, read_and_or(cursor)))
            found.extend(cursor.comments)
        except UnreadableError as problem:
            if ")" in stops:
                raise
            cursor.depth = depth
            found.append(_recovered(cursor, start, problem))
        cursor.comments = []


def _stopped(cursor: Cursor, stops: tuple[str, ...]) -> bool:
    keyword = cursor.keyword()
    return any(keyword == stop if stop[0].isalpha() or stop == "}" else cursor.at(stop) for stop in stops)


def _terminated(cursor: Cursor, statement: Statement) -> Statement:
    cursor.blanks()
    if cursor.at("&") and not cursor.at("&&"):
        cursor.position += 1
        return Background(body=statement, span=statement.span)
    if cursor.at(";") and not cursor.at(";;") and not cursor.at(";&"):
        cursor.position += 1
    elif not (cursor.ended or cursor.peek() in "\n#;)}"):
        raise UnreadableError(f"unexpected {cursor.peek()!r}", cursor.position)
    elif cursor.at("}") and cursor.text[cursor.position - 1] not in " \t\n;":
        raise UnreadableError("unexpected '}'", cursor.position)
    return statement


def _recovered(cursor: Cursor, start: int, problem: UnreadableError) -> Opaque:
    """The line as it is, or all that is left where a block is never closed; reading goes on after it."""
    effort = cursor.effort
    effort.recoveries += 1
    effort.wasted += cursor.position - start
    end = cursor.text.find("\n", start)
    if end < 0 or problem.whole or effort.recoveries > MOST_RECOVERIES or effort.wasted > MOST_WASTED:
        end = len(cursor.text)
    cursor.position = end
    place = min(problem.position, max(0, len(cursor.text) - 1))
    cursor.diagnostics.append(
        Diagnostic(
            name=problem.name,
            severity=Severity.ERROR,
            message=problem.reason,
            span=cursor.span(place, place + 1),
            hint="mend the line, or do by hand what it does",
        )
    )
    text = cursor.text[start:end].strip()
    return Opaque(span=cursor.span(start, end), text=text, reason=f"it can't be read: {problem.reason}")


def read_inner(cursor: Cursor, source: str, position: int) -> Block:
    """A text inside the text (backquotes), read with the place of its start."""
    return read_list(cursor.inner(source, position))


def read_and_or(cursor: Cursor) -> Statement:
    """Pipelines joined by `&&` and `||`, from the left."""
    start = cursor.position
    left = _pipeline(cursor)
    joined = 0
    while True:
        cursor.blanks()
        operator = cursor.peek(2)
        if operator not in ("&&", "||"):
            return left
        joined += 1
        if joined > MOST_JOINED:
            raise TooDeepError("too many commands are joined by && and ||", start)
        cursor.position += 2
        cursor.gap()
        right = _pipeline(cursor)
        left = AndOr(left=left, operator=operator, right=right, span=cursor.span(start, cursor.position))


def _pipeline(cursor: Cursor) -> Statement:
    start = cursor.position
    negated = False
    while cursor.keyword() in ("!", "time"):
        negated ^= cursor.take("!") or not cursor.take("time")
        cursor.blanks()
        if cursor.at("-p "):
            cursor.position += 3
    stages = [read_command(cursor)]
    while True:
        cursor.blanks()
        if not cursor.at("|") or cursor.at("||"):
            break
        cursor.position += 1
        if cursor.take("&"):
            stages[-1] = _with_errors(stages[-1])
        cursor.gap()
        stages.append(read_command(cursor))
    end = cursor.position
    text = re.sub(r"^(?:!|time)\s+", "", cursor.text[start:end].rstrip())
    found: Statement = stages[0]
    if len(stages) > 1:
        found = Pipeline(stages=tuple(stages), text=text, span=cursor.span(start, end))
    return Not(body=found, span=cursor.span(start, end)) if negated else found


def _with_errors(stage: Statement) -> Statement:
    """`|&` is `2>&1 |`."""
    both = Redirect(operator=">&", descriptor=2, target=Word(parts=(Text(text="1"),), source="1"))
    if isinstance(stage, Exec | Group | If | Case | Loop):
        return msgspec.structs.replace(stage, redirects=(*stage.redirects, both))
    return Group(body=(stage,), redirects=(both,), text=getattr(stage, "text", ""), span=stage.span)

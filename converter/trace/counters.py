"""Waits that count in their head: `until cmd || [ $N -eq 0 ]` and `while ! cmd && [ $N -lt 30 ]`."""

from __future__ import annotations

import re
from typing import NamedTuple

from converter.model.script import AndOr, Exec, Loop, LoopKind, Not, Statement
from converter.model.value import Value
from converter.trace.state import State

_TESTS = ("[", "[[", "((", "test")
_COMPARES = re.compile(
    r"\$?\{?([A-Za-z_]\w*)\}?\"?\s*(-eq|-ne|-ge|-gt|-le|-lt|==|!=|>=|<=|>|<)\s*\"?\$?\{?(\w+)\}?\"?\s*(?:\]\]?|\)\))?"
)
# A counter that goes one step past its limit before it is left.
_PAST, _STAYS = ("-gt", ">", "-lt", "<"), ("-ge", ">=", "-le", "<=")


class Counted(NamedTuple):
    """The command that is tried, how often, the counter, and what it holds when the wait is given up."""

    attempt: Statement
    attempts: int
    name: str
    last: Value


def counted(state: State, node: Loop) -> Counted | None:
    """The wait, None where the loop does not count in its head or nobody knows how far."""
    head = node.condition[0] if len(node.condition) == 1 else None
    if not isinstance(head, AndOr) or node.kind not in (LoopKind.UNTIL, LoopKind.WHILE):
        return None
    if head.operator != ("||" if node.kind == LoopKind.UNTIL else "&&"):
        return None
    for test, tried in ((head.right, head.left), (head.left, head.right)):
        attempt = tried if node.kind == LoopKind.UNTIL else tried.body if isinstance(tried, Not) else None
        if _tests(test) and isinstance(attempt, Exec) and not _tests(attempt):
            return _counter(state, node, test, attempt, tries_first=tried is head.left)
    return None


def _tests(statement: Statement) -> bool:
    return isinstance(statement, Exec) and (not statement.words or statement.words[0].source in _TESTS)


def _counter(state: State, node: Loop, test: Statement, attempt: Statement, *, tries_first: bool) -> Counted | None:
    found = _COMPARES.search(getattr(test, "text", ""))
    start, limit = (_number(state, found[1]), _number(state, found[3])) if found else (None, None)
    if found is None or start is None or limit is None or start == limit:
        return None
    name, up = found[1], limit > start
    steps = re.findall(rf"\b{name}\b\}}?\s*([-+])(?:\s*1\b|\1|=\s*1\b)", node.text)
    if steps != ["+" if up else "-"]:
        return None
    past = found[2] in (_PAST if node.kind == LoopKind.UNTIL else _STAYS)
    last = limit + (past if up else -past)
    return Counted(attempt, abs(last - start) + tries_first, name, Value.of(str(last)))


def _number(state: State, text: str) -> int | None:
    content = state.slots[text].content if text in state.slots else None
    known = content.text if isinstance(content, Value) else text
    return int(known) if known is not None and known.isdigit() else None

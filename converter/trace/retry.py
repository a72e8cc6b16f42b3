"""Loops that wait: `until cmd; do sleep 5; done` and `for i in 1 2 3; do cmd && break; sleep 5; done` are one
command with retries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converter.model.script import AndOr, Assign, Block, Exec, If, Loop, LoopKind, Not, Pipeline, Statement
from converter.model.trace import Retry
from converter.model.value import Value, Variable
from converter.trace.answers import awaited
from converter.trace.conditions import Condition, merged
from converter.trace.counters import counted
from converter.trace.lookers import block_looks, only_tells
from converter.trace.pipelines import kept
from converter.trace.state import Choice, State, merge
from converter.trace.walk import commands, statements
from converter.trace.words import expand

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

ENDS = ("break", "exit", "return")
NOISE = ("echo", "printf", "sleep", ":", "true", "log", "info", "let", "((", "warn", "log_info")
DEFAULT_ATTEMPTS = 60
# What curl says is the status where nothing answers.
NO_ANSWER = Value.of("000")
# The names of functions that only print and leave.
Quiet = frozenset[str]


def retries(run: Interpreter, state: State, node: Loop) -> Condition | None:
    """One step with retries, None if the loop does something else."""
    quiet = frozenset(name for name, function in state.functions.items() if only_tells(function.body))
    status_of = awaited(node)
    shaped = status_of.loop
    found = _conditional(shaped, quiet) if node.kind in (LoopKind.UNTIL, LoopKind.WHILE) else None
    counter = counted(state, node) if all(_harmless(one, quiet) for one in node.body) else None
    if counter is not None:
        found = counter.attempt, node.body
    if found is None:
        found = _breaking(shaped, quiet)
    if found is None:
        return None
    attempted, body = found
    delay = _delay(node)
    if delay is None:
        return None
    first = len(run.account.steps)
    before, run.testing = run.testing, False
    if isinstance(attempted, Pipeline):
        # As a condition, so that what only looks is not left out.
        run.testing = True
        status = kept(run, state.copy(), attempted)
    else:
        status = run.statement(state.copy(), attempted)
    run.testing = before
    if len(run.account.steps) != first + 1:
        return None
    attempts = counter.attempts if counter is not None else _attempts(run, state, node, body)
    run.account.change(first, retry=Retry(attempts=attempts or DEFAULT_ATTEMPTS, delay=delay))
    if attempts is None:
        run.account.assume(f"{node.span.lines()}: a wait without an end is given up after {DEFAULT_ATTEMPTS} tries")
    elif not _gives_up(body):
        run.account.waits[run.account.steps[first].id] = node.span.lines()
    _account(run, node)
    _remember(run, state, shaped, status, attempts or DEFAULT_ATTEMPTS, quiet)
    if counter is not None and status.yes is not None and status.no is not None:
        # The counter of a wait that was answered is only known to have been enough.
        left = Value(Variable(counter.name))
        state.set(counter.name, Choice(((status.yes, left), (status.no, counter.last))))
    if status_of.name and status.yes is not None and status.no is not None:
        state.set(status_of.name, Choice(((status.yes, Value.of(status_of.status)), (status.no, NO_ANSWER))))
    return _left(run, state, shaped, status, quiet)


def _gives_up(body: Block) -> bool:
    """Whether the script, too, ends where no try succeeds."""
    found = (one for one in commands(body) if isinstance(one, Exec) and one.words)
    return any(
        one.words[0].source in ("exit", "return") and one.words[-1].source not in ("0", "return") for one in found
    )


def _left(run: Interpreter, state: State, node: Loop, status: Condition, quiet: Quiet) -> Condition:
    """What follows a loop that a good try leaves by `return` or `exit` is for the other case alone."""
    leave = next(filter(None, (_leaves(one, quiet) for one in node.body)), None)
    if leave is None or status.no is None:
        return status
    won = state.copy()
    won.path = merged(state.path, status.yes or ())
    run.statement(won, leave)
    lost = state.copy()
    merge(state, (status.yes or (), won), (status.no, lost))
    return status


def _leaves(statement: Statement, quiet: Quiet) -> Exec | None:
    if _attempt(statement, quiet) is None:
        return None
    body = statement.branches[0].body if isinstance(statement, If) else (_chain(statement)[-1],)
    last = next((found for found in reversed(commands(body)) if isinstance(found, Exec) and found.words), None)
    return last if last is not None and last.words[0].source in ("return", "exit") else None


def _remember(run: Interpreter, state: State, node: Loop, status: Condition, attempts: int, quiet: Quiet) -> None:
    """The variables after the loop: what it sets when a try succeeds, and how far it has counted."""
    won, lost = state.copy(), state.copy()
    for assign in _assigns(node.body):
        if assign in _won(node, quiet):
            run.statement(won, assign)
        elif assign.value is not None and assign.name in assign.value.source:
            lost.set(assign.name, Value.of(str(attempts)))
    if node.kind == LoopKind.FOR and node.items is not None:
        items = expand(run, state, node.items)
        won.set(node.variable, items[0])
        lost.set(node.variable, items[-1])
    for name in dict.fromkeys((*won.slots, *lost.slots)):
        after, before = (side.slots[name].content if name in side.slots else Value() for side in (won, lost))
        if after != before and isinstance(after, Value) and isinstance(before, Value):
            pairs = ((guard, value) for guard, value in ((status.yes, after), (status.no, before)) if guard is not None)
            state.set(name, Choice(tuple(pairs)))


def _assigns(body: Block) -> list[Assign]:
    return [found for found in statements(body) if isinstance(found, Assign)]


def _won(node: Loop, quiet: Quiet) -> list[Assign]:
    """The assignments in the branch that leaves the loop because the try has succeeded."""
    for statement in node.body:
        if isinstance(statement, If) and statement.branches and _attempt(statement, quiet) is not None:
            return _assigns(statement.branches[0].body)
        if isinstance(statement, AndOr) and _attempt(statement, quiet) is not None:
            return _assigns((statement,))
    return []


def _account(run: Interpreter, node: Loop) -> None:
    for command in commands((node,)):
        if not run.account.entry(command).steps:
            run.account.absorb(command, "it is the waiting between tries")


def _conditional(node: Loop, quiet: Quiet) -> tuple[Statement, Block] | None:
    """`until cmd; do sleep; done`, `while ! cmd; do ...`."""
    if len(node.condition) != 1 or not all(_harmless(found, quiet) for found in node.body):
        return None
    head = node.condition[0]
    if node.kind == LoopKind.WHILE:
        if not isinstance(head, Not):
            return None
        head = head.body
    if isinstance(head, Exec) and head.words and head.words[0].source in ("[", "[[", "((", "true", ":", "test", "read"):
        return None
    return (head, node.body) if isinstance(head, Exec) or _only_asks(head) else None


def _harmless(statement: Statement, quiet: Quiet) -> bool:
    """What a waiting loop may hold besides the try: messages, sleep, a counter, giving up."""
    if isinstance(statement, Assign):
        return True
    if isinstance(statement, If):
        blocks = [block for branch in statement.branches for block in (branch.condition, branch.body)]
        return all(_harmless(inner, quiet) for block in (*blocks, statement.orelse) for inner in block)
    if isinstance(statement, AndOr):
        return _harmless(statement.left, quiet) and _harmless(statement.right, quiet)
    if isinstance(statement, Exec):
        return not statement.words or statement.words[0].source in {*NOISE, *ENDS, *quiet, "[", "[[", "test"}
    return not commands((statement,))


def _breaking(node: Loop, quiet: Quiet) -> tuple[Statement, Block] | None:
    """A try in the body that leaves the loop when it succeeds."""
    tries: list[Statement] = []
    for statement in node.body:
        attempted = _attempt(statement, quiet)
        if attempted is not None:
            tries.append(attempted)
        elif not _harmless(statement, quiet):
            return None
    if len(tries) != 1 or any(
        isinstance(c, Exec) and c.words and c.words[0].source == "read" for c in commands(node.condition)
    ):
        return None
    return tries[0], node.body


def _attempt(statement: Statement, quiet: Quiet) -> Statement | None:
    if isinstance(statement, If) and statement.branches and _ends(statement.branches[0].body):
        condition = statement.branches[0].condition
        rest = (*statement.orelse, *statement.branches[0].body)
        if not all(_harmless(found, quiet) for found in rest):
            return None
        if len(condition) == 1 and _only_asks(condition[0]):
            return condition[0]
        if len(condition) == 1 and isinstance(condition[0], Exec):
            return condition[0] if condition[0].words[0].source not in ("[", "[[", "((", "test") else None
    chain = _chain(statement)
    first = chain[0]
    if len(chain) < 2 or not all(_harmless(found, quiet) for found in chain[1:]):
        return None
    if _only_asks(first) and _ends((chain[-1],)):
        return first
    if not isinstance(first, Exec):
        return None
    tests = not first.words or first.words[0].source in ("[", "[[", "((", "test")
    return first if _ends((chain[-1],)) and not tests else None


def _only_asks(statement: Statement) -> bool:
    """`curl -w '%{http_code}' URL | grep -q 200`, `docker ps | grep -q app`: a pipeline that changes nothing."""
    return isinstance(statement, Pipeline) and block_looks((statement,))


def _chain(statement: Statement) -> list[Statement]:
    """The links of `a && b && c`."""
    if isinstance(statement, AndOr) and statement.operator == "&&":
        return [*_chain(statement.left), *_chain(statement.right)]
    return [statement]


def _ends(body: Block) -> bool:
    found = [c for c in commands(body) if isinstance(c, Exec) and c.words]
    last = found[-1] if found else None
    return last is not None and last.words[0].source in ENDS and (len(last.words) < 2 or last.words[1].source == "0")


def _delay(node: Loop) -> int | None:
    for found in commands(node.body):
        if isinstance(found, Exec) and found.words and found.words[0].source == "sleep" and len(found.words) == 2:
            number = re.fullmatch(r"(\d+)(?:\.\d+)?([sm]?)", found.words[1].source)
            return max(1, int(number[1]) * (60 if number[2] == "m" else 1)) if number else 5
    return None


def _attempts(run: Interpreter, state: State, node: Loop, body: Block) -> int | None:
    """How often the loop tries, from its items, its header or its counter."""
    if node.kind == LoopKind.FOR and node.items is not None:
        return len(expand(run, state, node.items)) or None
    texts = [node.header, *(c.text for c in commands((node,)) if isinstance(c, Exec))]
    for text in texts:
        found = re.search(r"(?:-ge|-gt|-eq|-lt|-le|<=?|>=?|==)\s*\"?(\$?\{?\w+\}?)", text)
        if found:
            known = found[1]
            slot = state.slots.get(known.strip("${}"))
            text_value = getattr(slot.content, "text", None) if slot else None
            number = text_value if not known.isdigit() else known
            if number and number.isdigit():
                return int(number)
    return None

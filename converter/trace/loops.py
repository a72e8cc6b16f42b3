"""Loops: over known items they are followed item by item, waiting loops become retries, the rest is kept whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.script import Exec, Loop, LoopKind, Word
from converter.model.trace import Guard
from converter.model.value import Value, Variable
from converter.trace import words as expansion
from converter.trace.branches import join
from converter.trace.commands import streams
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.forks import alternatives, forked_names
from converter.trace.options import is_option_loop, read_options
from converter.trace.retry import retries
from converter.trace.state import End, Slot, State
from converter.trace.whole import keep_whole

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

MOST_ITEMS = 60


def loop(run: Interpreter, state: State, node: Loop) -> Condition:
    """Runs one loop."""
    names = forked_names(state, node.items or ())
    if names:
        outcomes = [(guard, branch, loop(run, branch, node)) for guard, branch in alternatives(run, state, names[0])]
        slot = state.slots[names[0]]
        status = join(state, outcomes)
        state.slots[names[0]] = slot
        return status
    if is_option_loop(node):
        return read_options(run, state, node)
    waiting = retries(run, state, node)
    if waiting is not None:
        return waiting
    if node.kind == LoopKind.FOR:
        return _each(run, state, node)
    if node.kind == LoopKind.WHILE:
        lines = _lines(run, state, node)
        if lines is not None:
            return _each_line(run, state, node, lines)
    return keep_whole(run, state, node, "a loop that only the run can end")


def _each(run: Interpreter, state: State, node: Loop) -> Condition:
    items = _items(run, state, node)
    if items is None or len(items) > MOST_ITEMS:
        return keep_whole(run, state, node, "a loop over items that only the run knows")
    if not items:
        run.skip(node.body, "it never runs: the loop has no items")
        return SUCCESS
    return unrolled(run, state, node, [{node.variable: item} for item in items])


def _items(run: Interpreter, state: State, node: Loop) -> tuple[Value, ...] | None:
    if node.items is None:
        return state.arguments
    items = expansion.expand(run, state, node.items)
    if any(item.has_glob or item.unknowns or item.outputs for item in items):
        return None
    if len(items) == 1 and items[0].text is None and _is_list(node.items[0]):
        return _default_items(run, items[0])
    return items


def _is_list(word: Word) -> bool:
    return not word.source.startswith('"')


def _default_items(run: Interpreter, value: Value) -> tuple[Value, ...] | None:
    """The items of an input's default, said as an assumption."""
    part = value.parts[0] if len(value.parts) == 1 else None
    found = run.account.inputs.get(part.name) if isinstance(part, Variable) else None
    if found is None or found.default is None or found.default.text is None:
        return None
    run.account.assume(f"${found.name} is taken to be its default, {found.default.text}, where a loop goes over it")
    return tuple(Value.of(word) for word in found.default.text.split())


def unrolled(run: Interpreter, state: State, node: Loop, rounds: list[dict[str, Value]]) -> Condition:
    """Follows the body once for each round; a `continue` holds for its round, a `break` for all that come."""
    outer, base = state.copy(), state.guard
    status = SUCCESS
    run.breaks.append([])
    for number, variables in enumerate(rounds, 1):
        for name, value in variables.items():
            state.slots[name] = Slot(Value(Variable(name, value)) if value.text is None else value, local=True)
        state.turn = outer.turn or (f"{node.span} {number}" if len(rounds) > 1 else "")
        state.passed = outer.passed
        status = run.block(state, node.body)
        if state.end == End.CONTINUE:
            state.end = None
        if state.end is not None:
            break
    status = _left(state, run.breaks.pop(), base, status)
    state.skipped, state.passed, state.turn = outer.skipped, outer.passed, outer.turn
    for name in rounds[-1]:
        if name in state.slots:
            state.slots[name] = replace(state.slots[name], local=False)
    return status


def _left(state: State, broken: list[State], base: Guard, status: Condition) -> Condition:
    """What holds after the loop, whichever `break` has left it, or none."""
    always = state.end == End.BREAK
    ends = [(tuple(test for test in one.guard if test not in base), one, SUCCESS) for one in broken]
    if not always:
        ends.append((tuple(test for test in state.skipped if test not in base), state.copy(), status))
    if always and len(ends) == 1:
        state.end = None
        return SUCCESS
    if len(ends) == 1:
        return status
    for _, one, _ in ends:
        one.skipped, one.passed, one.path = (), (), state.path
    return join(state, ends)


def _lines(run: Interpreter, state: State, node: Loop) -> list[str] | None:
    """The lines that `while read` gets from a file that is here, or from a heredoc."""
    head = node.condition[0] if len(node.condition) == 1 else None
    if not isinstance(head, Exec) or not head.words or head.words[0].source != "read":
        return None
    given = streams(run, state, node.redirects)
    if given.stdin is not None and given.stdin.text is not None:
        return given.stdin.text.splitlines()
    if given.stdin_path is None:
        return None
    path = run.project_path(run.place(state, given.stdin_path))
    found = run.load(path) if path is not None else None
    if found is None:
        return None
    run.account.files[found.path] = found
    return found.text.splitlines()


def _each_line(run: Interpreter, state: State, node: Loop, lines: list[str]) -> Condition:
    head = node.condition[0]
    words = [word.source for word in head.words[1:]] if isinstance(head, Exec) else []
    names = [word for word in words if word.isidentifier()] or ["REPLY"]
    separator = next(
        (a.value.parts[0] for a in getattr(head, "assigns", ()) if a.name == "IFS" and a.value and a.value.parts), None
    )
    mark = getattr(separator, "text", None)
    rounds = [_fields(line, names, mark) for line in lines if line.strip() or len(names) == 1]
    if len(rounds) > MOST_ITEMS or not rounds:
        return keep_whole(run, state, node, "a loop over the lines of a file")
    if isinstance(head, Exec):
        run.account.absorb(head, "the lines are known", state.context())
    return unrolled(run, state, node, rounds)


def _fields(line: str, names: list[str], separator: str | None) -> dict[str, Value]:
    pieces = line.split(separator, len(names) - 1)
    pieces += [""] * (len(names) - len(pieces))
    return {
        name: Value.of(piece.strip() if separator is None else piece)
        for name, piece in zip(names, pieces, strict=False)
    }

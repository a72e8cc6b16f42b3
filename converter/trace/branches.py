"""`if`, `case`, `&&` and `||`: both branches are followed, each under its condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.script import AndOr, Arm, Assign, Block, Case, Exec, Group, If, Statement
from converter.model.trace import Compare, Guard, StepSucceeded
from converter.model.value import Glob, Value
from converter.trace import modes
from converter.trace import words as expansion
from converter.trace.conditions import (
    SUCCESS,
    Condition,
    any_of,
    beside,
    both,
    decided,
    either,
    failed_steps,
    flip,
    merged,
)
from converter.trace.forks import alternatives, forked_names
from converter.trace.lookers import block_looks
from converter.trace.modes import never
from converter.trace.patterns import matches
from converter.trace.state import ADOPTED, State, merge
from converter.trace.statuses import remembered
from converter.trace.walk import commands

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

LEAVES = ("break", "continue", "return", "exit")


def and_or(run: Interpreter, state: State, node: AndOr) -> Condition:
    """`left && right`, `left || right`."""
    wants_success = node.operator == "&&"
    left = run.tested(state, (node.left,))
    if state.end:
        run.skip((node.right,), "it never runs: the script has ended before it")
        return left
    guard = left.yes if wants_success else left.no
    ended = beside(left, success=wants_success)
    if guard is None:
        run.skip((node.right,), never(run, (node.left,), "true" if wants_success else "false"))
        return left
    if not wants_success and _shrugs(node.right):
        return _tolerate(run, state, node.right, left)
    other = left.no if wants_success else left.yes
    right = _branch(run, state, (guard, ended), (other, beside(left, success=not wants_success)), (node.right,))
    return both(left, right) if wants_success else any_of(left, right)


def _branch(
    run: Interpreter, state: State, taken: tuple[Guard, Guard], spared: tuple[Guard | None, Guard], block: Block
) -> Condition:
    """Runs the block under a guard, and joins what follows with the case in which it did not run; with each guard come
    the ends of steps that hold besides."""
    (guard, ended), (other, otherwise) = taken, spared
    path = state.path
    if other is None or (not guard and not _decides(block)):
        state.path = merged(path, ended)
        status = run.block(state, block)
        state.path = path
        return status
    branch = state.copy()
    branch.path = merged(merged(path, guard), ended)
    status = run.block(branch, block)
    run.title = ""
    merge(state, (guard, branch), (merged(other, otherwise) if branch.end else other, state.copy()))
    return status


def _decides(block: Block) -> bool:
    """Whether what follows depends on the block having run: it sets a variable, or leaves."""
    return any(
        isinstance(found, Assign) or (isinstance(found, Exec) and found.words[:1] and found.words[0].source in LEAVES)
        for found in commands(block)
    )


def _shrugs(statement: Statement) -> bool:
    """`|| true`, `|| :`, `|| echo ...`: failure is accepted."""
    if isinstance(statement, Group) and not statement.redirects:
        return bool(statement.body) and all(_shrugs(inner) for inner in statement.body)
    if not isinstance(statement, Exec) or not statement.words:
        return False
    writes = any(
        r.operator in (">", ">>") and r.target.source not in ("/dev/null", "/dev/stderr") for r in statement.redirects
    )
    return (
        statement.words[0].source in ("true", ":", "/bin/true", "echo", "printf", "warn", "warning", "log_warn")
        and not writes
    )


def _tolerate(run: Interpreter, state: State, right: Statement, left: Condition) -> Condition:
    steps = failed_steps(left.no or ())
    for step in steps:
        run.account.change(step, tolerated=True)
    title = run.title
    for command in _commands(right):
        reason = "the step before it may fail" if steps else "nothing depends on the test before it"
        run.account.absorb(command, reason)
    run.title = title
    return SUCCESS


def _commands(statement: Statement) -> list[Exec]:
    if isinstance(statement, Group):
        return [found for inner in statement.body for found in _commands(inner)]
    return [statement] if isinstance(statement, Exec) else []


def if_statement(run: Interpreter, state: State, node: If) -> Condition:
    """`if`, `elif`, `else`."""
    outcomes: list[tuple[Guard, State, Condition]] = []
    ended: list[Guard] = []
    current, reached, known = state, (), ()  # type: State, Guard, Guard
    for index, branch in enumerate(node.branches):
        condition = run.tested(current, branch.condition)
        if current.end:
            run.skip(branch.body, "it never runs: the script has ended before it")
            return condition
        if len(node.branches) == 1 and condition.yes == () and _only_told(node.orelse):
            condition = _accepted(run, condition, branch.body)
        if condition.yes is None:
            run.skip(branch.body, never(run, branch.condition, "true"))
        else:
            ended.append(merged(known, beside(condition, success=True)))
            outcomes.append(_outcome(run, current, reached, (condition.yes, ended[-1]), branch.body))
        if condition.no is None:
            rest = [*(b for later in node.branches[index + 1 :] for b in (later.condition, later.body)), node.orelse]
            for block in rest:
                run.skip(block, never(run, branch.condition, "false"))
            break
        reached = merged(reached, condition.no)
        known = merged(known, beside(condition, success=False))
        following = current.copy()
        following.path = merged(merged(current.path, condition.no), known)
        current = following
    else:
        ended.append(known)
        outcomes.append(_outcome(run, current, reached, ((), known), node.orelse))
    if any(branch.end for _, branch, _ in outcomes):
        # What follows is for the branches that have not ended, and so for the ends of steps that lead into them.
        outcomes = [
            (merged(guard, told), branch, status) for (guard, branch, status), told in zip(outcomes, ended, strict=True)
        ]
    return join(state, outcomes)


def _only_told(orelse: Block) -> bool:
    """Whether the failure of a condition has no consequence but, at most, a message."""
    return block_looks(orelse) and not any(
        isinstance(found, Exec) and found.words[:1] and found.words[0].source in LEAVES for found in commands(orelse)
    )


def _accepted(run: Interpreter, condition: Condition, body: Block) -> Condition:
    """`if command; then ..; fi`: the script goes on when the command fails; what follows it asks for its success."""
    test = condition.no[-1] if condition.no else None
    if test is None or not isinstance(test.subject, StepSucceeded):
        return condition
    if block_looks(body):
        run.account.change(test.subject.step, tolerated=True)
        return condition
    run.account.accepted.add(test.subject.step)
    return Condition((flip(test),), condition.no)


def _outcome(
    run: Interpreter, current: State, reached: Guard, taken: tuple[Guard, Guard], body: Block
) -> tuple[Guard, State, Condition]:
    guard, ended = taken
    branch = current.copy()
    branch.path = merged(merged(current.path, guard), ended)
    status = run.block(branch, body)
    # What is said in a branch announces nothing of what follows it.
    run.title = ""
    return merged(reached, guard), branch, status


def join(state: State, outcomes: list[tuple[Guard, State, Condition]]) -> Condition:
    """Makes `state` what holds after all of the branches."""
    if not outcomes:
        return SUCCESS
    path = state.path
    guard, joined, status = outcomes[-1]
    for earlier, branch, other in reversed(outcomes[:-1]):
        target = branch.copy()
        merge(target, (earlier, branch), (guard, joined))
        status = _either_status(earlier, other, branch, guard, status, joined)
        guard = either(earlier, guard) or ()
        joined = target
    for name in (*ADOPTED, "end"):
        setattr(state, name, getattr(joined, name))
    state.path = path
    return status


def _either_status(
    guard: Guard, status: Condition, branch: State, other: Guard, late: Condition, joined: State
) -> Condition:
    if branch.end:
        return late
    if joined.end:
        return status
    yes = either(_under(guard, status.yes), _under(other, late.yes))
    no = either(_under(guard, status.no), _under(other, late.no))
    return Condition(yes, no)


def _under(guard: Guard, end: Guard | None) -> Guard | None:
    return None if end is None else merged(guard, end)


def case(run: Interpreter, state: State, node: Case) -> Condition:
    """`case`: arms exclude each other; an arm whose patterns can't match is reported as such."""
    names = forked_names(state, (node.subject,))
    if names:
        return run_forked(run, state, node, names[0])
    subject = expansion.single(run, state, node.subject)
    outcomes: list[tuple[Guard, State, Condition]] = []
    current, reached = state, ()  # type: State, Guard
    for index, arm in enumerate(node.arms):
        condition = _arm(run, current, subject, arm)
        if condition.yes is None:
            run.skip(arm.body, never(run, modes.asked(node, arm), "true"))
        else:
            outcomes.append(_outcome(run, current, reached, (condition.yes, ()), arm.body))
        if condition.no is None:
            for later in node.arms[index + 1 :]:
                run.skip(later.body, never(run, modes.asked(node, later), "true"))
            break
        reached = merged(reached, condition.no)
        following = current.copy()
        following.path = merged(current.path, condition.no)
        current = following
    else:
        outcomes.append((reached, current.copy(), SUCCESS))
    return join(state, outcomes)


def run_forked(run: Interpreter, state: State, node: Case | Exec, name: str) -> Condition:
    """Runs a statement once for each value that branches gave a variable."""
    outcomes = []
    for guard, branch in alternatives(run, state, name):
        status = run.statement(branch, node)
        outcomes.append((guard, branch, status))
    slot = state.slots[name]
    status = join(state, outcomes)
    state.slots[name] = slot
    return status


def _arm(run: Interpreter, state: State, subject: Value, arm: Arm) -> Condition:
    found = decided(False)
    for word in arm.patterns:
        found = any_of(found, _pattern(run, state, subject, expansion.pattern(run, state, word), arm))
    return found


def _pattern(run: Interpreter, state: State, subject: Value, pattern: Value, arm: Arm) -> Condition:
    if pattern.parts == (Glob("*"),):
        return decided(True)
    if subject.text is not None:
        return decided(matches(subject.text, pattern))
    status = remembered(run, subject) if pattern.text == "0" else None
    if status is not None:
        return status
    if modes.asks_for(run, pattern.text, arm.span):
        return decided(False)
    operator = "matches" if pattern.has_glob else "=="
    return run.test(state, Compare(left=subject, operator=operator, right=pattern), arm.span)

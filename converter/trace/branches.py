"""`if`, `case`, `&&` and `||`: both branches are followed, each under its condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.script import AndOr, Arm, Assign, Block, Case, Exec, Group, If, Statement
from converter.model.trace import Compare, Guard, StepSucceeded
from converter.model.value import Glob, Value
from converter.trace import modes
from converter.trace import words as expansion
from converter.trace.conditions import SUCCESS, Condition, any_of, both, decided, either, flip, merged
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
    if guard is None:
        run.skip((node.right,), never(run, (node.left,), "true" if wants_success else "false"))
        return left
    if not wants_success and _shrugs(node.right):
        return _tolerate(run, state, node.right, left)
    right = _branch(run, state, guard, left.no if wants_success else left.yes, (node.right,))
    return both(left, right) if wants_success else any_of(left, right)


def _branch(run: Interpreter, state: State, guard: Guard, other: Guard | None, block: Block) -> Condition:
    """Runs the block under the guard, and joins what follows with the case in which it did not run."""
    if other is None or (not guard and not _decides(block)):
        return run.block(state, block)
    branch = state.copy()
    branch.path = merged(state.path, guard)
    status = run.block(branch, block)
    merge(state, (guard, branch), (other, state.copy()))
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


def failed_steps(guard: Guard) -> list[int]:
    """The steps whose failure the guard asks for."""
    found: list[int] = []
    for test in guard:
        if isinstance(test.subject, StepSucceeded) and test.negated:
            found.append(test.subject.step)
        for alternative in getattr(test.subject, "alternatives", ()):
            found.extend(failed_steps(alternative))
    return found


def if_statement(run: Interpreter, state: State, node: If) -> Condition:
    """`if`, `elif`, `else`."""
    outcomes: list[tuple[Guard, State, Condition]] = []
    current, reached = state, ()  # type: State, Guard
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
            outcomes.append(_outcome(run, current, reached, condition.yes, branch.body))
        if condition.no is None:
            rest = [*(b for later in node.branches[index + 1 :] for b in (later.condition, later.body)), node.orelse]
            for block in rest:
                run.skip(block, never(run, branch.condition, "false"))
            break
        reached = merged(reached, condition.no)
        following = current.copy()
        following.path = merged(current.path, condition.no)
        current = following
    else:
        outcomes.append(_outcome(run, current, reached, (), node.orelse))
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
    return Condition((flip(test),), condition.no)


def _outcome(
    run: Interpreter, current: State, reached: Guard, guard: Guard, body: Block
) -> tuple[Guard, State, Condition]:
    branch = current.copy()
    branch.path = merged(current.path, guard)
    status = run.block(branch, body)
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
            outcomes.append(_outcome(run, current, reached, condition.yes, arm.body))
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

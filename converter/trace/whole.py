"""What can't be followed command by command is kept whole, as runnable text with the variables that it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from converter.model.script import Assign, Case, Define, Exec, Group, If, Loop, Opaque, Pipeline, Statement
from converter.model.trace import Context, Step, StepSucceeded
from converter.model.value import Unknown, Value, Variable
from converter.trace.branches import join
from converter.trace.conditions import SUCCESS, Condition, single
from converter.trace.forks import alternatives
from converter.trace.lookers import block_looks
from converter.trace.parameters import positional
from converter.trace.state import Choice, Slot, State
from converter.trace.walk import assigned, commands, mentioned

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_SETTING = frozenset(("export", "declare", "typeset", "eval"))
_POSITIONS = frozenset("123456789")
ONLY_LOOKS = "it only looks and prints"
REDIRECTED = "its output or input is redirected as a whole"


def keep_whole(
    run: Interpreter,
    state: State,
    node: Loop | Pipeline | Group | If | Case,
    reason: str,
    stages: tuple[tuple[Value, ...], ...] = (),
    user: Value | None = None,
) -> Condition:
    """Makes one step of the whole statement; all commands in it share that step. What only looks is absorbed."""
    found = commands((node,))
    if block_looks((node,)) and not run.testing:
        for command in found:
            run.account.absorb(command, ONLY_LOOKS)
        if any(map(_sets_what_it_reads, found)):
            _note_settings(run, node, found)
        forget(state, node)
        return SUCCESS
    if not found:
        return SUCCESS
    run.lost_return = run.lost_return or any(_returns(command) for command in found)
    choice = next((name for name in mentioned((node,)) if _is_choice(state, name)), None)
    if choice is not None:
        branches = [
            (guard, branch, keep_whole(run, branch, node, reason, stages, user))
            for guard, branch in alternatives(run, state, choice)
        ]
        return join(state, branches)
    functions = prelude(state, node)
    context = with_variables(run, state, tuple(mentioned((node,))), own=set(assigned((node,))))
    given = _arguments(run, state, tuple(mentioned((node,))))
    told = tuple((f"argument_{number}", value) for number, value in enumerate(given, 1))
    context = msgspec.structs.replace(context, environment=(*context.environment, *told))
    setting = "set -- " + " ".join(f'"${name}"' for name, _ in told) + "\n" if told else ""
    if user is not None:
        context = msgspec.structs.replace(context, user=user)
    step = Step(
        id=0,
        command=0,
        source=Value.of("".join(f"{function.text}\n" for function in functions.values()) + setting)
        + run.holes.value(node.text),
        stages=stages,
        context=context,
        guard=state.guard,
        span=node.span,
        title=run.take_title(),
        comment="\n".join(run.comment),
        turn=state.turn,
        pipefail="pipefail" in state.options,
        errexit="errexit" in state.options and not stages and len(found) > 1,
        reason=reason,
    )
    if (functions or told) and not step.title:
        first = " ".join(node.text.split("\n", 1)[0].split())
        step = msgspec.structs.replace(step, title=f"Run {first}")
    added = run.account.add(found[0], step)
    for command in found[1:]:
        run.account.share(command, added)
    _share(run, functions, added)
    forget(state, node)
    return ended(run, added)


def _sets_what_it_reads(command: object) -> bool:
    """`export "$key=$value"`: a variable whose name only the run knows."""
    if not isinstance(command, Exec) or not command.words:
        return False
    name, *rest = (word.source for word in command.words)
    return name in _SETTING and any(re.match(r"[\"']?\$", word) for word in rest)


def _note_settings(run: Interpreter, node: Statement, found: Sequence[Exec | Assign | Opaque]) -> None:
    for command in found:
        run.account.absorb(command, "it sets the variables that a file names, and those that are used are inputs")
    run.account.assume(f"{node.span.lines()}: the variables of an env file are given to what follows")


def _share(run: Interpreter, functions: dict[str, Define], step: Step) -> None:
    """What nothing else has accounted for of the functions stands in the step."""
    for function in functions.values():
        for command in commands(function.body):
            entry = run.account.entry(command)
            if not entry.steps and entry.disposition is None:
                run.account.share(command, step)


def _arguments(run: Interpreter, state: State, names: tuple[str, ...]) -> tuple[Value, ...]:
    """What `$1`, `$2` .. are, as far as the kept text reads them: the shell that runs it has no arguments."""
    if state.arguments is not None and {"@", "*", "#"}.intersection(names):
        return state.arguments
    last = max((int(name) for name in names if name in _POSITIONS), default=0)
    return tuple(positional(run, state, number) for number in range(1, last + 1))


def _returns(command: object) -> bool:
    return isinstance(command, Exec) and command.words[:1] != () and command.words[0].source == "return"


def _is_choice(state: State, name: str) -> bool:
    return name in state.slots and isinstance(state.slots[name].content, Choice)


def ended(run: Interpreter, step: Step) -> Condition:
    """The condition of a step: its success is the ordinary course, its failure a test."""
    id = run.account.next_test(step.span)
    failed = single(StepSucceeded(step=step.id), id, step.context, step.span).no
    return Condition((), failed)


def with_variables(run: Interpreter, state: State, names: tuple[str, ...], own: set[str]) -> Context:
    """The context with the script's variables, which the kept text reads, in its environment."""
    environment = dict(state.context().environment)
    for name in names:
        slot = state.slots.get(name)
        if slot is None or (name in own and not _begins_known(slot)):
            continue
        match slot.content:
            case Value() as value:
                environment[name] = value if slot.local else Value(Variable(name, value))
            case Choice():
                environment[name] = Value(Unknown("its value depends on a condition", f"${name}"))
            case tuple() as items:
                environment[name] = Value.join(items, " ")
            case _:
                pass
    return msgspec.structs.replace(state.context(), environment=tuple(environment.items()))


def _begins_known(slot: Slot) -> bool:
    """Whether what the kept text sets anew has a value before that it may count on."""
    return isinstance(slot.content, Value) and not slot.content.unknowns


def prelude(state: State, node: Statement) -> dict[str, Define]:
    """The functions that the kept text calls, so that it stands alone."""
    needed: dict[str, Define] = {}
    queue = [node]
    while queue:
        for command in commands((queue.pop(),)):
            words = getattr(command, "words", ())
            name = words[0].source if words else ""
            function = state.functions.get(name)
            if function is not None and name not in needed:
                needed[name] = function
                queue.append(Group(body=function.body, span=function.span))
    return needed


def forget(state: State, node: Statement) -> None:
    """Variables that the kept text may set are not known any more."""
    for name in assigned((node,)):
        old = state.slots.get(name)
        value = Value(Unknown("it is set in a part that is kept as it is", f"${name}"))
        state.slots[name] = Slot(value, old.exported if old else False)

"""`flock`: what keeps two runs of a script apart; a pipeline runs one deployment at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.script import Exec, Group
from converter.model.value import Value
from converter.trace.commands import Call, dispatch
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.shells import run_text
from converter.trace.state import State
from converter.trace.walk import commands

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_WITH_VALUE = "wE"
ONE_AT_A_TIME = "the pipeline runs one deployment at a time"


def lock(run: Interpreter, state: State, call: Call) -> Condition | None:
    """`flock -n 9`, and `flock -n FILE command`, which is that command."""
    words = list(call.argv[1:])
    while words and (words[0].text or "").startswith("-"):
        option = words.pop(0).text or ""
        if option[-1] in _WITH_VALUE and not option.startswith("--") and words:
            words.pop(0)
    _, *inner = words or [Value()]
    place = call.node.span.lines()
    run.account.assume(f"{place}: the lock is not taken, since {ONE_AT_A_TIME}; runs by hand have to be kept apart")
    if not inner:
        run.account.absorb(call.node, ONE_AT_A_TIME, state.context())
        return SUCCESS
    if inner[0].text in ("-c", "--command") and len(inner) > 1:
        return run_text(run, state.copy(), call, inner[1])
    return dispatch(run, state, Call(call.node, tuple(inner), call.streams, call.background))


def locked(node: Group) -> bool:
    """Whether the block only has a file open so that `flock` can lock it."""
    first = next((found for found in commands(node.body) if isinstance(found, Exec)), None)
    opened = all((redirect.descriptor or 0) > 2 for redirect in node.redirects)
    return opened and first is not None and first.words[:1] != () and first.words[0].source == "flock"

"""What a plan does anew at each run, as its script did: dated releases, what is taken down to be brought up again,
restarts that wait for no change, commands in containers, and whatever a pipeline does in its own fresh checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.model.plan import Plan, VariableKind
from converter.model.resource import Resource
from converter.model.trace import RunsOn

LOCAL = "local"
_CLOCKS = re.compile(r"\b(date|uuidgen|mktemp|RANDOM|EPOCHSECONDS)\b")
_NAMED = re.compile(r"\$\{(\w+)\}")
_COMMANDS = ("compose_command", "container_command")
_DOWN = ("absent", "stopped")
_ANEW = ("restarted", "reloaded")


def repeated(plan: Plan) -> tuple[str, ...]:
    """The names of such resources, as targets show them."""
    found = [*_timely(plan), *_interrupted(plan), *filter(_is_always_done, plan.resources), *_in_pipeline(plan)]
    return tuple(dict.fromkeys(re.sub(r"\$\{(\w+)\}", r"$\1", each.name) for each in found))


def _is_always_done(resource: Resource) -> bool:
    anew = not resource.handler and getattr(resource.spec, "state", "") in _ANEW
    return anew or resource.kind in _COMMANDS


def _in_pipeline(plan: Plan) -> Iterator[Resource]:
    """Those that reach no host."""
    if plan.runs_on is not RunsOn.SERVER:
        yield from (each for each in plan.resources if each.on == LOCAL and each.context.host is None)


def _timely(plan: Plan) -> Iterator[Resource]:
    """Those that are named by the time of the run."""
    values = {each.name: repr(each.value) for each in plan.every_variable if each.value is not None}
    found = {
        each.name
        for each in plan.every_variable
        if each.kind is VariableKind.COMPUTED and each.value is not None and _CLOCKS.search(each.value.shell())
    }
    while more := {name for name, text in values.items() if name not in found and _mentions(text, found)}:
        found |= more
    yield from (each for each in plan.resources if _mentions(repr(each.spec), found))


def _mentions(text: str, names: set[str]) -> bool:
    return not names.isdisjoint(_NAMED.findall(text))


def _interrupted(plan: Plan) -> Iterator[Resource]:
    """Those that the plan has both there and gone, one after the other."""
    states: dict[tuple[str, str], set[bool]] = {}
    steps = [each for each in plan.resources if not each.handler]
    for each in steps:
        states.setdefault((each.on, each.spec.identity()), set()).add(_is_down(each))
    yield from (each for each in steps if len(states[each.on, each.spec.identity()]) > 1)


def _is_down(resource: Resource) -> bool:
    return resource.kind == "absent" or getattr(resource.spec, "state", "") in _DOWN

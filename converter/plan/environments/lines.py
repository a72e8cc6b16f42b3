"""The lines of a joined plan: each resource with the environments that have it, in an order that fits all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.trace import AnyOf, Context, Guard, Host
from converter.model.value import Value
from converter.plan.environments.alignment import aligned, differing, named
from converter.plan.environments.differences import Differences, written_out
from converter.plan.rewrite import rewrite, with_tests


class Line(msgspec.Struct, frozen=True):
    """A resource, and the address that it has in the plan of each environment that has it."""

    resource: Resource
    present: Mapping[str, str]


def lines(plans: Mapping[str, Plan], differences: Differences) -> list[Line]:
    """The lines of all plans; where two are alike but for values, new variables stand for these."""
    found: list[Line] = []
    for environment, plan in plans.items():
        known = differences.literals(environment)
        theirs = [_apart(resource, environment, known) for resource in plan.resources]
        found = list(_joined(found, theirs, environment, differences)) if found else _alone(theirs, environment)
    return found


def _alone(resources: list[Resource], environment: str) -> list[Line]:
    return [Line(resource, {environment: resource.address}) for resource in resources]


def _joined(found: list[Line], theirs: list[Resource], environment: str, differences: Differences) -> Iterator[Line]:
    """Goes through both in order; a condition that both ask is one evaluation from its first use on."""
    waiting = iter(found)
    ids: dict[str, str] = {}
    for mine, other in aligned([line.resource for line in found], theirs):
        line = next(waiting) if mine is not None else None
        if line is None and other is not None:
            yield Line(_asking(other, ids), {environment: other.address})
        elif line is not None and other is not None:
            ids.update(zip(_ids(other), _ids(line.resource), strict=True))
            yield _same(line, other, environment, differences)
        elif line is not None:
            yield line


def _same(line: Line, other: Resource, environment: str, differences: Differences) -> Line:
    mine = line.resource
    changes: dict[Value, Value] = {}
    for field, old, new in differing(mine, other):
        wanted = f"{mine.kind}_{field}"
        changes[named(old)] = differences.variable(wanted, tuple(line.present), old, environment, new)
    if changes:
        changed = rewrite((mine.spec, mine.context, mine.guard), lambda value: changes.get(named(value), value))
        spec, context, guard = changed
        mine = msgspec.structs.replace(mine, spec=spec, context=context, guard=guard, name="")
    mine = msgspec.structs.replace(mine, context=_anywhere(mine, other))
    spans = tuple(dict.fromkeys((*mine.origin.spans, *other.origin.spans)))
    origin = msgspec.structs.replace(mine.origin, spans=spans)
    mine = msgspec.structs.replace(mine, origin=origin, steps=_common(mine.steps, other.steps))
    return Line(mine, {**line.present, environment: other.address})


def _common(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """The steps that it has everywhere, by which it stands in the order of the script; else all of them."""
    both = tuple(step for step in first if step in second)
    return both or tuple(dict.fromkeys((*first, *second)))


def _anywhere(mine: Resource, other: Resource) -> Context:
    """The context without the one host of an environment: it is the group that says where."""
    here, there = mine.context.host, other.context.host
    if here == there or here is None:
        return mine.context
    user = here.user if there is not None and there.user == here.user else None
    return msgspec.structs.replace(mine.context, host=Host(address=Value.of(mine.on), user=user))


def _apart(resource: Resource, environment: str, known: Mapping[str, Value]) -> Resource:
    """The resource with conditions of its environment's own, and its host by its address."""
    host = written_out(resource.context.host, known)
    resource = msgspec.structs.replace(resource, context=msgspec.structs.replace(resource.context, host=host))
    return _with_ids(resource, lambda id: f"{environment} {id}")


def _asking(resource: Resource, ids: Mapping[str, str]) -> Resource:
    return _with_ids(resource, lambda id: ids.get(id, id))


def _with_ids(resource: Resource, name: Callable[[str], str]) -> Resource:
    return with_tests(resource, lambda test: msgspec.structs.replace(test, id=name(test.id)))


def _ids(resource: Resource) -> list[str]:
    """The evaluations that a resource asks, in order."""

    def inside(guard: Guard) -> Iterator[str]:
        for test in guard:
            yield test.id
            if isinstance(test.subject, AnyOf):
                for alternative in test.subject.alternatives:
                    yield from inside(alternative)

    return list(inside((*resource.guard, *getattr(resource.spec, "condition", ()))))

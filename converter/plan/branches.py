"""Both branches of a condition that end in the same thing become one resource without the condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from converter.model.resource import Resource, Spec
from converter.model.trace import Guard, Test
from converter.model.value import Value
from converter.plan import guards
from converter.plan.merging import merged
from converter.plan.work import Work

# Kinds for which doing the update after the creation changes nothing, so that both branches may be said as one.
_SETTLED = frozenset(
    """git_checkout service pm2_process container compose_project supervised_program process package directory
    container_network container_volume virtualenv""".split()
)


class _Pair(msgspec.Struct, frozen=True):
    first: int
    second: int
    joined: Resource
    test: Test


def fold_branches(work: Work) -> Work:
    """`if [ -d d/.git ]; then git pull; else git clone; fi` and `git pull || git clone` are one checkout."""
    folded = _once(work)
    return folded if len(folded.resources) == len(work.resources) else fold_branches(folded)


def _once(work: Work) -> Work:
    resources: list[Resource | None] = list(work.resources)
    conditions = dict(work.conditions)
    for pair in _sound(work.resources, list(_pairs(work.resources))):
        resources[pair.first], resources[pair.second] = pair.joined, None
        conditions[pair.test.span] = pair.joined.address
    return work.having(resources=tuple(filter(None, resources)), conditions=conditions)


def _pairs(resources: Sequence[Resource]) -> Iterator[_Pair]:
    known: dict[tuple[str, str, str], int] = {}
    for index, resource in enumerate(resources):
        key = (resource.on, resource.phase, resource.spec.identity())
        earlier = known.pop(key, None)
        found = _one(resources[earlier], resource) if earlier is not None else None
        if found is None or earlier is None:
            known[key] = index
        else:
            yield _Pair(earlier, index, *found)


def _sound(resources: Sequence[Resource], pairs: list[_Pair]) -> Iterator[_Pair]:
    """The pairs whose test nobody else still asks, so that its place does not matter any more."""
    asking = guards.asking(resources)
    folded: dict[str, set[int]] = {}
    for pair in pairs:
        folded.setdefault(pair.test.id, set()).update((pair.first, pair.second))
    for pair in pairs:
        id = pair.test.id
        rest = [resources[index] for index in asking.get(id, ()) if index not in folded[id]]
        if all(_absorbs(resource, id) for resource in rest):
            yield pair


def _absorbs(resource: Resource, id: str) -> bool:
    return any(test.id == id and guards.absorbed(resource, test) is not None for test in resource.guard)


def _one(first: Resource, second: Resource) -> tuple[Resource, Test] | None:
    """Both as one resource with what their guards share, and the test that is gone."""
    if (first.context.user, first.context.container, first.retry) != (
        second.context.user,
        second.context.container,
        second.retry,
    ):
        return None
    test = guards.opposite(first.guard, second.guard) or guards.otherwise(first, second)
    if test is not None:
        spec = _either(first, second, test)
        shared = tuple(other for other in first.guard if other != test)
        return (_joined(first, second, spec, shared), test) if spec is not None else None
    rest = tuple(other for other in second.guard if not guards.asks_failure_of(other, first.steps))
    if len(rest) == len(second.guard) - 1 and guards.equal(rest, first.guard) and second.kind in _SETTLED:
        failure = next(other for other in second.guard if other not in rest)
        apart = _contradict(first.spec, second.spec)
        spec = None if apart else second.spec.fold(first.spec) or first.spec.fold(second.spec)
        return (_joined(first, second, spec, first.guard), failure) if spec is not None else None
    return None


def _either(first: Resource, second: Resource, test: Test) -> Spec | None:
    if first.spec == second.spec:
        return first.spec
    if first.kind not in _SETTLED or second.kind not in _SETTLED or _contradict(first.spec, second.spec):
        return None
    negated = msgspec.structs.replace(test, negated=not test.negated)
    for creator, other, asked in ((second, first, negated), (first, second, test)):
        if test.context.host == creator.context.host and guards.spec_without(creator.spec, asked) == creator.spec:
            return creator.spec.fold(other.spec)
    return None


def _contradict(first: Spec, second: Spec) -> bool:
    """Whether both say something and not the same, as `git pull origin main || git pull origin master`."""
    if first.kind != second.kind:
        return False
    told = zip(msgspec.structs.astuple(first), msgspec.structs.astuple(second), strict=True)
    return any(isinstance(one, Value) and isinstance(two, Value) and one != two for one, two in told)


def _joined(first: Resource, second: Resource, spec: Spec, guard: Guard) -> Resource:
    joined = merged(first, second, spec, at=first)
    return msgspec.structs.replace(joined, guard=guard, name="", tolerated=first.tolerated and second.tolerated)

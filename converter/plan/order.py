"""The pass that draws the edges: each resource after the one before it, as the script has them; and the proof that
they agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from converter.model.plan import Edge, EdgeKind, Plan
from converter.model.resource import Resource
from converter.plan import guards
from converter.plan.effects import commute
from converter.plan.work import Work


def draw_edges(work: Work) -> Work:
    """Adds `requires` between successive resources of one group and phase; a handler stands where the script
    restarts."""
    return work.having(edges=(*required(work.resources), *work.edges))


def required(resources: Iterable[Resource]) -> Iterator[Edge]:
    """The edges between successive resources."""
    last: dict[tuple[str, str], str] = {}
    for resource in resources:
        key = (resource.on, resource.phase)
        if key in last:
            yield Edge(kind=EdgeKind.REQUIRES, first=last[key], second=resource.address)
        last[key] = resource.address


def contradictions(plan: Plan) -> tuple[str, ...]:
    """Every way in which the plan contradicts the order of the script: none, for a plan that this package made."""
    places = {resource.address: index for index, resource in enumerate(plan.resources)}
    return (*_edges(plan, places), *_swaps(plan.resources))


def _edges(plan: Plan, places: Mapping[str, int]) -> Iterator[str]:
    for edge in plan.edges:
        if edge.first not in places or edge.second not in places:
            yield f"{edge.kind} {edge.first} -> {edge.second}: not in the plan"
        elif places[edge.first] >= places[edge.second]:
            yield f"{edge.kind} {edge.first} -> {edge.second}: against the order of the plan"


def _swaps(resources: tuple[Resource, ...]) -> Iterator[str]:
    """Pairs of one host that stand in another order than their steps, though the order may matter."""
    for index, later in enumerate(resources):
        for earlier in resources[:index]:
            if earlier.on != later.on or not earlier.steps or not later.steps:
                continue
            swapped = max(earlier.steps) > min(later.steps) and earlier.steps != later.steps
            if swapped and not _may_swap(earlier, later):
                yield f"{earlier.address} stands before {later.address}"


def _may_swap(first: Resource, second: Resource) -> bool:
    return guards.exclude(first.guard, second.guard) or commute(first, second) or _anchored(first, second)


def _anchored(first: Resource, second: Resource) -> bool:
    """Whether it is in the place of one of its steps, and only what folds onto that came from elsewhere."""
    return min(first.steps) < min(second.steps) or max(first.steps) < max(second.steps)

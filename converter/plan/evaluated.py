"""The pass that has conditions evaluated where the script does, if what follows there would change their answers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.model.resource import Resource
from converter.model.trace import AnyOf, PathTest, Succeeds, Test
from converter.plan.computed import changes
from converter.plan.effects import alters
from converter.plan.work import Work


def ask_in_place(work: Work) -> Work:
    """Gives each condition to the first resource after its place that may change it, if that is not its own."""
    asks: dict[int, dict[Test, None]] = {}
    for test, user in _first_uses(work.resources).values():
        place = _place(work, test, user)
        if place is not None:
            asks.setdefault(place, {})[msgspec.structs.replace(test, negated=False)] = None
    resources = (
        msgspec.structs.replace(resource, asks=tuple(asks[index])) if index in asks else resource
        for index, resource in enumerate(work.resources)
    )
    return work.having(resources=tuple(resources))


def _first_uses(resources: tuple[Resource, ...]) -> dict[str, tuple[Test, int]]:
    """Each test of the machine with the index of the first resource that depends on it."""
    found: dict[str, tuple[Test, int]] = {}
    for index, resource in enumerate(resources):
        for test in (*resource.guard, *getattr(resource.spec, "condition", ())):
            for leaf in _leaves(test):
                found.setdefault(leaf.id, (leaf, index))
    return found


def _leaves(test: Test) -> Iterator[Test]:
    if isinstance(test.subject, AnyOf):
        for guard in test.subject.alternatives:
            for inner in guard:
                yield from _leaves(inner)
    elif isinstance(test.subject, PathTest | Succeeds):
        yield test


def _place(work: Work, test: Test, user: int) -> int | None:
    """The index of the resource before which it has to be asked, None where that of its user will do."""
    asked, own = work.trace.asked.get(test.id), work.resources[user]
    if asked is None:
        return None
    for index, resource in enumerate(work.resources[:user]):
        same = (resource.on, resource.phase) == (own.on, own.phase)
        after = bool(resource.steps) and min(resource.steps) >= asked
        if same and after and changes(resource) and alters(resource, test.subject):
            return index
    return None

"""The pass that folds by identity: what several steps do to one thing becomes one resource, where that is sound.

A later spec goes to the place of the earlier one if it may pass everything between them; else the earlier one goes
down to the later one's place, if it may pass the same; else both stay.
"""

from __future__ import annotations

import msgspec

from converter.model.resource import Resource, Spec
from converter.model.trace import steps_asked
from converter.plan import guards
from converter.plan.effects import commute
from converter.plan.merging import merged
from converter.plan.work import Work

_WINDOW = 60
_FAR = 400
_ENDS = ("stopped", "absent")
# Kinds whose start replaces whatever ran before, so that it does not matter whether something had to be stopped.
_REPLACES = frozenset({"container", "process", "compose_project"})
_PREPARES = frozenset({"package_cache", "systemd_reload"})
_SERVES = frozenset({("package_cache", "package"), ("package_cache", "package_upgrade"), ("systemd_reload", "service")})
_GROWS = frozenset({("package", "package"), ("file", "line"), ("file", "text_block")})
# A link that is made under another name and takes its place in one step.
_REPLACED_BY = frozenset({("link", "file_move")})
_LOCAL_SOURCES = frozenset({"upload", "sync"})


def fold(work: Work) -> Work:
    """Folds until nothing folds any more."""
    watched = watched_steps(work.resources)
    resources = list(work.resources)
    for _ in range(8):
        before = len(resources)
        resources = _once(resources, watched)
        if len(resources) == before:
            break
    return work.having(resources=tuple(resources))


def watched_steps(resources: tuple[Resource, ...]) -> frozenset[int]:
    """The steps whose success a guard asks for; these stay for themselves."""
    return frozenset(step for resource in resources for step in steps_asked(resource.guard))


def _once(resources: list[Resource], watched: frozenset[int]) -> list[Resource]:
    out: list[Resource | None] = []
    latest: dict[tuple[str, str], int] = {}
    for resource in resources:
        identity = (resource.on, resource.spec.identity())
        earlier = latest.get(identity, -1)
        found = None
        if not watched.intersection(resource.steps) and _has_candidate(out, resource, earlier):
            found = _partner(out, resource, earlier, watched)
        if found is None:
            latest[identity] = len(out)
            out.append(resource)
            continue
        index, joined, stays = found
        if stays:
            out[index] = joined
            latest[(joined.on, joined.spec.identity())] = index
        else:
            out[index] = None
            latest[(joined.on, joined.spec.identity())] = len(out)
            latest[identity] = len(out)
            out.append(joined)
    return [resource for resource in out if resource is not None]


def _has_candidate(out: list[Resource | None], resource: Resource, earlier: int) -> bool:
    """Whether anything within reach could fold with the resource; a quick look, since mostly nothing can."""
    if earlier >= 0:
        return True
    return any(other is not None and _joins(other, resource) for other in out[-_WINDOW:])


def _partner(
    out: list[Resource | None], resource: Resource, earlier: int, watched: frozenset[int]
) -> tuple[int, Resource, bool] | None:
    """The place of an earlier resource to fold with, both as one, and whether that stays at the earlier place."""
    between: list[Resource] = []
    free = True
    far = earlier if earlier >= 0 and len(out) - earlier <= _FAR else len(out)
    for index in range(len(out) - 1, max(0, min(far, len(out) - _WINDOW)) - 1, -1):
        other = out[index]
        if other is None:
            continue
        spec = None
        if index == earlier or _joins(other, resource):
            spec = _together(other, resource) if not watched.intersection(other.steps) else None
        if spec is not None and free and other.kind not in _PREPARES:
            return index, merged(other, resource, spec, at=_keeper(other, resource)), True
        if spec is not None and all(_passes(_under(other, resource), middle) for middle in between):
            return index, merged(other, resource, spec, at=resource), False
        free = free and _passes(resource, other)
        if not free and index <= earlier:
            break
        between.append(other)
    return None


def _under(first: Resource, second: Resource) -> Resource:
    """The first one under the guard that both will have."""
    return first if first.guard == second.guard else msgspec.structs.replace(first, guard=second.guard)


def _keeper(first: Resource, second: Resource) -> Resource:
    """The one whose guard is asked: where a start replaces what was stopped under a condition, that of the start."""
    return first if guards.equal(first.guard, second.guard) else msgspec.structs.replace(second, address=first.address)


def _passes(resource: Resource, other: Resource) -> bool:
    if guards.exclude(resource.guard, other.guard):
        return True
    if other.on == resource.on:
        return commute(resource, other)
    return not (resource.kind in _LOCAL_SOURCES or other.kind in _LOCAL_SOURCES)


def _together(first: Resource, second: Resource) -> Spec | None:
    if first.context.user != second.context.user or first.context.container != second.context.container:
        return None
    if first.retry or second.retry or first.handler or second.handler or first.background != second.background:
        return None
    if (first.on, first.phase) != (second.on, second.phase):
        return None
    if not guards.equal(first.guard, second.guard) and not _replaced(first, second):
        return None
    return first.spec.fold(second.spec)


def _joins(first: Resource, second: Resource) -> bool:
    """Whether resources of two identities may be one: a preparation, more packages, more lines of a file."""
    if (first.kind, second.kind) in _SERVES | _REPLACED_BY:
        return True
    return not second.name and (first.kind, second.kind) in _GROWS


def _replaced(first: Resource, second: Resource) -> bool:
    """`if it runs; then stop it; fi; start it` asks nothing that starting it does not settle."""
    if first.spec.identity() != second.spec.identity():
        return False
    ends = getattr(first.spec, "state", "") in _ENDS and getattr(second.spec, "state", "") not in _ENDS
    return ends and first.kind in _REPLACES and first.kind == second.kind and guards.within(first.guard, second.guard)

"""Hosts that get the same resources become one group: a loop over hosts is one set of resources, applied host by
host."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

from converter.model.plan import HostGroup
from converter.model.resource import EACH_HOST, Phase, Resource
from converter.model.trace import AnyOf, Guard, Host, Test
from converter.model.value import Literal, Part, Value, Variable
from converter.plan.place import LOCAL, SERVER
from converter.plan.rewrite import rewrite
from converter.plan.work import Work


def join_hosts(work: Work) -> Work:
    """Joins groups of one host each whose resources are equal, one by one and in order."""
    work = _with_loops_apart(work)
    alike: dict[tuple[object, ...], list[str]] = {}
    places = _places(work)
    for group in work.groups:
        keys = tuple(_key(work.resources[index]) for index in places[group.name])
        alike.setdefault((keys, _login(group.hosts[0])), []).append(group.name)
    for names in alike.values():
        if len(names) > 1:
            places = _places(work)
            rounds = _rounds(work, names, [places[name] for name in names])
            work = _joined(work, names, rounds) if rounds is not None else work
    return work.having(resources=tuple(msgspec.structs.replace(item, turn="") for item in work.resources))


def _places(work: Work) -> dict[str, list[int]]:
    """Where the resources of each group stand."""
    found: dict[str, list[int]] = {group.name: [] for group in work.groups}
    for index, resource in enumerate(work.resources):
        if resource.on != LOCAL:
            found[resource.on].append(index)
    return found


def _with_loops_apart(work: Work) -> Work:
    """What a loop does on several hosts alike becomes a group of its own where one of them also has something else."""
    rounds: dict[tuple[object, ...], list[str]] = {}
    for group in work.groups:
        mine = [resource for resource in work.resources if resource.on == group.name]
        looped = tuple(_key(resource) for resource in mine if resource.turn)
        if looped:
            rounds.setdefault((looped, _login(group.hosts[0])), []).append(group.name)
    several = {name for names in rounds.values() if len(names) > 1 for name in names}
    split = {name: f"{name}_loop" for name in several if any(r.on == name and not r.turn for r in work.resources)}
    if not split:
        return work
    resources = tuple(
        msgspec.structs.replace(item, on=split[item.on]) if item.turn and item.on in split else item
        for item in work.resources
    )
    extra = tuple(
        msgspec.structs.replace(group, name=split[group.name]) for group in work.groups if group.name in split
    )
    return work.having(resources=resources, groups=(*extra, *work.groups))


def _login(host: Host) -> tuple[str, ...]:
    return tuple(
        value.key() if value is not None else "" for value in (host.user, host.port, host.identity_file, host.jump)
    )


def _key(resource: Resource) -> tuple[object, ...]:
    """What is applied, without the host and without the evaluation of its condition that stands there."""
    context = msgspec.structs.replace(resource.context, host=None)
    origin = (resource.origin.spans, resource.origin.rule)
    flags = (resource.tolerated, resource.background, resource.retry, resource.kind, resource.phase)
    return (_plain(resource.spec), context, _guard(resource.guard), origin if resource.turn else None, flags)


def _plain(spec: object) -> object:
    condition = getattr(spec, "condition", None)
    return (_guard(condition), getattr(spec, "message", None)) if isinstance(condition, tuple) else spec


def _guard(guard: Guard) -> tuple[object, ...]:
    return tuple(_test(test) for test in guard)


def _test(test: Test) -> tuple[object, ...]:
    subject: object = test.subject
    if isinstance(subject, AnyOf):
        subject = tuple(_guard(inner) for inner in subject.alternatives)
    elif hasattr(subject, "step"):
        subject = "step"
    return (subject, test.negated, msgspec.structs.replace(test.context, host=None), test.span)


def _rounds(work: Work, names: list[str], sequences: list[list[int]]) -> list[list[int]] | None:
    """The resources for each of the hosts, with the local ones of the same round of a loop; None where local work
    stands between the hosts that is not the same for each, so that joining them would move it."""
    resources = work.resources
    rounds = []
    for sequence in sequences:
        turns = {resources[index].turn for index in sequence} - {""}
        beside = (i for i, item in enumerate(resources) if item.on == LOCAL and item.turn in turns and _deployed(item))
        rounds.append(sorted((*sequence, *beside)))
    first, last = min(map(min, rounds)), max(map(max, rounds))
    mine = {index for found in rounds for index in found}
    if any(resources[index].on == LOCAL for index in range(first, last) if index not in mine):
        return None
    hosts = {group.name: group.hosts[0] for group in work.groups if group.name in names}
    shapes = {
        tuple(_key(_anywhere(resources[index], hosts[name])) for index in found)
        for name, found in zip(names, rounds, strict=True)
    }
    return rounds if len(shapes) == 1 else None


def _deployed(resource: Resource) -> bool:
    return resource.phase == Phase.DEPLOY


def _anywhere(resource: Resource, host: Host) -> Resource:
    """A local resource that names the host, as one that names whichever host it is applied for."""
    address = host.address.text
    if resource.on != LOCAL or not address:
        return resource
    pattern = re.compile(rf"(?<![\w.-]){re.escape(address)}(?![\w-]|\.\w)")

    def named(value: Value) -> Value:
        if not any(isinstance(part, Literal) and pattern.search(part.text) for part in value.parts):
            return value
        return Value.join(Value(*_pieces(part, pattern)) for part in value.parts)

    return rewrite(resource, named)


def _pieces(part: Part, pattern: re.Pattern[str]) -> list[Part]:
    if not isinstance(part, Literal):
        return [part]
    found: list[Part] = []
    for text in pattern.split(part.text):
        found += [Literal(text), Variable(EACH_HOST)]
    return found[:-1]


def _joined(work: Work, names: list[str], rounds: list[list[int]]) -> Work:
    groups = [group for group in work.groups if group.name in names]
    dropped = {index for found in rounds[1:] for index in found}
    twins = {index: [found[place] for found in rounds[1:]] for place, index in enumerate(rounds[0])}
    local = any(work.resources[index].on == LOCAL for index in rounds[0])
    turning = local or any(work.resources[index].turn for index in rounds[0])
    serial = turning and all(before[-1] < after[0] for before, after in pairwise(rounds))
    name = _common(names, {group.name for group in work.groups if group.name not in names})
    host = next(group.hosts[0] for group in groups if group.name == names[0])
    resources = []
    for index, resource in enumerate(work.resources):
        if index in dropped:
            continue
        if index in twins:
            found = _with(_anywhere(resource, host), [work.resources[twin] for twin in twins[index]])
            place = {"each": name} if resource.on == LOCAL else {"on": name}
            resources.append(msgspec.structs.replace(found, **place))
        else:
            resources.append(resource)
    hosts = tuple(host for group in groups for host in group.hosts)
    joined = HostGroup(name=name, hosts=hosts, serial=serial)
    rest = [group for group in work.groups if group.name not in names[1:]]
    places = {key: name if place in names else place for key, place in work.places.items()}
    return work.having(
        resources=tuple(resources),
        places=places,
        groups=tuple(joined if group.name == names[0] else group for group in rest),
    )


def _with(resource: Resource, others: list[Resource]) -> Resource:
    """The resource standing for its twins on other hosts too; a title that names one host is none of all."""
    steps = (*resource.steps, *(step for other in others for step in other.steps))
    spans = dict.fromkeys(span for found in (resource, *others) for span in found.origin.spans)
    origin = msgspec.structs.replace(resource.origin, spans=tuple(spans))
    title = resource.name if all(other.name == resource.name for other in others) else ""
    return msgspec.structs.replace(resource, name=title, steps=steps, origin=origin)


def _common(names: list[str], taken: set[str]) -> str:
    first, last = min(names), max(names)
    same = next((index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    prefix = re.sub(r"[\d_]+$", "", first[:same]).strip("_")
    name = prefix if len(prefix) > 1 else SERVER
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free

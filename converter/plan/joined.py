"""Hosts that get the same resources become one group: a loop over hosts is one set of resources, applied host by
host."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

from converter.model.plan import HostGroup
from converter.model.resource import Resource
from converter.model.trace import AnyOf, Guard, Host, Test
from converter.plan.place import LOCAL, SERVER
from converter.plan.work import Work


def join_hosts(work: Work) -> Work:
    """Joins groups of one host each whose resources are equal, one by one and in order."""
    work = _with_loops_apart(work)
    sequences: dict[str, list[int]] = {}
    for index, resource in enumerate(work.resources):
        if resource.on != LOCAL:
            sequences.setdefault(resource.on, []).append(index)
    alike: dict[tuple[object, ...], list[str]] = {}
    for group in work.groups:
        keys = tuple(_key(work.resources[index]) for index in sequences.get(group.name, ()))
        alike.setdefault((keys, _login(group.hosts[0])), []).append(group.name)
    for names in alike.values():
        if len(names) > 1 and not _separated(work, [sequences[name] for name in names]):
            work = _joined(work, names, sequences)
    return work


def _with_loops_apart(work: Work) -> Work:
    """What a loop does on several hosts alike becomes a group of its own where one of them also has something else."""
    rounds: dict[tuple[object, ...], list[str]] = {}
    for group in work.groups:
        mine = [resource for resource in work.resources if resource.on == group.name]
        looped = tuple(_key(resource) for resource in mine if resource.serial)
        if looped:
            rounds.setdefault((looped, _login(group.hosts[0])), []).append(group.name)
    several = {name for names in rounds.values() if len(names) > 1 for name in names}
    split = {name: f"{name}_loop" for name in several if any(r.on == name and not r.serial for r in work.resources)}
    if not split:
        return work
    resources = tuple(
        msgspec.structs.replace(item, on=split[item.on]) if item.serial and item.on in split else item
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
    return (_plain(resource.spec), context, _guard(resource.guard), origin if resource.serial else None, flags)


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


def _separated(work: Work, sequences: list[list[int]]) -> bool:
    """Whether local work stands between the hosts, so that joining them would move it."""
    first, last = sequences[0][0], max(sequence[-1] for sequence in sequences)
    mine = {index for sequence in sequences for index in sequence}
    between = [work.resources[index] for index in range(first, last) if index not in mine]
    return any(not resource.serial for resource in between)


def _joined(work: Work, names: list[str], sequences: dict[str, list[int]]) -> Work:
    groups = [group for group in work.groups if group.name in names]
    dropped = {index for name in names[1:] for index in sequences[name]}
    twins = {index: [sequences[name][place] for name in names[1:]] for place, index in enumerate(sequences[names[0]])}
    serial = _host_by_host([sequences[name] for name in names]) and any(
        work.resources[i].serial for i in sequences[names[0]]
    )
    name = _common(names, {group.name for group in work.groups if group.name not in names})
    resources = []
    for index, resource in enumerate(work.resources):
        if index in dropped:
            continue
        if index in twins:
            found = _with(resource, [work.resources[twin] for twin in twins[index]])
            resources.append(msgspec.structs.replace(found, on=name, serial=serial))
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


def _host_by_host(sequences: list[list[int]]) -> bool:
    return all(before[-1] < after[0] for before, after in pairwise(sequences))


def _common(names: list[str], taken: set[str]) -> str:
    first, last = min(names), max(names)
    same = next((index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    prefix = re.sub(r"[\d_]+$", "", first[:same]).strip("_")
    name = prefix if len(prefix) > 1 else SERVER
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free

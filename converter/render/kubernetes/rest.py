"""What a cluster leaves to another target: the machines themselves, and what runs on them without any of its parts.

In: the plan, and what the cluster makes of it in each environment. Out: the resources that another target may have,
with the reason, and those that none may have, since they act on what is in the cluster now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from converter.model.plan import EdgeKind, Plan
from converter.model.resource import Phase, Purpose, Resource
from converter.model.tree import Rest, Unsupported
from converter.render.delivery.sent import sent
from converter.render.kubernetes.bonds import Bonds, acts
from converter.render.kubernetes.building import Building
from converter.render.kubernetes.driving import driven
from converter.render.kubernetes.kinds import CONTAINERS

# What is done at its place in the script, wherever that is.
_IN_PLACE = ("assertion", "pause", "systemd_reload")
_BUILT = "it is built and published before anything is deployed"
_HOST = "it is about the host itself"
_BACK = "it goes back on the host"
_TOLD = "it is told by what stays on the hosts"
_NEEDED = "what runs on the hosts may need it too; the cluster has it in its images"
_SENT = "what it makes is sent to the hosts too"
_PLACE = "what stays on the hosts stands behind it"
_SAME = "a part of it is about the host, the rest is in the images"

Built = Mapping[str, Building]


def rest(plan: Plan, built: Built, covered: Iterable[Unsupported]) -> tuple[Rest, ...]:
    """Each resource once, in the order of the plan."""
    bonds = Bonds(plan, tuple(built.values()))
    known = {each.address: each for each in plan.resources}
    found = {each.address: each for each in _first(plan, built, {each.address for each in covered})}
    for address, reason in bonds.bound([known[address] for address in found if _on_hosts(known[address])]).items():
        found[address] = Rest(address=address, reason=reason, refused=True)
    for each in (*_shared(plan, found, bonds), *_handlers(plan, found)):
        found.setdefault(each.address, each)
    return tuple(found[each.address] for each in plan.resources if each.address in found)


def _on_hosts(each: Resource) -> bool:
    return each.phase is Phase.DEPLOY


def _first(plan: Plan, built: Built, covered: set[str]) -> Iterator[Rest]:
    """What the cluster has nothing for, wherever that is."""
    taken = {address for found in built.values() for address in _taken(found)}
    partly = {each.address for found in built.values() for each in found.unsupported if each.part}
    for each in plan.resources:
        if each.handler or driven(each) is not None:
            continue
        if not _on_hosts(each):
            if each.address not in covered:
                yield Rest(address=each.address, reason=_BUILT)
        elif each.kind in CONTAINERS:
            continue
        elif each.purpose is Purpose.ROLLBACK:
            yield Rest(address=each.address, reason=_BACK)
        elif each.address not in taken:
            yield Rest(address=each.address, reason=_HOST)
        elif each.kind == "package" and each.address in partly:
            yield Rest(address=each.address, reason=_SAME, also=True)


def _taken(found: Building) -> set[str]:
    """What one environment has, at least in part, or sees to by itself."""
    left = {each.address for each in found.unsupported if not each.part}
    return {each.address for each in found.resources if each.address not in left}


def _shared(plan: Plan, found: Mapping[str, Rest], bonds: Bonds) -> Iterator[Rest]:
    """What both need: packages and accounts of what still runs on hosts, builds that are sent there, and what the
    script did on its way to something there."""
    own = [each for each in plan.resources if each.address in found and not found[each.address].refused]
    running = [each for each in own if _on_hosts(each) and acts(each)]
    sending = any(sent(each) is not None for each in own)
    for each in plan.resources:
        if each.address in found or each.handler or driven(each) is not None:
            continue
        if not _on_hosts(each):
            if sending:
                yield Rest(address=each.address, reason=_SENT, also=True)
        elif each.kind in _IN_PLACE:
            if each.address in _beside(plan, own) and not bonds.of(each):
                yield Rest(address=each.address, reason=_PLACE)
        elif (each.kind == "package" and running) or (each.kind in ("user", "group") and _named(each, own)):
            yield Rest(address=each.address, reason=_NEEDED, also=True)


def _beside(plan: Plan, own: Iterable[Resource]) -> set[str]:
    """What stands in its place for something on the hosts: a pause after it, what is asked where anything is there."""
    hosts = {each.address for each in own if _on_hosts(each)}
    found, before = set(), ""
    for each in plan.resources:
        if each.kind not in _IN_PLACE:
            before = each.address if _on_hosts(each) and not each.handler else before
        elif before in hosts or (each.kind == "assertion" and hosts):
            found.add(each.address)
    return found


def _named(account: Resource, own: Iterable[Resource]) -> bool:
    """Whether something that stays is done as that user, or belongs to it."""
    spec: Any = account.spec
    name = spec.name.shell()
    owners = (getattr(each.spec, field, None) for each in own for field in ("owner", "group", "user"))
    users = (each.context.user for each in own)
    return any(value is not None and getattr(value, "shell", str)() == name for value in (*owners, *users))


def _handlers(plan: Plan, found: Mapping[str, Rest]) -> Iterator[Rest]:
    """A restart belongs to what it is told by, but for one of something that is in the cluster."""
    others = {each.spec.identity() for each in plan.resources if not each.handler and each.address not in found}
    kept = {address for address, each in found.items() if not each.refused}
    told = {edge.second for edge in plan.edges if edge.kind is EdgeKind.NOTIFIES and edge.first in kept}
    for each in plan.resources:
        own = each.kind not in CONTAINERS and each.spec.identity() not in others
        if each.handler and each.address in told and own:
            yield Rest(address=each.address, reason=_TOLD)

"""Which containers belong together: those that the script starts one by one on the same hosts, and that share a network
of their own, a named volume or a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from converter.model.plan import Plan
from converter.model.resource import Phase, Purpose, Resource
from converter.model.value import Value

# What docker has without anybody making it.
OWN_NETWORKS = ("", "bridge", "default", "host", "none")


def related(plan: Plan) -> list[list[Resource]]:
    """Groups of two or more, in the order of the script; a container that depends on a condition is in none."""
    groups: list[tuple[set[str], list[Resource]]] = []
    for each in containers(plan).values():
        ties = {f"{each.on} {tie}" for tie in _ties(each.spec)}
        joined = [group for group in groups if group[0] & ties]
        members = [one for group in joined for one in group[1]]
        groups = [group for group in groups if group not in joined]
        groups.append(({*ties, *(tie for group in joined for tie in group[0])}, [*members, each]))
    place = {each.address: number for number, each in enumerate(plan.resources)}
    found = [sorted(members, key=lambda one: place[one.address]) for _, members in groups if len(members) > 1]
    return sorted(found, key=lambda members: place[members[0].address])


def containers(plan: Plan) -> Mapping[str, Resource]:
    """Those that go on after the script, each as it was started last."""
    found: dict[str, Resource] = {}
    for each in plan.resources:
        spec: Any = each.spec
        applied = each.phase is Phase.DEPLOY and each.purpose is not Purpose.ROLLBACK and not each.handler
        if applied and each.kind == "container" and not (each.guard or each.each) and _runs(spec):
            found[f"{each.on} {spec.name.key()}"] = each
    return found


def _runs(spec: Any) -> bool:
    named = bool(spec.name.parts) and spec.image is not None
    return named and spec.state == "started" and spec.runtime == "docker"


def _ties(spec: Any) -> Iterator[str]:
    yield f"container {spec.name.key()}"
    for network in spec.networks:
        kind, _, other = network.key().partition(":")
        if kind == "container":
            yield f"container {other}"
        elif network.key() not in OWN_NETWORKS:
            yield f"network {network.key()}"
    for volume in spec.volumes:
        source = named_volume(volume)
        if source:
            yield f"volume {source}"
    for flag, value in spec.flags:
        if flag in ("link", "volumes-from"):
            yield f"container {value.key().partition(':')[0]}"


def named_volume(volume: Value) -> str:
    """The name of a volume, "" for a folder of the host and for one without a name."""
    source, inside, _ = volume.key().partition(":")
    return source if inside and not source.startswith(("/", "~", ".", "$")) else ""

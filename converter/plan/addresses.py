"""The pass that gives each resource its address and its name."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from converter.model.plan import Edge
from converter.model.resource import Resource
from converter.plan.work import Work

_LONGEST = 100


def give_addresses(work: Work) -> Work:
    """`kind.label`, with `#2` for the second of that name; a name where the script gave none."""
    resources = addressed(work.resources)
    names = {old.address: new.address for old, new in zip(work.resources, resources, strict=True)}
    conditions = {span: names.get(address, address) for span, address in work.conditions.items()}
    return work.having(resources=resources, edges=tuple(_renamed(work.edges, names)), conditions=conditions)


def addressed(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources with addresses and names."""
    taken: dict[str, int] = {}
    return tuple(
        msgspec.structs.replace(resource, address=_free(resource, taken), name=resource.name or resource.spec.summary())
        for resource in resources
    )


def _free(resource: Resource, taken: dict[str, int]) -> str:
    label = " ".join(resource.spec.label().split())
    plain = label if len(label) <= _LONGEST else label[: _LONGEST - 3] + "..."
    address = f"{resource.kind}.{plain}"
    taken[address] = number = taken.get(address, 0) + 1
    if number == 1:
        return address
    while f"{address}#{number}" in taken:
        number += 1
    taken[address] = number
    taken[f"{address}#{number}"] = 1
    return f"{address}#{number}"


def _renamed(edges: Iterable[Edge], names: dict[str, str]) -> Iterable[Edge]:
    for edge in edges:
        if edge.first in names and edge.second in names:
            yield msgspec.structs.replace(edge, first=names[edge.first], second=names[edge.second])

"""Groups of hosts: those that play the same part in each environment have one name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.plan.place import SERVER


def same_groups(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """The plans with such names: groups of one name are the same, and the others are in their order, where all plans
    have equally many of them."""
    names = {environment: [group.name for group in plan.environments[0].groups] for environment, plan in plans.items()}
    everywhere = set.intersection(*map(set, names.values()))
    rest = {environment: [name for name in found if name not in everywhere] for environment, found in names.items()}
    if len({len(found) for found in rest.values()}) != 1:
        return dict(plans)
    common = _common(list(zip(*rest.values(), strict=True)), everywhere)
    return {
        environment: regrouped(plan, dict(zip(rest[environment], common, strict=True)))
        for environment, plan in plans.items()
    }


def _common(parts: list[tuple[str, ...]], taken: set[str]) -> list[str]:
    """The first of the names of each part, or that of any server where there is but one."""
    if len(parts) == 1 and SERVER not in taken:
        return [SERVER]
    found: list[str] = []
    for part in parts:
        found.append(next((name for name in part if name not in found), f"{part[0]}_{len(found)}"))
    return found


def regrouped(plan: Plan, names: Mapping[str, str]) -> Plan:
    """The plan with other names for its groups."""
    if all(old == new for old, new in names.items()):
        return plan
    environments = tuple(
        msgspec.structs.replace(
            each,
            groups=tuple(
                msgspec.structs.replace(group, name=names.get(group.name, group.name)) for group in each.groups
            ),
        )
        for each in plan.environments
    )
    resources = tuple(_placed(resource, names) for resource in plan.resources)
    return msgspec.structs.replace(plan, environments=environments, resources=resources)


def _placed(resource: Resource, names: Mapping[str, str]) -> Resource:
    on, each = names.get(resource.on, resource.on), names.get(resource.each, resource.each)
    return msgspec.structs.replace(resource, on=on, each=each)

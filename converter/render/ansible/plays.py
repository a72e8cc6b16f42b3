"""Plays: the stretches of a plan that are applied to the same hosts, and what each of them hands to later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from converter.model.plan import Plan
from converter.model.resource import Phase, Purpose, Resource
from converter.model.trace import RunsOn, StepSucceeded
from converter.render.ansible.conditions import failed, leaves
from converter.render.ansible.names import Unique, slug

LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Successive resources for one group; `role` is the role that holds them."""

    role: str
    on: str
    purpose: Purpose
    resources: tuple[Resource, ...]


def stretches(plan: Plan) -> list[Stretch]:
    """One for each change of hosts. What runs locally goes with its neighbours, since it needs no host of its own; but
    where the neighbours are applied host by host, it would run as often as there are hosts."""
    deployed = [resource for resource in plan.resources if resource.phase == Phase.DEPLOY]
    parts = [tuple(group) for _, group in groupby(deployed, key=lambda resource: resource.purpose)]
    several, unique = len(parts) > 1, Unique()
    return [stretch for part in parts for stretch in _of_part(plan, part, several, unique)]


def _of_part(plan: Plan, deployed: Sequence[Resource], several: bool, unique: Unique) -> list[Stretch]:
    places = [resource.on for resource in deployed if resource.on != LOCAL]
    if not places and not several:
        return []
    places = places or [LOCAL]
    serial = {group.name for environment in plan.environments for group in environment.groups if group.serial}
    placed: list[tuple[str, Resource]] = []
    current = LOCAL if places[0] in serial else places[0]
    for index, resource in enumerate(deployed):
        if resource.on != LOCAL or resource.each:
            current = resource.each or resource.on
        elif current in serial:
            following = next((later.on for later in deployed[index:] if later.on != LOCAL), LOCAL)
            current = LOCAL if following in serial else following
        placed.append((current, resource))
    purpose, alone = deployed[0].purpose, len(set(places)) == 1
    names = {on: f"{plan.name}_{purpose}" if several and alone else plan.name if alone else on for on in places}
    return [
        Stretch(
            role=unique.name(slug(names.get(on, on))),
            on=on,
            purpose=purpose,
            resources=tuple(item for _, item in group),
        )
        for on, group in groupby(placed, key=lambda pair: pair[0])
    ]


def on_workstation(plan: Plan, on: str) -> bool:
    """Whether a place is the machine that runs the play."""
    return on == LOCAL or (not on and plan.runs_on == RunsOn.WORKSTATION)


@dataclass(frozen=True, slots=True)
class Results:
    """Registered results that other tasks ask for: the output of commands by variable, the failure of steps by
    number."""

    outputs: Mapping[str, tuple[str, str]]
    failures: Mapping[int, tuple[str, str]]

    def names(self, on: str) -> dict[str, str]:
        """The expression of each variable that a command sets, on the hosts of a group."""
        return {name: f"{_seen(place, register, on)}.stdout" for name, (register, place) in self.outputs.items()}

    def failed(self, on: str) -> dict[str, str]:
        """The expression that tells whether a step failed."""
        found = {}
        for step, (fact, place) in self.failures.items():
            found[failed(step)] = f"{_seen(place, fact, on)} | default(false)"
        return found


def results(found: Sequence[Stretch], registers: Unique) -> Results:
    """Gives each a name that starts with its role's."""
    outputs: dict[str, tuple[str, str]] = {}
    failures: dict[int, tuple[str, str]] = {}
    asked = _asked(found)
    for stretch in found:
        for resource in stretch.resources:
            variable = str(getattr(resource.spec, "variable", "") or getattr(resource.spec, "output", ""))
            if variable and variable not in outputs:
                outputs[variable] = (registers.name(f"{stretch.role}_{slug(variable)}"), stretch.on)
            for step in sorted(asked & set(resource.steps)):
                failures.setdefault(step, (registers.name(f"{stretch.role}_step_{step}_failed"), stretch.on))
    return Results(outputs, failures)


def _asked(found: Sequence[Stretch]) -> set[int]:
    """The steps whose end some guard asks for."""
    resources = [resource for stretch in found for resource in stretch.resources]
    tests = [test for resource in resources for test in (*resource.guard, *getattr(resource.spec, "condition", ()))]
    inner = [leaf for test in tests for leaf in leaves(test)]
    return {test.subject.step for test in inner if isinstance(test.subject, StepSucceeded)}


def _seen(place: str, name: str, on: str) -> str:
    """A result from the hosts of another group is asked of the first of them."""
    if place == LOCAL != on:
        return f"hostvars['localhost'].{name}"
    return name if place == on else f"hostvars[groups['{slug(place)}'][0]].{name}"

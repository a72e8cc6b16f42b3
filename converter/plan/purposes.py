"""Parts: one plan from the plans of preparing the machines, of deploying to them and of going back.

In: a plan for each part. Out: their resources one part after the other, each saying to which it belongs; nothing of
one part folds onto another, since each can be applied by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from converter.model.environment import rank
from converter.model.plan import Edge, EdgeKind, Environment, HostGroup, Plan, PlanVariable
from converter.model.resource import Phase, Purpose, Resource
from converter.model.trace import StepSucceeded, Test
from converter.plan.addresses import addressed
from converter.plan.conditions import numbered
from converter.plan.environments.accounts import unique
from converter.plan.environments.differences import renamed, said
from converter.plan.environments.groups import regrouped
from converter.plan.normal import bound, bound_variables
from converter.plan.order import required
from converter.plan.rewrite import with_tests


def together(plans: Mapping[Purpose, Plan]) -> Plan:
    """The plan of all parts; that of the part where there is but one."""
    parts = list(_apart(plans)) if len(plans) > 1 else list(plans.values())
    if len(parts) == 1:
        return parts[0]
    environments, assumed = _environments(parts)
    variables = bound_variables(_variables(plan.variables for plan in parts))
    old = [resource for plan in parts for resource in plan.resources]
    resources = numbered(bound(addressed(old), variables))
    addresses = {before.address: after.address for before, after in zip(old, resources, strict=True)}
    edges = [edge for plan in parts for edge in plan.edges if edge.kind == EdgeKind.NOTIFIES]
    ledger = [entry for plan in parts for entry in plan.ledger]
    return msgspec.structs.replace(
        parts[0],
        environments=bound(environments, variables),
        variables=variables,
        resources=resources,
        edges=(*required(resources), *(_renamed(edge, addresses) for edge in edges)),
        ledger=tuple(
            msgspec.structs.replace(entry, resources=tuple(addresses[each] for each in entry.resources))
            for entry in ledger
        ),
        questions=unique(plan.questions for plan in parts),
        assumptions=unique((*(plan.assumptions for plan in parts), assumed)),
        changes=unique(plan.changes for plan in parts),
        sources=unique(plan.sources for plan in parts),
        documents=unique(plan.documents for plan in parts),
        diagnostics=unique(plan.diagnostics for plan in parts),
        stops_on_error=all(plan.stops_on_error for plan in parts),
        pipefail=all(plan.pipefail for plan in parts),
    )


def _renamed(edge: Edge, names: Mapping[str, str]) -> Edge:
    return Edge(kind=edge.kind, first=names[edge.first], second=names[edge.second])


def _apart(plans: Mapping[Purpose, Plan]) -> Iterator[Plan]:
    """The plans without a name, a number or an address that two of them give to different things."""
    variables: dict[str, object] = {}
    groups: dict[str, object] = {}
    steps = 0
    for purpose, own in plans.items():
        clash = [name for name, meaning in _meanings(own) if variables.setdefault(name, meaning) != meaning]
        plan = renamed(own, {name: f"{name}_{purpose.upper()}" for name in clash})
        plan = regrouped(plan, _moved(plan, purpose, groups))
        names = {resource.address: f"{purpose} {resource.address}" for resource in plan.resources}
        resources = tuple(_of(resource, purpose, steps) for resource in plan.resources)
        steps = max((step + 1 for resource in resources for step in resource.steps), default=steps)
        yield msgspec.structs.replace(
            plan,
            resources=tuple(msgspec.structs.replace(each, address=names[each.address]) for each in resources),
            edges=tuple(_renamed(edge, names) for edge in plan.edges),
            ledger=tuple(
                msgspec.structs.replace(entry, resources=tuple(names[each] for each in entry.resources))
                for entry in plan.ledger
            ),
        )


def _of(resource: Resource, purpose: Purpose, steps: int) -> Resource:
    """The resource in its part. What takes a deployment back is never built or published before it is asked for."""

    def test(found: Test) -> Test:
        subject = found.subject
        if isinstance(subject, StepSucceeded):
            subject = StepSucceeded(step=subject.step + steps)
        return msgspec.structs.replace(found, id=f"{purpose} {found.id}", subject=subject)

    phase = Phase.DEPLOY if purpose == Purpose.ROLLBACK else resource.phase
    numbers = tuple(step + steps for step in resource.steps)
    return msgspec.structs.replace(with_tests(resource, test), purpose=purpose, phase=phase, steps=numbers)


def _meanings(plan: Plan) -> Iterator[tuple[str, object]]:
    """What each variable is: the same everywhere, or in each environment."""
    for variable in plan.every_variable:
        own = [each for environment in plan.environments for each in environment.variables]
        yield variable.name, tuple(said(each) for each in (*plan.variables, *own) if each.name == variable.name)


def _moved(plan: Plan, purpose: Purpose, known: dict[str, object]) -> dict[str, str]:
    """New names for groups: that of a known one of the same hosts, or one of their own where the name is taken."""
    names: dict[str, str] = {}
    for name, hosts in _hosts(plan).items():
        same = next((other for other, theirs in known.items() if theirs == hosts), None)
        names[name] = same or (f"{name}_{purpose}" if name in known else name)
        known.setdefault(names[name], hosts)
    return names


def _hosts(plan: Plan) -> dict[str, object]:
    found: dict[str, list[object]] = {}
    for environment in plan.environments:
        for group in environment.groups:
            found.setdefault(group.name, []).append((environment.name, group.hosts))
    return {name: tuple(hosts) for name, hosts in found.items()}


def _variables(found: Iterable[tuple[PlanVariable, ...]]) -> tuple[PlanVariable, ...]:
    known: dict[str, PlanVariable] = {}
    for variable in (each for variables in found for each in variables):
        known.setdefault(variable.name, variable)
    return tuple(known.values())


def _environments(parts: Sequence[Plan]) -> tuple[tuple[Environment, ...], tuple[str, ...]]:
    """The environments of all parts. A part that knows but one is for all of them, unless its hosts are those of one;
    the second item says what is assumed."""
    names = sorted({each.name for plan in parts for each in plan.environments if len(plan.environments) > 1}, key=rank)
    if not names:
        names = [parts[0].environments[0].name]
    found: list[Environment] = []
    for name in names:
        own = [each for plan in parts for each in plan.environments if each.name == name or len(plan.environments) == 1]
        groups = {group.name: group for each in own for group in each.groups}
        variables = _variables(each.variables for each in own)
        found.append(Environment(name=name, groups=_there(tuple(groups.values()), name, parts), variables=variables))
    single = [plan for plan in parts if len(plan.environments) == 1 and len(names) > 1]
    said = tuple(
        f"{source.path} names no environment, so what it does is for each of them"
        for plan in single
        for source in plan.sources
    )
    return tuple(found), said


def _there(groups: tuple[HostGroup, ...], name: str, parts: Sequence[Plan]) -> tuple[HostGroup, ...]:
    """The groups without hosts that are known to be another environment's."""
    others = {
        host.address.text
        for plan in parts
        for each in plan.environments
        if len(plan.environments) > 1 and each.name != name
        for group in each.groups
        for host in group.hosts
    }
    mine = {
        host.address.text
        for plan in parts
        for each in plan.environments
        if len(plan.environments) > 1 and each.name == name
        for group in each.groups
        for host in group.hosts
    }
    foreign = others - mine - {None}
    return tuple(
        msgspec.structs.replace(group, hosts=tuple(host for host in group.hosts if host.address.text not in foreign))
        for group in groups
    )

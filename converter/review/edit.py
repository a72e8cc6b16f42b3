"""What a decision about a step changes in the plan itself: fields of its resources, and the place where it runs."""

from __future__ import annotations

import msgspec

from converter.model.decision import Decision, Edit
from converter.model.diagnostic import ConverterError
from converter.model.plan import Edge, EdgeKind, HostGroup, LedgerEntry, Plan
from converter.model.resource import Phase, Resource
from converter.model.trace import Context, Host, Test
from converter.review.means import Means

LOCAL, BUILD = "local", "build"


def edited(plan: Plan, entry: LedgerEntry, edit: Edit, means: Means) -> Plan:
    """The plan with other fields in a resource of the step; a `ConverterError` says why that can't be."""
    resource = meant(plan, entry, edit.resource)
    spec = means.with_fields(resource.spec, edit.fields)
    name = resource.name if resource.name != resource.spec.summary() else spec.summary()
    new = msgspec.structs.replace(resource, spec=spec, name=name)
    resources = tuple(new if each is resource else each for each in plan.resources)
    return means.bound(msgspec.structs.replace(plan, resources=resources))


def meant(plan: Plan, entry: LedgerEntry, address: str) -> Resource:
    """The resource of that address, or the only one of its kind that the step has: its label may have changed."""
    own = [each for each in plan.resources if each.address in entry.resources]
    same = [each for each in own if each.address == address]
    alike = same or [each for each in own if each.kind == address.partition(".")[0]]
    if len(alike) != 1:
        raise ConverterError(f"{entry.span.lines()} does not become {address} any more")
    return alike[0]


def places(plan: Plan) -> tuple[str, ...]:
    """Where a step can be set to run: the groups of hosts, the machine that deploys, the build job."""
    groups = (group.name for environment in plan.environments for group in environment.groups)
    return (*dict.fromkeys(groups), LOCAL, BUILD)


def place_of(resource: Resource) -> str:
    """Where a resource is applied, as `places` calls it."""
    return BUILD if resource.phase != Phase.DEPLOY else resource.on


def placed(plan: Plan, entry: LedgerEntry, decision: Decision, means: Means) -> Plan:
    """The plan with the resources of the step in another place."""
    place = decision.place
    if place not in places(plan):
        raise ConverterError(f"there is no place {place} in the plan", f"places: {', '.join(places(plan))}")
    host = _host(plan, place)
    moved = {each.address for each in plan.resources if each.address in entry.resources and place_of(each) != place}
    if not moved:
        return plan
    resources = tuple(_moved(each, place, host) if each.address in moved else each for each in plan.resources)
    ledger = tuple(_said(each, moved, place, host) for each in plan.ledger)
    plan = msgspec.structs.replace(plan, resources=resources, ledger=ledger)
    return redrawn(plan, means)


def _host(plan: Plan, place: str) -> Host | None:
    groups: list[HostGroup] = [group for environment in plan.environments for group in environment.groups]
    return next((group.hosts[0] for group in groups if group.name == place and group.hosts), None)


def _moved(resource: Resource, place: str, host: Host | None) -> Resource:
    def there(context: Context) -> Context:
        return msgspec.structs.replace(context, host=host)

    def test(found: Test) -> Test:
        same = found.context.host == resource.context.host
        return msgspec.structs.replace(found, context=there(found.context)) if same else found

    return msgspec.structs.replace(
        resource,
        on=LOCAL if place == BUILD else place,
        phase=Phase.BUILD if place == BUILD else Phase.DEPLOY,
        context=there(resource.context),
        guard=tuple(map(test, resource.guard)),
    )


def _said(entry: LedgerEntry, moved: set[str], place: str, host: Host | None) -> LedgerEntry:
    if not moved.intersection(entry.resources):
        return entry
    login = f"{host.user.shell()}@" if host is not None and host.user is not None else ""
    named = f"{login}{host.address.shell()}" if host is not None else place
    return msgspec.structs.replace(entry, host=named)


def redrawn(plan: Plan, means: Means) -> Plan:
    """The plan with its edges drawn anew; what can't be triggered any more is a step where it stands."""
    known = {each.address: each for each in plan.resources}
    notifies = tuple(each for each in plan.edges if each.kind == EdgeKind.NOTIFIES and _can(each, known))
    triggered = {edge.second for edge in notifies}
    resources = tuple(
        msgspec.structs.replace(each, handler=False) if each.handler and each.address not in triggered else each
        for each in plan.resources
    )
    return msgspec.structs.replace(plan, resources=resources, edges=(*means.required(resources), *notifies))


def _can(edge: Edge, known: dict[str, Resource]) -> bool:
    """Whether a change of the first can trigger the second: both are in one place, and the second waits for it."""
    first, second = known.get(edge.first), known.get(edge.second)
    return first is not None and second is not None and second.handler and place_of(first) == place_of(second)

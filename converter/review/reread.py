"""Lines of a saved plan that are read by another rule than they were: what that makes of them takes their place."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.model.decision import Decision
from converter.model.diagnostic import ConverterError, Diagnostic
from converter.model.match import Match
from converter.model.plan import EdgeKind, LedgerEntry, Plan
from converter.model.resource import Resource, Spec
from converter.model.trace import Disposition
from converter.model.value import Value
from converter.review.identity import Identities
from converter.review.late import alone
from converter.review.means import Means
from converter.review.stale import without_effect


def read_by(
    plan: Plan, names: Identities, decision: Decision, matches: Sequence[Match], means: Means
) -> tuple[Plan, Diagnostic | None]:
    """The plan in which the line is what the chosen rule makes of it; the same one, and why, where it can't be."""
    entry = next((each for each in plan.ledger if names.get(each.span.start) == decision.about), None)
    if entry is None:
        return plan, None
    try:
        return _read(plan, entry, decision, matches, means), None
    except ConverterError as problem:
        return plan, without_effect(decision, problem.message)


def _read(plan: Plan, entry: LedgerEntry, decision: Decision, matches: Sequence[Match], means: Means) -> Plan:
    chosen = next((match for match in matches if match.rule == decision.rule), None)
    if chosen is None:
        raise ConverterError(f"the rule {decision.rule} does not fit {entry.span.lines()}")
    own = alone(plan, entry)
    if all(each.origin.rule == decision.rule for each in own) and own:
        return plan
    if not own or not chosen.specs or any(each.handler for each in own):
        raise ConverterError(f"{entry.span.lines()} is part of more than itself", "decide with the scripts at hand")
    unknown = _unknown(plan, chosen.specs)
    if unknown:
        raise ConverterError(f"only the script knows {unknown} of {entry.span.lines()}", "decide with it at hand")
    made = tuple(_instead(own[0], spec, plan, decision.rule) for spec in chosen.specs)
    old = {each.address for each in own}
    resources: list[Resource] = []
    for each in plan.resources:
        resources += made if each.address == own[0].address else () if each.address in old else (each,)
    moved = dict.fromkeys(old, made[0].address)
    told = [each for each in plan.edges if each.kind is EdgeKind.NOTIFIES]
    edges = dict.fromkeys(msgspec.structs.replace(each, first=moved.get(each.first, each.first)) for each in told)
    said = msgspec.structs.replace(
        entry,
        disposition=Disposition.CONVERTED,
        reason=f"Recognised by the rule {decision.rule}.",
        resources=tuple(each.address for each in made),
    )
    new = msgspec.structs.replace(
        plan,
        resources=tuple(resources),
        edges=(*means.required(tuple(resources)), *edges),
        ledger=tuple(said if each is entry else each for each in plan.ledger),
    )
    return means.bound(new)


def _instead(old: Resource, spec: Spec, plan: Plan, rule: str) -> Resource:
    wanted = f"{spec.kind}.{spec.label()}"
    taken = {each.address for each in plan.resources if each is not old}
    address, number = wanted, 2
    while address in taken:
        address, number = f"{wanted}#{number}", number + 1
    origin = msgspec.structs.replace(old.origin, rule=rule)
    made = msgspec.structs.replace(old, address=address, kind=spec.kind, spec=spec, name=spec.summary(), reason="")
    return msgspec.structs.replace(made, origin=origin)


def _unknown(plan: Plan, specs: Sequence[Spec]) -> str:
    """A variable that the specs mention and the plan does not have."""
    known = {each.name for each in plan.every_variable}
    values = (value for spec in specs for field in spec.__struct_fields__ for value in _values(getattr(spec, field)))
    return next((each.name for value in values for each in value.variables if each.name not in known), "")


def _values(thing: object) -> list[Value]:
    if isinstance(thing, Value):
        return [thing]
    return [value for item in thing for value in _values(item)] if isinstance(thing, tuple) else []

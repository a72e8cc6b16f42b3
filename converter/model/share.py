"""The shares of several targets in one plan: the plan as each has it, and the way of the script between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from converter.model.plan import LedgerEntry, Plan
from converter.model.resource import Phase, Purpose
from converter.model.tree import Share


def portion(plan: Plan, addresses: Collection[str]) -> Plan:
    """The plan with these resources alone, and what became of their commands."""
    own = tuple(each for each in plan.resources if each.address in addresses)
    known = {each.address for each in own}
    return msgspec.structs.replace(
        plan,
        resources=own,
        edges=tuple(edge for edge in plan.edges if {edge.first, edge.second} <= known),
        ledger=tuple(each for each in plan.ledger if not each.resources or known & {*each.resources}),
    )


def targets_of(entry: LedgerEntry, shares: Sequence[Share]) -> tuple[str, ...]:
    """The targets that have anything of a command."""
    return tuple(share.target for share in shares if share.addresses & {*entry.resources})


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """Successive resources of the script that one target has."""

    target: str
    lines: str


def legs(plan: Plan, shares: Sequence[Share]) -> list[Leg]:
    """The way of the script from one target to the next, without what is built before and what goes back."""
    of = {address: share.target for share in shares for address in share.addresses}
    covered = {each.address for share in shares for each in share.tree.covered}
    passed = covered | both(shares)
    found: list[tuple[str, list[str]]] = []
    for each in plan.resources:
        applied = each.phase is Phase.DEPLOY and each.purpose is not Purpose.ROLLBACK and not each.handler
        if not applied or each.address not in of or each.address in passed:
            continue
        if not found or found[-1][0] != of[each.address]:
            found.append((of[each.address], []))
        found[-1][1].extend(span.lines() for span in each.origin.spans)
    return [Leg(target=target, lines=_from_to(lines)) for target, lines in found]


def both(shares: Sequence[Share]) -> set[str]:
    """What more than one of them has."""
    pairs = ((one, other) for one in shares for other in shares if one is not other)
    return {address for one, other in pairs for address in one.addresses & other.addresses}


def _from_to(lines: Sequence[str]) -> str:
    """The lines where a stretch of resources begins and ends, in the order of the script."""
    known = list(dict.fromkeys(lines))
    if len(known) == 1:
        return known[0]
    (first, _, _), (last, _, line) = known[0].rpartition(":"), known[-1].rpartition(":")
    return f"{known[0]} to {line.rpartition('-')[2] if first == last else known[-1]}"

"""What an answer does to a plan."""

from __future__ import annotations

import msgspec

from converter.model.diagnostic import Diagnostic
from converter.model.plan import Edge, EdgeKind, LedgerEntry, Plan
from converter.model.question import Question
from converter.model.resource import Resource
from converter.model.trace import Disposition, StepSucceeded, Test

KEPT = "a person's answer is to keep it"
KEPT_UNASKED = "no rule knows it; it is kept as it is, since nobody was asked"
DROPPED = "left out by a person's answer"
DROPPED_UNASKED = "left out, as is usual, since nobody was asked"


def stays(note: str) -> str:
    """Why a line stays a command that could be more."""
    return f"{KEPT}: {note}" if note else KEPT


def left_out(note: str) -> str:
    """Why a line is left out that could be converted."""
    return f"{DROPPED}: {note}" if note else DROPPED


def kept(plan: Plan, question: Question, asked: bool) -> Plan:
    """The command stays a command, and nothing is open about it."""
    reason = KEPT if asked else KEPT_UNASKED
    resources = tuple(
        msgspec.structs.replace(resource, reason=reason) if _asked(resource, question) else resource
        for resource in plan.resources
    )
    return _settled(msgspec.structs.replace(plan, resources=resources), question, Disposition.KEPT, reason)


def dropped(plan: Plan, question: Question, asked: bool) -> Plan:
    """The command is left out; what stood before and after it stays in order."""
    plan = without(plan, {resource.address for resource in plan.resources if _asked(resource, question)})
    reason = DROPPED if asked else DROPPED_UNASKED
    return _settled(plan, question, Disposition.DROPPED, reason)


def without(plan: Plan, gone: set[str]) -> Plan:
    """The plan without some resources; what stood before and after each of them stays in order."""
    steps = {step for resource in plan.resources if resource.address in gone for step in resource.steps}
    resources = tuple(_without(resource, steps) for resource in plan.resources if resource.address not in gone)
    plan = msgspec.structs.replace(plan, resources=resources, edges=_bridged(plan.edges, gone))
    return msgspec.structs.replace(plan, ledger=tuple(_forgetting(entry, gone) for entry in plan.ledger))


def _asked(resource: Resource, question: Question) -> bool:
    return resource.kind in ("command", "unresolved") and question.span in resource.origin.spans


def _without(resource: Resource, steps: set[int]) -> Resource:
    """Without a condition on a command that is not there any more."""
    guard = tuple(test for test in resource.guard if not _waits(test, steps))
    return resource if guard == resource.guard else msgspec.structs.replace(resource, guard=guard)


def _waits(test: Test, steps: set[int]) -> bool:
    return isinstance(test.subject, StepSucceeded) and test.subject.step in steps


def _bridged(edges: tuple[Edge, ...], gone: set[str]) -> tuple[Edge, ...]:
    """The edges without those addresses; what required one of them requires what that required."""
    before: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == EdgeKind.REQUIRES:
            before.setdefault(edge.second, []).append(edge.first)
    done: dict[Edge, None] = {}
    for edge in edges:
        if edge.second in gone or (edge.first in gone and edge.kind == EdgeKind.NOTIFIES):
            continue
        for first in _reached(edge.first, before, gone):
            done[msgspec.structs.replace(edge, first=first)] = None
    return tuple(done)


def _reached(address: str, before: dict[str, list[str]], gone: set[str]) -> list[str]:
    found: list[str] = []
    waiting = [address]
    while waiting:
        current = waiting.pop()
        if current in gone:
            waiting.extend(before.get(current, ()))
        else:
            found.append(current)
    return found


def _forgetting(entry: LedgerEntry, gone: set[str]) -> LedgerEntry:
    left = tuple(address for address in entry.resources if address not in gone)
    return entry if left == entry.resources else msgspec.structs.replace(entry, resources=left)


def _settled(plan: Plan, question: Question, disposition: Disposition, reason: str) -> Plan:
    sentence = f"{reason[0].upper()}{reason[1:]}."
    addresses = {resource.address for resource in plan.resources if _asked(resource, question)}
    ledger = tuple(
        msgspec.structs.replace(entry, disposition=disposition, reason=sentence)
        if _about(entry, question, addresses)
        else entry
        for entry in plan.ledger
    )
    diagnostics = tuple(found for found in plan.diagnostics if not _said(found, question))
    return msgspec.structs.replace(plan, ledger=ledger, diagnostics=diagnostics)


def _about(entry: LedgerEntry, question: Question, addresses: set[str]) -> bool:
    """The entry of the command itself, and of those that are kept whole with it."""
    if entry.disposition != Disposition.UNRESOLVED:
        return False
    return entry.span == question.span or bool(entry.resources and addresses.issuperset(entry.resources))


def _said(found: Diagnostic, question: Question) -> bool:
    return found.span == question.span and found.name in ("unmatched-command", "unresolved-command")

"""Lines that are rejected in a plan that is there already, such as one that was saved: what the rules made of them is
replaced in it."""

from __future__ import annotations

import re

import msgspec

from converter.model.decision import Choice, Decision
from converter.model.diagnostic import ConverterError
from converter.model.plan import EdgeKind, LedgerEntry, Plan
from converter.model.question import Question
from converter.model.resource import Resource
from converter.model.trace import Disposition
from converter.model.value import Value
from converter.resources.command import Command
from converter.review.settle import left_out, stays, without

_ENDS = {Choice.KEEP: Disposition.KEPT, Choice.DROP: Disposition.DROPPED}


def rejected(plan: Plan, entry: LedgerEntry, decision: Decision) -> Plan:
    """The plan in which the line is a command or left out; the same one where it already is."""
    if decision.choice not in _ENDS or entry.disposition in (_ENDS[decision.choice], Disposition.ABSORBED):
        return plan
    own = alone(plan, entry)
    if decision.choice == Choice.DROP:
        plan = without(plan, {each.address for each in own})
        reason = left_out(decision.note)
    else:
        plan = _as_command(plan, entry, own)
        reason = stays(decision.note)
    return _said(plan, entry, _ENDS[decision.choice], reason)


def alone(plan: Plan, entry: LedgerEntry) -> list[Resource]:
    """What comes from the line and from no other one; ConverterError where it does not stand alone."""
    own = [each for each in plan.resources if each.address in entry.resources]
    shared = next((each for each in own if len(_lines(plan, each)) > 1), None)
    if shared is not None:
        lines = ", ".join(other.span.lines() for other in _lines(plan, shared))
        raise ConverterError(f"{shared.address} comes from {lines} together", "decide with the scripts at hand")
    return own


def _lines(plan: Plan, resource: Resource) -> list[LedgerEntry]:
    """The lines that do something for a resource."""
    ends = (Disposition.CONVERTED, Disposition.KEPT, Disposition.UNRESOLVED)
    return [each for each in plan.ledger if resource.address in each.resources and each.disposition in ends]


def _as_command(plan: Plan, entry: LedgerEntry, own: list[Resource]) -> Plan:
    if not own:
        raise ConverterError(f"{entry.span.lines()} leaves nothing that could be a command")
    if any(each.kind == "unresolved" for each in own):
        raise ConverterError(f"nobody can tell what {entry.span.lines()} runs, so it can't be kept")
    if all(each.kind == "command" for each in own):
        return plan
    if re.search(r"[$`]", entry.text):
        raise ConverterError(f"only the script knows the variables of {entry.span.lines()}", "decide with it at hand")
    spec = Command(source=Value.of(entry.text))
    first = own[0]
    plan = without(plan, {each.address for each in own[1:]})
    command = msgspec.structs.replace(first, kind=spec.kind, spec=spec, name=spec.summary(), handler=False)
    resources = tuple(command if each.address == first.address else each for each in plan.resources)
    edges = tuple(edge for edge in plan.edges if edge.kind != EdgeKind.NOTIFIES or edge.second != first.address)
    return msgspec.structs.replace(plan, resources=resources, edges=edges)


def _said(plan: Plan, entry: LedgerEntry, end: Disposition, reason: str) -> Plan:
    sentence = f"{reason[0].upper()}{reason[1:]}."
    questions: tuple[Question, ...] = tuple(each for each in plan.questions if each.span != entry.span)
    ledger = tuple(
        msgspec.structs.replace(
            each, disposition=end, reason=sentence, resources=() if end == Disposition.DROPPED else each.resources
        )
        if each.span == entry.span
        else each
        for each in plan.ledger
    )
    about = ("unmatched-command", "unresolved-command")
    diagnostics = tuple(each for each in plan.diagnostics if each.span != entry.span or each.name not in about)
    return msgspec.structs.replace(plan, ledger=ledger, questions=questions, diagnostics=diagnostics)

"""The account of a joined plan: what became of each command in all environments together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from converter.model.diagnostic import Diagnostic
from converter.model.plan import LedgerEntry, Plan
from converter.model.question import Question
from converter.model.trace import Disposition
from converter.plan.ledger import RANKS

T = TypeVar("T")


def unique(lists: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """What all of them hold, each once."""
    return tuple(dict.fromkeys(item for found in lists for item in found))


def questions(plans: Mapping[str, Plan]) -> tuple[Question, ...]:
    """All questions, each once."""
    found: dict[str, Question] = {}
    for question in unique(plan.questions for plan in plans.values()):
        found.setdefault(question.id, question)
    return tuple(found.values())


def diagnostics(plans: Mapping[str, Plan]) -> tuple[Diagnostic, ...]:
    """All diagnostics, each once."""
    return unique(plan.diagnostics for plan in plans.values())


def ledger(
    plans: Mapping[str, Plan], renamed: Mapping[str, Mapping[str, str]], missing: Mapping[str, Sequence[str]]
) -> tuple[LedgerEntry, ...]:
    """One entry for each command; where what it becomes is `missing` in some environments, the reason says in which it
    is."""
    found: dict[tuple[str, int, int], dict[str, LedgerEntry]] = {}
    for environment, plan in plans.items():
        for entry in plan.ledger:
            found.setdefault(entry.span.start, {})[environment] = entry
    return tuple(_entry(entries, tuple(plans), renamed, missing) for entries in found.values())


def _entry(
    entries: Mapping[str, LedgerEntry],
    all_: Sequence[str],
    renamed: Mapping[str, Mapping[str, str]],
    missing: Mapping[str, Sequence[str]],
) -> LedgerEntry:
    best = max(entries.values(), key=lambda entry: RANKS.index(entry.disposition))
    found = [renamed[environment][address] for environment, entry in entries.items() for address in entry.resources]
    addresses = tuple(dict.fromkeys(found))
    there = [each for each in all_ if any(each not in missing[address] for address in addresses)]
    reason = best.reason
    if best.disposition == Disposition.DROPPED and len({entry.reason for entry in entries.values()} - {reason}) == 0:
        never = reason.startswith("It never runs: its condition")
        reason = f"It runs in none of the environments {', '.join(all_)}." if never else reason
    if 0 < len(there) < len(all_):
        reason = f"{reason} Only in {' and '.join(there)}."
    return msgspec.structs.replace(best, resources=addresses, reason=reason)

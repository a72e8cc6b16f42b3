"""Stage 5, review: a `Plan` with a person's answers and decisions in it.

In: a plan with open questions, and what a person said. Out: the same plan where each answered question is settled and
each decision is made. It asks nothing itself, and an answer given once is never asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from converter.model.decision import VARIABLE, Choice, Decision, Said, answers_in, decisions_in
from converter.model.diagnostic import ConverterError
from converter.model.plan import LedgerEntry, Plan
from converter.model.question import Answer, Question
from converter.review.answers import dump, load
from converter.review.before import decided, matters_before
from converter.review.choices import chosen
from converter.review.edit import edited, place_of, placed, places
from converter.review.identity import Identities, identities, of_plan
from converter.review.late import rejected
from converter.review.literals import literals, marked
from converter.review.marks import given, secret
from converter.review.means import Means
from converter.review.reread import read_by
from converter.review.settle import dropped, kept
from converter.review.stale import stale, without_effect
from converter.review.worth import PLAIN, RESTART, RUNS_ON, SECRET, of_each_restart, restarts, with_questions

__all__ = [
    "PLAIN",
    "RUNS_ON",
    "SECRET",
    "Identities",
    "Means",
    "decided",
    "dump",
    "identities",
    "literals",
    "load",
    "matters_before",
    "of_each_restart",
    "of_plan",
    "place_of",
    "places",
    "read_by",
    "review",
    "stale",
    "with_questions",
]

_EFFECTS: Mapping[str, Callable[[Plan, Question, bool], Plan]] = {"keep": kept, "drop": dropped}


def review(plan: Plan, said: Sequence[Said], names: Identities, means: Means, *, saved: bool = False) -> Plan:
    """The plan after everything that was said; what has no effect any more is named in its diagnostics. Of a `saved`
    plan some questions may be gone that were answered before."""
    found = list(stale(plan, said, names, saved=saved))
    asked = {*(question.id for question in plan.questions), *restarts(plan), RESTART}
    plan = answered(plan, answers_in(said))
    plan = chosen(plan, {each.question: each.answer for each in answers_in(said) if each.question in asked}, means)
    entries = {names[entry.span.start]: entry for entry in plan.ledger if entry.span.start in names}
    for about, decision in decisions_in(said).items():
        try:
            if about.startswith(VARIABLE):
                plan = _marked(plan, decision, means)
            elif about in entries:
                plan = _decided(plan, entries[about], decision, means)
        except ConverterError as problem:
            found.append(without_effect(decision, problem.message))
    return msgspec.structs.replace(plan, diagnostics=(*plan.diagnostics, *found))


def answered(plan: Plan, given: Sequence[Answer]) -> Plan:
    """The plan after the answers; those to questions that it does not ask are left alone, the last one to a question
    counts."""
    by_question = {answer.question: answer for answer in given}
    left: list[Question] = []
    for question in plan.questions:
        found = by_question.get(question.id)
        if found is None or not found.answer:
            left.append(question)
            continue
        answer = found.answer
        if question.choices and answer not in question.choices:
            choices = ", ".join(question.choices)
            raise ConverterError(f'"{answer}" is no answer to {question.id}', f"answers: {choices}")
        settle = _EFFECTS.get(answer)
        plan = settle(plan, question, found.asked) if settle is not None else plan
    return msgspec.structs.replace(plan, questions=tuple(left))


def _decided(plan: Plan, entry: LedgerEntry, decision: Decision, means: Means) -> Plan:
    """The entry is that of the plan before; an earlier decision may have changed what it became."""
    now = next((each for each in plan.ledger if each.span == entry.span), entry)
    plan = rejected(plan, now, decision)
    now = next((each for each in plan.ledger if each.span == entry.span), now)
    if decision.place:
        plan = placed(plan, now, decision, means)
    for edit in decision.edits:
        plan = edited(plan, now, edit, means)
    for mark in decision.marks:
        plan = marked(plan, now, mark, means)
    return plan


def _marked(plan: Plan, decision: Decision, means: Means) -> Plan:
    name = decision.about.removeprefix(VARIABLE)
    if decision.choice == Choice.SECRET:
        return secret(plan, name, means)
    return given(plan, name, means) if decision.choice == Choice.INPUT else plan

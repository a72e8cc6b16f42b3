"""Stage 5, review: a `Plan` with a person's answers in it.

In: a plan with open questions, and answers. Out: the same plan where each answered question is settled. It asks
nothing itself, and an answer given once is never asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.question import Answer, Question
from converter.model.trace import Disposition
from converter.review.answers import dump, load
from converter.review.settle import dropped, kept

__all__ = ["dump", "load", "open_questions", "review"]

_EFFECTS: Mapping[str, Callable[[Plan, Question, bool], Plan]] = {"keep": kept, "drop": dropped}


def review(plan: Plan, answers: Sequence[Answer]) -> Plan:
    """The plan after the answers; those to questions that it does not ask are left alone, the last one to a question
    counts."""
    given = {answer.question: answer for answer in answers}
    left: list[Question] = []
    for question in plan.questions:
        found = given.get(question.id)
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


def open_questions(plan: Plan) -> tuple[Question, ...]:
    """What only a person can answer, in the order of the script; nothing that has been settled."""
    unresolved = {entry.span for entry in plan.ledger if entry.disposition == Disposition.UNRESOLVED}
    return tuple(
        question
        for question in plan.questions
        if question.span is None or question.span in unresolved or not unresolved
    )

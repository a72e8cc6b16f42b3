"""Decisions about steps, put in the place of what the rules say of them, so that the plan is made with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from converter.model.decision import Choice, Decision, Said, answers_in, decisions_in
from converter.model.match import Match, Matches, Verdict
from converter.model.trace import Step, Trace
from converter.review.identity import Identities
from converter.review.settle import left_out, stays
from converter.review.worth import PLAIN, RUNS_ON

ByRule = Callable[[Step, str], Match | None]


def matters_before(said: Sequence[Said]) -> object:
    """What of all that was said has to be known before the plan is made: where that is equal, the plan is too."""
    told = [each for each in answers_in(said) if each.asked and (each.question == RUNS_ON or each.answer == PLAIN)]
    steps = [
        (name, each.choice if each.choice in (Choice.KEEP, Choice.DROP, Choice.PLAIN) else None, each.note, each.rule)
        for name, each in decisions_in(said).items()
    ]
    return frozenset(told), frozenset(each for each in steps if any(each[1:]))


def decided(
    matches: Matches, trace: Trace, names: Identities, decisions: Mapping[str, Decision], by_rule: ByRule
) -> Matches:
    """The matches with what a person decided; `by_rule` matches a step by one rule alone."""
    about: dict[int, Decision] = {}
    for command in trace.commands:
        found = decisions.get(names.get(command.span.start, ""))
        if found is not None:
            about.update(dict.fromkeys(command.steps, found))
    if not about:
        return matches
    steps = {step.id: step for step in trace.steps}
    return Matches(
        matches=tuple(
            _one(match, steps[match.step], about[match.step], by_rule) if match.step in about else match
            for match in matches.matches
        )
    )


def _one(match: Match, step: Step, decision: Decision, by_rule: ByRule) -> Match:
    if decision.choice == Choice.DROP:
        return Match(step=match.step, verdict=Verdict.BECOMES, reason=left_out(decision.note))
    if decision.choice == Choice.KEEP:
        return Match(step=match.step, verdict=Verdict.KEEP, reason=stays(decision.note), phase=match.phase)
    if decision.rule:
        return by_rule(step, decision.rule) or match
    return match

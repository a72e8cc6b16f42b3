"""Stage 3, match: what each step of a trace is, by rules that are data.

In: a trace and a rule book. Out: one match for every step, in their order. A rule matches only if it understands every
word of the command; it never guesses, and what no rule knows stays as it is, with the reason.
"""

from __future__ import annotations

from converter.match.demands import assertion
from converter.match.engine import attempts, match_step
from converter.match.load import RuleBook, load_rules
from converter.model.match import Match, Matches
from converter.model.trace import Step, Trace

__all__ = ["RuleBook", "alternatives", "by_rule", "load_rules", "match"]


def match(trace: Trace, rules: RuleBook) -> Matches:
    """The matches of all steps."""
    return Matches(matches=tuple(_one(step, rules) for step in trace.steps))


def _one(step: Step, rules: RuleBook) -> Match:
    return assertion(step) or match_step(step, rules)


def alternatives(step: Step, rules: RuleBook) -> tuple[Match, ...]:
    """All matches of a simple command, the best first; a later one with the same result is none."""
    if assertion(step) or not step.argv:
        return ()
    found: dict[object, Match] = {}
    for attempt in attempts(step, rules):
        if attempt.match is not None:
            found.setdefault((attempt.match.verdict, attempt.match.specs), attempt.match)
    return tuple(found.values())


def by_rule(step: Step, rules: RuleBook, rule: str) -> Match | None:
    """The match by that rule alone, None if it does not fit."""
    return next((match for match in alternatives(step, rules) if match.rule == rule), None)

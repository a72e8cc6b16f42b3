"""Failing exits under a condition: the opposite of the condition is demanded."""

from __future__ import annotations

import msgspec

from converter.model.match import Match, Verdict
from converter.model.trace import AnyOf, Guard, Step, Test
from converter.model.value import Value
from converter.resources import KINDS


def assertion(step: Step) -> Match | None:
    """The match of `exit 1` under a guard, None for any other step."""
    if not step.argv or step.argv[0].text != "exit" or not step.guard:
        return None
    message = step.title or f"{step.span.lines()}: the script stops here"
    spec = KINDS["assertion"](condition=_opposite(step.guard), message=Value.of(message))
    return Match(step=step.id, verdict=Verdict.BECOMES, rule="failing-exit", specs=(spec,))


def _opposite(guard: Guard) -> Guard:
    flipped = tuple(msgspec.structs.replace(test, negated=not test.negated) for test in guard)
    if len(flipped) == 1:
        return flipped
    subject = AnyOf(alternatives=tuple((test,) for test in flipped))
    first = guard[0]
    name = "not " + " and ".join(test.id for test in guard)
    return (Test(id=name, subject=subject, context=first.context, span=first.span),)

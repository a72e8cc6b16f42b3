"""Answers that are about nothing any more, each with its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from converter.model.decision import VARIABLE, Decision, Said, key, last
from converter.model.diagnostic import Diagnostic, Severity
from converter.model.plan import Plan
from converter.model.question import Answer
from converter.review.identity import Identities
from converter.review.worth import RESTART, restarts

_OF_LINES = ("command.", "unresolved.")


def stale(plan: Plan, said: Sequence[Said], names: Identities, *, saved: bool) -> Iterator[Diagnostic]:
    """What was said about steps, variables and questions that the plan does not have. Names of questions about a line
    hold a digest of its text, as identities do, so that a line that is known needs no question to be known.
    A `saved` plan asks nothing any more that was answered when it was made."""
    steps = set(names.values())
    digests = {_digest(name) for name in steps}
    restarted = restarts(plan)
    asked = {*(question.id for question in plan.questions), *restarted, *([RESTART] if restarted else [])}
    for name, each in last(said).items():
        if isinstance(each, Decision):
            if name.startswith(VARIABLE):
                continue
            known = name in steps
        else:
            of_line = name.startswith(_OF_LINES)
            known = name in asked or (_digest(name) in digests if of_line else saved)
        if not known:
            yield without_effect(each, "the scripts have nothing of that name any more")


def without_effect(said: Said, why: str) -> Diagnostic:
    """An answer that changes nothing."""
    what = "answer" if isinstance(said, Answer) else "decision"
    return Diagnostic(
        name="stale-answer",
        severity=Severity.WARNING,
        message=f"the {what} {key(said)} has no effect: {why}",
        hint="decide anew in review, or take the line out of the answers",
    )


def _digest(name: str) -> str:
    """`step.mkdir-srv-1a2b3c.2@deploy.sh` and `command.mkdir-srv-1a2b3c` have `1a2b3c`."""
    first = name.partition("@")[0].partition(".")[2].partition(".")[0]
    return first.rpartition("-")[2]

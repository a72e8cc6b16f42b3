"""Which ends of steps go without saying: a failing step ends the run, unless something asks whether it failed."""

from __future__ import annotations

from collections.abc import Iterable, Set

import msgspec

from converter.model.trace import AnyOf, Guard, Step, StepSucceeded, Test, ends_asked


def without_certain(steps: Iterable[Step], accepted: Set[int]) -> list[Step]:
    """The steps without conditions on the success of steps whose failure nobody asks for; `accepted` are those after
    whose failure the run goes on all the same."""
    steps = list(steps)
    asked = accepted | {step for found in steps for step, succeeded in ends_asked(found.guard) if not succeeded}
    return [msgspec.structs.replace(step, guard=_guard(step.guard, asked)) for step in steps]


def _guard(guard: Guard, asked: Set[int]) -> Guard:
    return tuple(test for test in (_told(test, asked) for test in guard) if test is not None)


def _told(test: Test, asked: Set[int]) -> Test | None:
    """The test, None where it always holds."""
    subject = test.subject
    if isinstance(subject, StepSucceeded):
        return test if test.negated or subject.step in asked else None
    if not isinstance(subject, AnyOf) or not test.negated:
        return test
    # None of these may hold; one that asks for a failure that ends the run never does.
    possible = tuple(guard for guard in subject.alternatives if not _fails_for_good(guard, asked))
    if not possible:
        return None
    if possible == subject.alternatives:
        return test
    return msgspec.structs.replace(test, subject=AnyOf(alternatives=possible))


def _fails_for_good(guard: Guard, asked: Set[int]) -> bool:
    return any(_never(test, asked) for test in guard)


def _never(test: Test, asked: Set[int]) -> bool:
    subject = test.subject
    if isinstance(subject, StepSucceeded):
        return test.negated and subject.step not in asked
    return (
        isinstance(subject, AnyOf)
        and not test.negated
        and all(_fails_for_good(guard, asked) for guard in subject.alternatives)
    )

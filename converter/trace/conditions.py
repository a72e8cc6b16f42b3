"""Conditions: what is known when a command has succeeded, and when it has failed."""

from __future__ import annotations

import msgspec

from converter.model.source import Span
from converter.model.trace import AnyOf, Context, Guard, Subject, Test, ends_asked


class Condition(msgspec.Struct, frozen=True):
    """How a command ends: `yes` holds after success, `no` after failure; None where that end is impossible."""

    yes: Guard | None
    no: Guard | None

    def negated(self) -> Condition:
        """The condition of `! command`."""
        return Condition(self.no, self.yes)


SUCCESS = Condition((), None)
FAILURE = Condition(None, ())


def decided(value: bool) -> Condition:
    """The condition of something that is known to be so."""
    return SUCCESS if value else FAILURE


def single(subject: Subject, id: str, context: Context, span: Span) -> Condition:
    """The condition of one test."""
    test = Test(id=id, subject=subject, context=context, span=span)
    return Condition((test,), (flip(test),))


def flip(test: Test) -> Test:
    """The same evaluation, asked for the opposite."""
    return msgspec.structs.replace(test, negated=not test.negated)


def failed_steps(guard: Guard) -> list[int]:
    """The steps whose failure the guard asks for."""
    return [step for step, succeeded in ends_asked(guard) if not succeeded]


def complement(guard: Guard) -> Guard:
    """The guard that holds where this one does not; nothing for what always holds."""
    if len(guard) < 2:
        return tuple(map(flip, guard))
    first, name = guard[0], "&".join(test.id for test in guard)
    subject = AnyOf(alternatives=(guard,))
    return (Test(id=name, subject=subject, negated=True, context=first.context, span=first.span),)


def beside(condition: Condition, *, success: bool) -> Guard:
    """What else holds where the condition does, or does not: that the steps in it have ended as it takes. Their success
    is the ordinary course and is not told, until somebody asks how they ended."""
    mine, other = (condition.yes, condition.no) if success else (condition.no, condition.yes)
    if mine is None or other is None or failed_steps(mine) or not failed_steps(other):
        return ()
    return tuple(test for test in complement(other) if test not in mine)


def both(left: Condition, right: Condition) -> Condition:
    """`left && right`."""
    yes = None if left.yes is None or right.yes is None else merged(left.yes, right.yes)
    late = None if left.yes is None or right.no is None else merged(left.yes, right.no)
    return Condition(yes, either(left.no, late))


def any_of(left: Condition, right: Condition) -> Condition:
    """`left || right`."""
    return both(left.negated(), right.negated()).negated()


def merged(left: Guard, right: Guard) -> Guard:
    """Both guards, each test once."""
    return left + tuple(test for test in right if test not in left)


def either(left: Guard | None, right: Guard | None) -> Guard | None:
    """One guard that holds when at least one of the two holds."""
    if left is None or right is None:
        return right if left is None else left
    shared = tuple(test for test in left if test in right)
    left_rest = tuple(test for test in left if test not in shared)
    right_rest = tuple(test for test in right if test not in shared)
    if not left_rest or not right_rest:
        return shared
    right_rest = _without_opposite(left_rest, right_rest)
    if not right_rest:
        return shared
    first = left_rest[0]
    subject = AnyOf(alternatives=(*_alternatives(left_rest), *_alternatives(right_rest)))
    name = f"{first.id}|{right_rest[0].id}"
    return (*shared, Test(id=name, subject=subject, context=first.context, span=first.span))


def _alternatives(guard: Guard) -> tuple[Guard, ...]:
    """A choice within a choice is one choice."""
    only = guard[0] if len(guard) == 1 else None
    return only.subject.alternatives if only and isinstance(only.subject, AnyOf) and not only.negated else (guard,)


def _without_opposite(left: Guard, right: Guard) -> Guard:
    """`a or (not a and b)` is `a or b`."""
    if len(left) != 1:
        return right
    return tuple(test for test in right if test != flip(left[0]))


def contradicts(path: Guard, test: Test) -> bool:
    """Whether the path already holds the opposite of the test's own evaluation."""
    return flip(test) in path

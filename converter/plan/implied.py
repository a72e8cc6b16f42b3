"""The pass that takes out of each condition what the rest of the same condition already decides."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.model.trace import AnyOf, Guard, Test
from converter.plan import guards
from converter.plan.work import Work


def imply(work: Work) -> Work:
    """`a && b || c` is `c` under `(not a or b failed) and a`, which asks only whether `b` failed."""
    return work.having(
        resources=tuple(msgspec.structs.replace(each, guard=simpler(each.guard)) for each in work.resources)
    )


def simpler(guard: Guard) -> Guard:
    """The guard with each alternative that can't hold left out, and without the choices that are made already."""
    certain = tuple(test for test in guard if not isinstance(test.subject, AnyOf))
    return tuple(dict.fromkeys(kept for test in guard for kept in _left(test, certain)))


def _left(test: Test, certain: Guard) -> Iterator[Test]:
    if test.negated or not isinstance(test.subject, AnyOf):
        yield test
        return
    possible = [each for each in test.subject.alternatives if not guards.exclude(each, certain)]
    if any(guards.within(certain, each) for each in possible):
        return
    if len(possible) == 1:
        yield from (each for each in possible[0] if not guards.within(certain, (each,)))
    else:
        yield test

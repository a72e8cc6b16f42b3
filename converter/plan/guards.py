"""The third pass: conditions that only ask whether the work is still to do are absorbed by the resource that does
it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from converter.model.resource import Resource, Spec
from converter.model.trace import (
    AnyOf,
    Compare,
    Guard,
    Host,
    NotEmpty,
    PathTest,
    StepSucceeded,
    Subject,
    Succeeds,
    Test,
)
from converter.model.value import Literal, Value
from converter.plan.work import Work


def absorb(work: Work) -> Work:
    """Drops each test that asks for the opposite of what its own resource ensures, and says which resource that is.

    A test is evaluated where it is first asked. So nothing before that place may drop it: what is ensured there would
    change the answer for those that still ask.
    """
    first_asked = _first_asked(work.resources)
    resources = []
    conditions = dict(work.conditions)
    for index, resource in enumerate(work.resources):
        found = resource
        for test in resource.guard:
            changed = absorbed(found, test) if index >= first_asked.get(test.id, -1) else None
            if changed is not None:
                found = changed
                conditions[test.span] = found.address
        resources.append(found)
    return work.having(resources=tuple(resources), conditions=conditions)


def _first_asked(resources: tuple[Resource, ...]) -> dict[str, int]:
    """The first resource that has to ask a test, by the id of the test."""
    found: dict[str, int] = {}
    for index, resource in enumerate(resources):
        for test in _all((*resource.guard, *getattr(resource.spec, "condition", ()))):
            if test.id not in found and (test not in resource.guard or absorbed(resource, test) is None):
                found[test.id] = index
    return found


def _all(guard: Guard) -> Iterator[Test]:
    """The tests of a guard, also those inside alternatives."""
    for test in guard:
        yield test
        if isinstance(test.subject, AnyOf):
            for alternative in test.subject.alternatives:
                yield from _all(alternative)


def hosts(resource: Resource) -> tuple[Host | None, ...]:
    """The machines that the conditions of a resource are asked on, None for the one that runs the script."""
    guard = (*resource.guard, *getattr(resource.spec, "condition", ()))
    looking = [test for test in _all(guard) if isinstance(test.subject, PathTest | Succeeds)]
    return tuple(dict.fromkeys(test.context.host for test in looking))


def asking(resources: Sequence[Resource]) -> dict[str, list[int]]:
    """The places of the resources that ask each test, by its id."""
    found: dict[str, list[int]] = {}
    for index, resource in enumerate(resources):
        for id in dict.fromkeys(test.id for test in _all((*resource.guard, *getattr(resource.spec, "condition", ())))):
            found.setdefault(id, []).append(index)
    return found


def absorbed(resource: Resource, test: Test) -> Resource | None:
    """The resource without the test, if applying it where the test fails would change nothing."""
    if test.context.host != resource.context.host or test.context.container != resource.context.container:
        return None
    spec = spec_without(resource.spec, test)
    if spec is None:
        return None
    guard = tuple(other for other in resource.guard if other != test)
    return msgspec.structs.replace(resource, spec=spec, kind=spec.kind, guard=guard)


def spec_without(spec: Spec, test: Test) -> Spec | None:
    """The spec that needs no such test, None if it needs it."""
    gentle = spec.unless_there()
    for candidate in dict.fromkeys((spec, gentle)):
        if any(truth == test.negated and same(subject, test) for subject, truth in candidate.ensures()):
            return candidate
    return None


def same(ensured: Subject, test: Test) -> bool:
    """Whether what a resource ensures is what the test asks for, with paths seen from the test's directory."""
    asked = test.subject
    if isinstance(ensured, PathTest) and isinstance(asked, PathTest):
        same_place = _place(asked.path, test.context.cwd) == _place(ensured.path, test.context.cwd)
        return same_place and ensured.state == asked.state
    if isinstance(ensured, Succeeds) and isinstance(asked, Succeeds):
        words = [word.key() for word in asked.argv]
        if not words and not ensured.argv:
            return _plain(asked.text) == _plain(ensured.text)
        return words == [word.key() for word in ensured.argv]
    if isinstance(ensured, NotEmpty) or isinstance(asked, NotEmpty):
        return False
    return ensured == asked


def _plain(text: Value) -> str:
    """Shell text without quotes and without what throws output away."""
    return " ".join(re.sub(r"[\"']|(?:\d|&)?> */dev/null|2>&1", "", text.key()).split())


def _place(path: Value, cwd: Value) -> str:
    """The key of a path, without `.`, doubled slashes and a slash at the end."""
    first = path.parts[0] if path.parts else Literal("")
    text = path.key()
    relative = not text.startswith("/") and (isinstance(first, Literal) or path.text is not None)
    joined = f"{cwd.key()}/{text}" if relative else text
    pieces = [piece for piece in joined.split("/") if piece not in ("", ".")]
    return ("/" if joined.startswith("/") else "") + "/".join(pieces)


def opposite(first: Guard, second: Guard) -> Test | None:
    """The test of the first guard whose opposite makes the second, if that is their only difference."""
    mine, theirs = {_side(test) for test in first}, {_side(test) for test in second}
    only_mine, only_theirs = mine - theirs, theirs - mine
    if len(only_mine) != 1 or len(only_theirs) != 1:
        return None
    (id, negated), (other, other_negated) = next(iter(only_mine)), next(iter(only_theirs))
    if id != other or negated == other_negated:
        return None
    return next(test for test in first if test.id == id)


def otherwise(first: Resource, second: Resource) -> Test | None:
    """The test of `test && first || second`, if that is all in which their conditions differ."""
    rest = [test for test in second.guard if test not in first.guard]
    mine = [test for test in first.guard if test not in second.guard]
    if len(rest) != 1 or len(mine) != 1 or rest[0].negated or not isinstance(rest[0].subject, AnyOf):
        return None
    asked = mine[0]
    for alternative in rest[0].subject.alternatives:
        other = [test for test in alternative if test != asked and not asks_failure_of(test, first.steps)]
        if [_side(test) for test in other] not in ([], [(asked.id, not asked.negated)]):
            return None
    return asked


def equal(first: Guard, second: Guard) -> bool:
    """Whether both guards ask the same evaluations."""
    return {_side(test) for test in first} == {_side(test) for test in second}


def within(inner: Guard, outer: Guard) -> bool:
    """Whether the inner guard asks all that the outer one asks, and maybe more."""
    return {_side(test) for test in outer} <= {_side(test) for test in inner}


def _side(test: Test) -> tuple[str, bool]:
    return test.id, test.negated


def asks_failure_of(test: Test, steps: Iterable[int]) -> bool:
    """Whether the test is that one of these steps failed."""
    return isinstance(test.subject, StepSucceeded) and test.negated and test.subject.step in set(steps)


def exclude(first: Guard, second: Guard) -> bool:
    """Whether the two can never both hold: one asks an evaluation for the opposite of the other, or a variable for
    another text."""
    return any(_opposed(mine, theirs) for mine in first for theirs in second)


def _opposed(first: Test, second: Test) -> bool:
    if first.id == second.id:
        return first.negated != second.negated
    one, other = first.subject, second.subject
    if isinstance(one, AnyOf) and not first.negated:
        return all(exclude(alternative, (second,)) for alternative in one.alternatives)
    if isinstance(other, AnyOf) and not second.negated:
        return all(exclude((first,), alternative) for alternative in other.alternatives)
    if not isinstance(one, Compare) or not isinstance(other, Compare) or first.negated or second.negated:
        return False
    texts = {one.right.text, other.right.text}
    return one.operator == other.operator == "==" and one.left == other.left and len(texts - {None}) == 2

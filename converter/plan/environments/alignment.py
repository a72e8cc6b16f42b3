"""Alignment: which resources of two plans are the same thing, whatever their values are in each environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from converter.model.resource import Resource
from converter.model.trace import AnyOf, Context, Guard, Succeeds, Test
from converter.model.value import Glob, Value, Variable
from converter.plan.rewrite import rewrite, values

Pair = tuple[Resource | None, Resource | None]
Content = tuple[object, Context, tuple[object, ...]]
_HOLE = Value.of("")
# Their text stands in several fields, or says what others ask for.
_WHOLE = frozenset({"command", "unresolved", "capture", "assertion"})
# What decides how a thing is written, not only what is written.
_DECIDING = ("mode", "state", "format")
_LONGEST = 200


def aligned(first: Sequence[Resource], second: Sequence[Resource]) -> Iterator[Pair]:
    """Both in one order: pairs of what is the same or alike but for values; what only one has stands alone. Of one
    script, what stands in the same place comes first."""
    for same, mine, theirs in _blocks(first, second, _in_place if _files(first) & _files(second) else _shape):
        if same:
            yield from zip(mine, theirs, strict=True)
            continue
        for alike, left, right in _blocks(mine, theirs, _form):
            if alike:
                for one, other in zip(left, right, strict=True):
                    yield from [(one, other)] if _may_differ(one, other) else [(one, None), (None, other)]
            else:
                yield from ((one, None) for one in left)
                yield from ((None, other) for other in right)


def _blocks(
    first: Sequence[Resource], second: Sequence[Resource], key: Callable[[Resource], object]
) -> Iterator[tuple[bool, Sequence[Resource], Sequence[Resource]]]:
    matcher = SequenceMatcher(None, list(map(key, first)), list(map(key, second)), autojunk=False)
    for operation, start, end, begin, stop in matcher.get_opcodes():
        yield operation == "equal", first[start:end], second[begin:stop]


def differing(first: Resource, second: Resource) -> Iterator[tuple[str, Value, Value]]:
    """The values in which two resources of one form differ, with the fields they stand in."""
    for name in first.spec.__struct_fields__:
        for one, other in _pairs(getattr(first.spec, name), getattr(second.spec, name)):
            yield name, one, other
    for one, other in _pairs(first.context.cwd, second.context.cwd):
        yield "dir", one, other
    for (name, one), (_, other) in zip(first.context.environment, second.context.environment, strict=True):
        for pair in _pairs(one, other):
            yield name, *pair
    rest = [(item.context.user, _guard(item.guard)) for item in (first, second)]
    for one, other in _pairs(*rest):
        yield "condition", one, other


def _pairs(first: object, second: object) -> Iterator[tuple[Value, Value]]:
    for one, other in zip(values(first), values(second), strict=True):
        if named(one) != named(other):
            yield one, other


def named(value: Value) -> Value:
    """A value by the names of its variables, whatever they hold."""
    return value.map(lambda part: Variable(part.name) if isinstance(part, Variable) else part)


def _files(resources: Sequence[Resource]) -> set[str]:
    return {span.path for resource in resources for span in resource.origin.spans}


def _in_place(resource: Resource) -> object:
    return _shape(resource), tuple(span.start for span in resource.origin.spans[:1])


def _shape(resource: Resource) -> object:
    return rewrite(_content(resource), named)


def _form(resource: Resource) -> object:
    if resource.kind in _WHOLE:
        return _shape(resource)
    return rewrite(_content(resource), lambda value: _HOLE)


def _content(resource: Resource) -> tuple[object, ...]:
    flags = (resource.tolerated, resource.background, resource.retry, resource.handler, resource.each)
    spec: object = resource.spec
    condition = getattr(spec, "condition", None)
    if isinstance(condition, tuple):
        spec = (_guard(condition), getattr(spec, "message", None))
    context = _context(resource.context)
    return (resource.on, resource.phase, resource.kind, spec, context, _guard(resource.guard), flags)


def _context(context: Context) -> Context:
    return msgspec.structs.replace(context, host=None)


def _guard(guard: Guard) -> tuple[object, ...]:
    return tuple(map(_test, guard))


def _test(test: Test) -> tuple[object, ...]:
    subject: object = test.subject
    if isinstance(subject, AnyOf):
        subject = tuple(map(_guard, subject.alternatives))
    context = _context(test.context) if isinstance(subject, Succeeds) else None
    return (type(test.subject).__name__, subject, test.negated, context)


def _may_differ(first: Resource, second: Resource) -> bool:
    """Whether the two are the same thing, and variables can stand for all values in which they differ."""
    return _same_thing(first, second) and all(
        name not in _DECIDING and _plain(one) and _plain(other) for name, one, other in differing(first, second)
    )


def _same_thing(first: Resource, second: Resource) -> bool:
    """Of two scripts anything of one form; of one script what stands in the same place, or has the same identity."""
    if not _files([first]) & _files([second]):
        return True
    if {span.start for span in first.origin.spans} & {span.start for span in second.origin.spans}:
        return True
    one, other = rewrite(first.spec, named), rewrite(second.spec, named)
    return one.identity() == other.identity()


def _plain(value: Value) -> bool:
    text = value.shell()
    odd = value.unknowns or value.outputs or any(isinstance(part, Glob) for part in value.parts)
    return not odd and "\n" not in text and 0 < len(text) <= _LONGEST

"""Reaches every value inside specs, guards, contexts and tuples of them, to read it or to put another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

import msgspec

from converter.model.resource import Resource
from converter.model.trace import AnyOf, Context, Guard, Test
from converter.model.value import Part, Value, Variable

T = TypeVar("T")
Change = Callable[[Value], Value]
# Objects that many others hold; each is looked at once.
_SHARED = (Test, Context)
PartChange = Callable[[Part], Part | Value]


def rewrite(thing: T, change: Change) -> T:
    """The thing with every value in it changed; the very same object where nothing changes."""
    return _rewritten(thing, change, {})


def _rewritten(thing: T, change: Change, done: dict[int, tuple[object, object]]) -> T:
    if isinstance(thing, Value):
        return cast(T, change(thing))
    if isinstance(thing, tuple):
        items = tuple(_rewritten(item, change, done) for item in thing)
        return cast(T, items) if any(new is not old for new, old in zip(items, thing, strict=True)) else thing
    if isinstance(thing, _SHARED):
        known = done.get(id(thing))
        if known is None:
            known = done[id(thing)] = (thing, _fields(thing, change, done))
        return cast(T, known[1])
    return cast(T, _fields(thing, change, done)) if isinstance(thing, msgspec.Struct) else thing


def _fields(thing: msgspec.Struct, change: Change, done: dict[int, tuple[object, object]]) -> msgspec.Struct:
    changed = {}
    for field in thing.__struct_fields__:
        old = getattr(thing, field)
        new = _rewritten(old, change, done) if isinstance(old, Value | tuple | msgspec.Struct) else old
        if new is not old:
            changed[field] = new
    return msgspec.structs.replace(thing, **changed) if changed else thing


def with_tests(resource: Resource, change: Callable[[Test], Test]) -> Resource:
    """The resource with each of its tests changed, also those inside alternatives."""

    def guard(tests: Guard) -> Guard:
        return tuple(map(test, tests))

    def test(found: Test) -> Test:
        if isinstance(found.subject, AnyOf):
            alternatives = tuple(map(guard, found.subject.alternatives))
            found = msgspec.structs.replace(found, subject=AnyOf(alternatives=alternatives))
        return change(found)

    spec = resource.spec
    condition = getattr(spec, "condition", None)
    if isinstance(condition, tuple):
        spec = msgspec.structs.replace(spec, condition=guard(condition))
    return msgspec.structs.replace(resource, spec=spec, guard=guard(resource.guard), asks=guard(resource.asks))


def values(thing: object, seen: set[int] | None = None) -> Iterator[Value]:
    """Every value inside the thing, in the order of its fields; what several parts share comes once."""
    seen = set() if seen is None else seen
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from values(item, seen)
    elif isinstance(thing, msgspec.Struct):
        if isinstance(thing, _SHARED):
            if id(thing) in seen:
                return
            seen.add(id(thing))
        for field in thing.__struct_fields__:
            inner = getattr(thing, field)
            if isinstance(inner, Value | tuple | msgspec.Struct):
                yield from values(inner, seen)


class Names:
    """The names of the variables in things, remembered for the conditions that many resources share."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, frozenset[str]]] = {}

    def of(self, thing: object) -> frozenset[str]:
        """The names in a thing."""
        if isinstance(thing, Value):
            return frozenset(variable.name for variable in thing.variables) if thing.parts else frozenset()
        if isinstance(thing, _SHARED):
            known = self._known.get(id(thing))
            if known is None:
                known = self._known[id(thing)] = (thing, self._inside(thing))
            return known[1]
        return self._inside(thing)

    def _inside(self, thing: object) -> frozenset[str]:
        if isinstance(thing, tuple):
            return frozenset().union(*map(self.of, thing)) if thing else frozenset()
        if isinstance(thing, msgspec.Struct):
            return frozenset().union(*(self.of(getattr(thing, field)) for field in thing.__struct_fields__))
        return frozenset()


def deep(value: Value, change: PartChange) -> Value:
    """The value with every part changed, first those inside variables, then those around them."""
    if not any(isinstance(part, Variable) for part in value.parts):
        new = value.map(change)
    else:
        new = value.map(lambda part: change(_inside(part, change)))
    return value if new == value else new


def _inside(part: Part, change: PartChange) -> Part:
    if isinstance(part, Variable) and part.value is not None:
        return msgspec.structs.replace(part, value=deep(part.value, change))
    return part

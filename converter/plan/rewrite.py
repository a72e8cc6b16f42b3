"""Reaches every value inside specs, guards, contexts and tuples of them, to read it or to put another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

import msgspec

from converter.model.value import Part, Value, Variable

T = TypeVar("T")
Change = Callable[[Value], Value]
PartChange = Callable[[Part], Part | Value]


def rewrite(thing: T, change: Change) -> T:
    """The thing with every value in it changed; the very same object where nothing changes."""
    if isinstance(thing, Value):
        return cast(T, change(thing))
    if isinstance(thing, tuple):
        items = tuple(rewrite(item, change) for item in thing)
        return cast(T, items) if any(new is not old for new, old in zip(items, thing, strict=True)) else thing
    if isinstance(thing, msgspec.Struct):
        changed = {}
        for field in thing.__struct_fields__:
            old = getattr(thing, field)
            new = rewrite(old, change) if isinstance(old, Value | tuple | msgspec.Struct) else old
            if new is not old:
                changed[field] = new
        return msgspec.structs.replace(thing, **changed) if changed else thing
    return thing


def values(thing: object) -> Iterator[Value]:
    """Every value inside the thing, in the order of its fields."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from values(item)
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            inner = getattr(thing, field)
            if isinstance(inner, Value | tuple | msgspec.Struct):
                yield from values(inner)


def deep(value: Value, change: PartChange) -> Value:
    """The value with every part changed, first those inside variables, then those around them."""
    if not any(isinstance(part, Variable) for part in value.parts):
        new = value.map(change)
    else:
        new = value.map(lambda part: change(_inside(part, change)))
    return value if new == value else new


def _inside(part: Part, change: PartChange) -> Part:
    if isinstance(part, Variable) and part.value is not None:
        return Variable(part.name, deep(part.value, change))
    return part

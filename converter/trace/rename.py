"""Variables inside steps: which there are, and the author's name for those that got one later."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from converter.model.trace import Step
from converter.model.value import Part, Value, Variable


def renamed(step: Step, names: dict[str, str]) -> Step:
    """The step with `arg1` called as the author calls it."""
    if not names:
        return step
    fields = {name: _changed(getattr(step, name), names) for name in step.__struct_fields__}
    return msgspec.structs.replace(step, **fields)


def _changed(thing: object, names: dict[str, str]) -> object:
    if isinstance(thing, Value):
        return _value(thing, names)
    if isinstance(thing, tuple):
        return tuple(_changed(inner, names) for inner in thing)
    if isinstance(thing, msgspec.Struct):
        fields = {name: _changed(getattr(thing, name), names) for name in thing.__struct_fields__}
        return msgspec.structs.replace(thing, **fields)
    return thing


def _value(value: Value, names: dict[str, str]) -> Value:
    return value.map(lambda part: _named(part, names))


def _named(part: Part, names: dict[str, str]) -> Part:
    if isinstance(part, Variable):
        inner = _value(part.value, names) if part.value is not None else None
        return Variable(names.get(part.name, part.name), inner)
    return part


def names_in(things: Iterable[object]) -> set[str]:
    """The names of all variables in the steps, through every field; what several steps share is entered once."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Value):
            names.update(part.name for part in thing.walk() if isinstance(part, Variable))
        elif isinstance(thing, tuple):
            waiting.extend(thing)
        elif isinstance(thing, msgspec.Struct) and id(thing) not in seen:
            seen.add(id(thing))
            waiting.extend(getattr(thing, field) for field in thing.__struct_fields__)
    return names

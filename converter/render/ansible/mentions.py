"""The variables that a piece of the plan mentions, through all of its fields."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.model.value import Value


def names_of(thing: object) -> Iterator[str]:
    """Their names, also of variables inside other variables."""
    return (part.name for value in values_of(thing) for part in value.variables)


def texts_of(thing: object) -> Iterator[str]:
    """The values in it as a person would read them."""
    return (value.shell() for value in values_of(thing))


def values_of(thing: object) -> Iterator[Value]:
    """The values in it."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from values_of(inner)
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            yield from values_of(getattr(thing, field))

"""The variables that a piece of the plan mentions, through all of its fields."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.model.value import Value


def names_of(thing: object) -> Iterator[str]:
    """Their names, also of variables inside other variables."""
    if isinstance(thing, Value):
        for part in thing.variables:
            yield part.name
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from names_of(inner)
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            yield from names_of(getattr(thing, field))


def texts_of(thing: object) -> Iterator[str]:
    """The values in it as a person would read them."""
    if isinstance(thing, Value):
        yield thing.shell()
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from texts_of(inner)
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            yield from texts_of(getattr(thing, field))

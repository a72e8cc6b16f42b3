"""What the drawing of a deployment is made of: places, and the stops of a change on its way."""

from __future__ import annotations

import msgspec


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """A place, with notes such as the addresses of its hosts."""

    name: str
    notes: tuple[str, ...] = ()


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at one place, until it goes on elsewhere; `place` counts from 0."""

    place: int
    title: str
    names: tuple[str, ...] = ()
    on_request: bool = False


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The places, and the stops in their order."""

    places: tuple[Where, ...]
    stops: tuple[Stop, ...]

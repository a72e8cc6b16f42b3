"""Mode, owner and group of a path: how they are set again later, and what that can't be said of."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from converter.model.resource import Spec
from converter.model.value import Value

S = TypeVar("S", bound=Spec)
NAMES = ("mode", "owner", "group")


def onto(spec: S, later: Spec) -> S | None:
    """The spec with the attributes that a later chmod or chown gives the same path.

    A recursive change reaches what is inside, a pattern what it matches, so neither is part of one path's spec."""
    if later.kind != "file_attributes":
        return None
    said = msgspec.structs.asdict(later)
    if said["recurse"] or not said["follow"] or said["path"].has_glob:
        return None
    return joined(spec, later)


def joined(spec: S, later: Spec) -> S | None:
    """The spec with what `later` says of mode, owner and group; None where the two modes can't be said as one."""
    before, after = msgspec.structs.asdict(spec), msgspec.structs.asdict(later)
    changes = {name: after[name] for name in NAMES if after.get(name) is not None}
    old, new = before["mode"], changes.get("mode")
    if old is not None and new is not None:
        mode = combined(old, new)
        if mode is None:
            return None
        changes["mode"] = mode
    elif old is not None and changes and special(old):
        return None
    return msgspec.structs.replace(spec, **changes)


def under(spec: S, earlier: Spec) -> S:
    """The spec with the attributes that `earlier` gave its path, where it says nothing of its own."""
    before, after = msgspec.structs.asdict(earlier), msgspec.structs.asdict(spec)
    return msgspec.structs.replace(spec, **{name: before[name] for name in NAMES if after[name] is None})


def combined(old: Value, new: Value) -> Value | None:
    """One mode that ends as `chmod old` followed by `chmod new`."""
    if old == new or absolute(new):
        return new
    if absolute(old) or old.text is None or new.text is None:
        return None
    return Value.of(f"{old.text},{new.text}")


def absolute(mode: Value) -> bool:
    """Whether the mode says all bits, so that what was before does not matter.

    A directory keeps setuid and setgid under a mode of three or four digits, in chmod as in Ansible's file module."""
    return mode.text is not None and re.fullmatch(r"0?[0-7]{3,4}", mode.text) is not None


def special(mode: Value) -> bool:
    """Whether the mode has setuid or setgid, which a later chown would clear from a file."""
    return mode.text is None or re.fullmatch(r"0?0?[0-7]{3}|[ugoa]*[+-][rwxX]+", mode.text) is None

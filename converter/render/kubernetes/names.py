"""Names in a cluster's form: labels of DNS for objects, keys for what config maps and secrets hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from converter.model.value import Glob, Literal, Value, Variable

# A label has 63 letters at most; what is made of a name (`-config`, `-public`) has to fit too.
_LONGEST = 50
_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def label(text: str) -> str:
    """Lower case letters, digits and `-`, beginning with a letter and not ending with `-`."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    named = plain if plain[:1].isalpha() else f"n-{plain}" if plain else "app"
    return named[:_LONGEST].strip("-")


def is_label(text: str) -> bool:
    """Whether a cluster can have it for a name as it is."""
    return re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", text) is not None


def said(value: Value) -> str:
    """What a name is in every environment: its text, or where variables are in it, the rest of it."""
    own = "".join(part.text if isinstance(part, Literal | Glob) else " " for part in value.parts)
    if re.search(r"[A-Za-z]", own):
        return own
    named = " ".join(part.name for part in value.parts if isinstance(part, Variable))
    return value.text or named or "app"


def key(text: str) -> str:
    """A key of a config map or a secret, and the name of a variable: the author's, where it can be one."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", text)
    return f"ARGUMENT_{plain}" if plain[:1].isdigit() else plain or "VALUE"


def is_key(text: str) -> bool:
    """Whether a config map can hold it under that name."""
    return _KEY.fullmatch(text) is not None and len(text) <= 253


def is_variable(text: str) -> bool:
    """Whether `$(NAME)` can name it."""
    return _VARIABLE.fullmatch(text) is not None


class Unique:
    """Gives each thing a name that no other has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def name(self, wanted: str) -> str:
        """The wanted name, with a number behind it where it is taken."""
        free, count = wanted, 1
        while free in self._taken:
            count += 1
            free = f"{wanted}-{count}"
        self._taken.add(free)
        return free

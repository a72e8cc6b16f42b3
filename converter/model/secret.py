"""A secret with its value: never part of a plan, never written but by an export that was asked for."""

from __future__ import annotations

import msgspec

from converter.model.source import Span


class FoundSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of the script. `forms` are the ways it is written; a `weak` one is too ordinary a word to be replaced
    wherever it stands, so `before` says what stands before it where it is the secret. `variable` is its name in the
    manifests, `environments` are those in which it is used, where the script knows several. A `doubtful` one only looks
    like a secret."""

    name: str
    value: str
    forms: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    weak: bool = False
    before: tuple[str, ...] = ()
    variable: str = ""
    environments: tuple[str, ...] = ()
    doubtful: bool = False

    def __repr__(self) -> str:
        """Without the value, so that no message and no log can hold it."""
        return f"FoundSecret({self.name})"

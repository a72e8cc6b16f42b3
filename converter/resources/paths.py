"""Paths as identities: two spellings of one place are one thing."""

from __future__ import annotations

from converter.model.value import Value


def place(path: Value) -> str:
    """The key of a path, without a slash at its end."""
    return path.key().rstrip("/") or "/"


def same(left: Value, right: Value) -> bool:
    """Whether both are the same path, as far as the text tells."""
    return place(left) == place(right)


def name(path: Value) -> str:
    """The last part of a path, for people."""
    return path.shell().rstrip("/").rpartition("/")[2] or "/"

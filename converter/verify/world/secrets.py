"""What stands for the secrets of a script in a world."""

from __future__ import annotations


def dummy(name: str) -> str:
    """The value of a secret there."""
    return f"dummy-{name.lower()}"

"""The error by which an expression says that its rule does not fit after all."""

from __future__ import annotations


class UnsuitedError(Exception):
    """The rule needs a text that is known, or of a certain form, and it is not."""

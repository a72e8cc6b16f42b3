"""The errors of expressions: the command does not suit the rule, or the rule itself is wrong."""

from __future__ import annotations


class UnsuitedError(Exception):
    """The rule needs a text that is known, or of a certain form, and it is not."""


class ExpressionError(ValueError):
    """No command can make the expression right: it is no expression, or it uses a name that there is not."""

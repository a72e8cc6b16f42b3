"""The output of a command, kept in a variable."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Capture(Spec, frozen=True, kw_only=True):
    """`X=$(source)`; `changes` tells that the command does more than look, `strict` that the script ends where it
    fails, `pipefail` that a pipe fails where any part of it does."""

    kind: ClassVar[str] = "capture"

    variable: str
    source: Value
    changes: bool = False
    strict: bool = False
    pipefail: bool = False

    def identity(self) -> str:
        """The variable."""
        return f"output:{self.variable}"

    def summary(self) -> str:
        """`Find out RELEASE`."""
        return f"Find out {self.variable}"

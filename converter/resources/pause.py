"""A fixed time that is waited."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Pause(Spec, frozen=True, kw_only=True):
    """`sleep seconds`."""

    kind: ClassVar[str] = "pause"

    seconds: Value

    def identity(self) -> str:
        """How long."""
        return f"pause:{self.seconds.key()}"

    def summary(self) -> str:
        """`Wait 5 seconds`."""
        return f"Wait {self.seconds.shell()} {'second' if self.seconds.text == '1' else 'seconds'}"

"""A condition that must hold, or the run ends with a message."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Guard
from converter.model.value import Value


class Assertion(Spec, frozen=True, kw_only=True):
    """`if [ ! -f .env ]; then echo message; exit 1; fi`: `condition` is what has to hold."""

    kind: ClassVar[str] = "assertion"

    condition: Guard
    message: Value

    def identity(self) -> str:
        """The evaluations of its tests."""
        return f"assert:{'+'.join(test.id for test in self.condition) or self.message.key()}"

    def label(self) -> str:
        """What is said when it fails."""
        return self.message.key() or self.identity().partition(":")[2]

    def summary(self) -> str:
        """`Make sure that .env exists`, from the message."""
        message = " ".join(self.message.shell().split())
        return f"Stop on: {message}" if message else "Stop where the script would"

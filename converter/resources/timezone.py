"""The time zone of the host."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Timezone(Spec, frozen=True, kw_only=True):
    """`timedatectl set-timezone name`."""

    kind: ClassVar[str] = "timezone"

    name: Value

    def identity(self) -> str:
        """There is one a host."""
        return "timezone:"

    def summary(self) -> str:
        """`Set the time zone to Europe/Berlin`."""
        return f"Set the time zone to {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The last one said counts."""
        return later if isinstance(later, Timezone) else None

"""A restart of the whole machine."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Reboot(Spec, frozen=True, kw_only=True):
    """`reboot`; `delay` in seconds."""

    kind: ClassVar[str] = "reboot"

    delay: Value | None = None
    message: Value | None = None

    def identity(self) -> str:
        """There is one a host."""
        return "reboot:"

    def summary(self) -> str:
        """`Restart the machine`."""
        return "Restart the machine"

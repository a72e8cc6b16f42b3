"""The name of the host."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Hostname(Spec, frozen=True, kw_only=True):
    """`hostnamectl set-hostname name`."""

    kind: ClassVar[str] = "hostname"

    name: Value

    def identity(self) -> str:
        """There is one a host."""
        return "hostname:"

    def summary(self) -> str:
        """`Name the host web1`."""
        return f"Name the host {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The last one said counts."""
        return later if isinstance(later, Hostname) else None

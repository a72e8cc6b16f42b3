"""A package that stays at its version."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class PackageHold(Spec, frozen=True, kw_only=True):
    """`apt-mark hold name`; `state` is held or free."""

    kind: ClassVar[str] = "package_hold"

    name: Value
    state: str = "held"

    def identity(self) -> str:
        """The package."""
        return f"hold:{self.name.key()}"

    def label(self) -> str:
        """The package."""
        return self.name.key()

    def summary(self) -> str:
        """`Hold docker-ce at its version`."""
        return f"Hold {self.name.shell()} at its version" if self.state == "held" else f"Let {self.name.shell()} change"

    def fold(self, later: Spec) -> Spec | None:
        """The last one said counts."""
        return later if isinstance(later, PackageHold) else None

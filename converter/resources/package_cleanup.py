"""Packages that nothing needs any more, or downloaded package files, removed."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec


class PackageCleanup(Spec, frozen=True, kw_only=True):
    """`apt-get autoremove`, `clean` or `autoclean`, as `what` says."""

    kind: ClassVar[str] = "package_cleanup"

    manager: str = "apt"
    what: str = "autoremove"
    purge: bool = False

    def identity(self) -> str:
        """The manager and what is cleaned."""
        return f"cleanup:{self.manager}:{self.what}"

    def summary(self) -> str:
        """`Remove packages that are no longer needed`."""
        if self.what == "autoremove":
            return "Remove packages that are no longer needed"
        return f"Clean the package cache of {self.manager}"

    def fold(self, later: Spec) -> Spec | None:
        """Cleaned again."""
        if not isinstance(later, PackageCleanup):
            return None
        return msgspec.structs.replace(self, purge=self.purge or later.purge)

"""The lists of packages that can be installed, refreshed."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.resources.package import Package
from converter.resources.package_upgrade import PackageUpgrade


class PackageCache(Spec, frozen=True, kw_only=True):
    """`apt-get update`."""

    kind: ClassVar[str] = "package_cache"

    manager: str = "apt"

    def identity(self) -> str:
        """The manager."""
        return f"cache:{self.manager}"

    def summary(self) -> str:
        """`Refresh the package lists of apt`."""
        return f"Refresh the package lists of {self.manager}"

    def fold(self, later: Spec) -> Spec | None:
        """Refreshed again, or an option of the packages that follow."""
        if isinstance(later, PackageCache):
            return self if later.manager == self.manager else None
        if isinstance(later, Package | PackageUpgrade) and later.manager == self.manager:
            return msgspec.structs.replace(later, update_cache=True)
        return None

"""All packages of the system brought to their newest versions."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec


class PackageUpgrade(Spec, frozen=True, kw_only=True):
    """`apt-get upgrade`; `mode` is safe (nothing is removed), full or dist."""

    kind: ClassVar[str] = "package_upgrade"

    manager: str = "apt"
    mode: str = "safe"
    update_cache: bool = False

    def identity(self) -> str:
        """The manager."""
        return f"upgrade:{self.manager}"

    def summary(self) -> str:
        """`Upgrade the installed packages`."""
        return "Upgrade the installed packages"

    def fold(self, later: Spec) -> Spec | None:
        """Upgraded again in the same way."""
        if not isinstance(later, PackageUpgrade) or later.mode != self.mode:
            return None
        return msgspec.structs.replace(self, update_cache=self.update_cache or later.update_cache)

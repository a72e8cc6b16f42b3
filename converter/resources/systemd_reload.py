"""The unit files that systemd knows, read again."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.resources.service import Service


class SystemdReload(Spec, frozen=True, kw_only=True):
    """`systemctl daemon-reload`."""

    kind: ClassVar[str] = "systemd_reload"

    user_scope: bool = False

    def identity(self) -> str:
        """There is one systemd a host, and one a user."""
        return "systemd:user" if self.user_scope else "systemd:system"

    def summary(self) -> str:
        """`Read the unit files again`."""
        return "Read the unit files again"

    def fold(self, later: Spec) -> Spec | None:
        """Read again once more, or a property of the service that is started next."""
        if isinstance(later, SystemdReload) and later == self:
            return self
        if isinstance(later, Service) and later.user_scope == self.user_scope:
            return msgspec.structs.replace(later, daemon_reload=True)
        return None

"""A rule of firewalld."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.value import Value


class FirewalldRule(Spec, frozen=True, kw_only=True):
    """`firewall-cmd --permanent --add-service=http`; exactly one of service, port, source, rich_rule, masquerade,
    interface."""

    kind: ClassVar[str] = "firewalld_rule"

    service: Value | None = None
    port: Value | None = None
    source: Value | None = None
    rich_rule: Value | None = None
    interface: Value | None = None
    masquerade: bool = False
    zone: Value | None = None
    permanent: bool = False
    immediate: bool = True
    state: str = "enabled"

    def identity(self) -> str:
        """What it opens and in which zone."""
        zone = self.zone.key() if self.zone else ""
        return f"firewalld:{zone}:{self._what()}"

    def label(self) -> str:
        """`service http`."""
        return self._what()

    def summary(self) -> str:
        """`Open service http in firewalld`."""
        return f"{'Open' if self.state == 'enabled' else 'Close'} {self._what()} in firewalld"

    def fold(self, later: Spec) -> Spec | None:
        """Now and for ever: both with one rule."""
        if not isinstance(later, FirewalldRule) or later.state != self.state:
            return None
        permanent, immediate = self.permanent or later.permanent, self.immediate or later.immediate
        both = msgspec.structs.replace(self, permanent=permanent, immediate=immediate)
        return both if msgspec.structs.replace(later, permanent=permanent, immediate=immediate) == both else None

    def _what(self) -> str:
        for name in ("service", "port", "source", "interface", "rich_rule"):
            value = getattr(self, name)
            if value is not None:
                return f"{name} {value.key()}".replace("_", " ")
        return "masquerade"

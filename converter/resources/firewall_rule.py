"""A rule of ufw."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class FirewallRule(Spec, frozen=True, kw_only=True):
    """`ufw allow 22/tcp`; `rule` is allow, deny, limit or reject, `direction` in, out or '' for in, `app` a profile
    by name."""

    kind: ClassVar[str] = "firewall_rule"

    rule: str
    port: Value | None = None
    proto: Value | None = None
    source: Value | None = None
    source_port: Value | None = None
    destination: Value | None = None
    direction: str = ""
    app: Value | None = None
    delete: bool = False
    interface: Value | None = None
    comment: Value | None = None
    insert: Value | None = None
    route: bool = False
    log: bool = False

    def identity(self) -> str:
        """All that it says about the packets that it is for."""
        return f"ufw:{self.label()}"

    def label(self) -> str:
        """`allow 22/tcp from 10.0.0.0/8`."""
        words = [self.rule, self.direction, self.interface.key() if self.interface else ""]
        port = self.app or self.port
        proto = f"/{self.proto.key()}" if self.proto else ""
        words.append(f"{port.key() if port else ''}{proto}")
        if self.source:
            words.append(f"from {self.source.key()}")
        if self.source_port:
            words.append(f"port {self.source_port.key()}")
        if self.destination:
            words.append(f"to {self.destination.key()}")
        return " ".join(filter(None, words)) + (" routed" if self.route else "")

    def summary(self) -> str:
        """`Allow 22/tcp in the firewall`."""
        if self.delete:
            return f"Delete the firewall rule {self.label()}"
        label = self.label()
        return f"{label[:1].upper()}{label[1:]} in the firewall"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

"""ufw as a whole: on or off, and what it does with packets that no rule is for."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.resources import looking


class Firewall(Spec, frozen=True, kw_only=True):
    """`ufw enable`, `ufw default deny incoming`; `state` is enabled, disabled, reset, reloaded or unchanged;
    `policy` holds
    pairs of a direction (incoming, outgoing, routed) and allow, deny or reject."""

    kind: ClassVar[str] = "firewall"

    state: str = "unchanged"
    policy: tuple[tuple[str, str], ...] = ()
    logging: str = ""

    def identity(self) -> str:
        """There is one a host."""
        return "ufw:"

    def summary(self) -> str:
        """`Enable the firewall`."""
        verbs = {"enabled": "Enable", "disabled": "Disable", "reset": "Reset", "reloaded": "Reload"}
        if self.state in verbs:
            return f"{verbs[self.state]} the firewall"
        said = " and ".join(f"{rule} {direction}" for direction, rule in self.policy)
        return f"{said.capitalize()} packets by default" if said else "Set the logging of the firewall"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """Nothing in a form that guards ask for."""
        return looking.succeeds(True, "ufw", "status") if self.state == "enabled" else ()

    def fold(self, later: Spec) -> Spec | None:
        """Another policy; enabling stays apart, since rules that keep the login open must come before it."""
        if not isinstance(later, Firewall) or self.state != "unchanged" or later.state != "unchanged":
            return self if later == self else None
        policy = tuple(({**dict(self.policy), **dict(later.policy)}).items())
        return msgspec.structs.replace(self, policy=policy, logging=later.logging or self.logging)

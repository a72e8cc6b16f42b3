"""A service that the init system runs."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking

# What two states of one service come to. Stopping and starting again around other work is never one state, nor is a
# reload with a start: the reload becomes a handler, which need not run.
TOGETHER = {
    ("started", "restarted"): "restarted",
    ("restarted", "started"): "restarted",
    ("reloaded", "restarted"): "restarted",
}


class Service(Spec, frozen=True, kw_only=True):
    """`systemctl start name`; `state` is started, stopped, restarted, reloaded or unchanged, `daemon_reload` reads
    units first."""

    kind: ClassVar[str] = "service"

    name: Value
    state: str = "unchanged"
    enabled: bool | None = None
    masked: bool | None = None
    daemon_reload: bool = False
    user_scope: bool = False

    def identity(self) -> str:
        """Its name, without `.service`."""
        return f"service:{self.name.key().removesuffix('.service')}"

    def summary(self) -> str:
        """`Enable and start nginx`."""
        verbs = {"started": "start", "stopped": "stop", "restarted": "restart", "reloaded": "reload"}
        words = [] if self.masked is None else ["mask" if self.masked else "unmask"]
        words += [] if self.enabled is None else ["enable" if self.enabled else "disable"]
        words += [verbs[self.state]] if self.state in verbs else []
        said = " and ".join(words) or "look at"
        return f"{said.capitalize()} {self.name.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`systemctl is-active` and `is-enabled` say so, where applying it again does nothing."""
        if self.state in ("started", "stopped"):
            active = self.state == "started"
            status = looking.succeeds(active, "systemctl", "status", self.name)
            return self._asked("is-active", active) + status + looking.succeeds(active, "service", self.name, "status")
        return () if self.enabled is None else self._asked("is-enabled", self.enabled)

    def fold(self, later: Spec) -> Spec | None:
        """Enabled and started, started and restarted: one service."""
        if not isinstance(later, Service) or later.user_scope != self.user_scope or later.daemon_reload:
            return None
        state = self._with(later.state)
        if state is None or (self.masked is not None and later.masked not in (None, self.masked)):
            return None
        return msgspec.structs.replace(
            self,
            state=state,
            enabled=self.enabled if later.enabled is None else later.enabled,
            masked=self.masked if later.masked is None else later.masked,
        )

    def _with(self, state: str) -> str | None:
        if state in ("unchanged", self.state):
            return self.state
        return state if self.state == "unchanged" else TOGETHER.get((self.state, state))

    def _asked(self, verb: str, truth: bool) -> looking.Holds:
        user = ("--user",) if self.user_scope else ()
        ways = ((verb,), (verb, "--quiet"), (verb, "-q"))
        return tuple(test for way in ways for test in looking.succeeds(truth, "systemctl", *user, *way, self.name))

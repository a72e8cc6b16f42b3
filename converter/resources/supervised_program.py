"""A program that supervisord runs."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking


class SupervisedProgram(Spec, frozen=True, kw_only=True):
    """`supervisorctl restart name`; `state` is started, stopped, restarted or present; `name:*` is a whole group."""

    kind: ClassVar[str] = "supervised_program"

    name: Value
    state: str = "started"
    config: Value | None = None

    def identity(self) -> str:
        """Its name."""
        return f"supervisor:{self.name.key()}"

    def summary(self) -> str:
        """`Restart the supervised program worker`."""
        verbs = {"started": "Start", "stopped": "Stop", "restarted": "Restart", "present": "Load"}
        return f"{verbs[self.state]} the supervised program {self.name.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`supervisorctl status` finds it running, where starting it again does nothing."""
        return looking.succeeds(True, "supervisorctl", "status", self.name) if self.state == "started" else ()

    def fold(self, later: Spec) -> Spec | None:
        """Loaded, then started; started, then restarted."""
        if not isinstance(later, SupervisedProgram) or later.config != self.config:
            return None
        if later.state in ("present", self.state):
            return self
        if self.state == "present" or (self.state, later.state) == ("started", "restarted"):
            return later
        if (self.state, later.state) == ("restarted", "started"):
            return msgspec.structs.replace(self)
        return None

"""A process that pm2 keeps running."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.value import Value

_VERBS = {"restarted": "Restart", "reloaded": "Reload", "stopped": "Stop", "absent": "Remove"}


class Pm2Process(Spec, frozen=True, kw_only=True):
    """`ecosystem` is a file that lists processes; `options` are those of pm2, `arguments` those of the program."""

    kind: ClassVar[str] = "pm2_process"

    name: Value
    script: Value | None = None
    state: str = "started"
    ecosystem: Value | None = None
    arguments: tuple[Value, ...] = ()
    options: tuple[Value, ...] = ()
    cwd: Value

    def identity(self) -> str:
        """Its name."""
        return f"pm2:{self.name.key()}"

    def summary(self) -> str:
        """`Restart shop in pm2`."""
        return f"{_VERBS.get(self.state, 'Start')} {self.name.shell()} in pm2"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice; stopped and started is restarted; what is restarted is started where it is not
        there, if it is known how."""
        if later == self or not isinstance(later, Pm2Process) or later.cwd != self.cwd:
            return self if later == self else None
        again = later.state in ("restarted", "reloaded") and later.arguments == () == later.options
        if self.state == "started" and again:
            return msgspec.structs.replace(self, state="start_or_reload" if self.ecosystem else later.state)
        by_name = (
            later.script in (None, self.name) and later.ecosystem is None and later.arguments == () == later.options
        )
        if self.state == "stopped" and later.state == "started" and by_name:
            return msgspec.structs.replace(later, state="restarted")
        return None

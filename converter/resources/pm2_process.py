"""A process that pm2 keeps running."""

from __future__ import annotations

from typing import ClassVar

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
        """The same thing said twice."""
        return self if later == self else None

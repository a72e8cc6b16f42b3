"""The configuration of supervisord, read again."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class SupervisorUpdate(Spec, frozen=True, kw_only=True):
    """`supervisorctl reread` and `supervisorctl update`; `apply` is what `update` adds: programs are started and
    stopped."""

    kind: ClassVar[str] = "supervisor_update"

    apply: bool = True
    config: Value | None = None

    def identity(self) -> str:
        """There is one supervisord a host."""
        return "supervisor-config:"

    def summary(self) -> str:
        """`Load the changed supervisor configuration`."""
        return "Load the changed supervisor configuration"

    def fold(self, later: Spec) -> Spec | None:
        """Read again, then applied."""
        if not isinstance(later, SupervisorUpdate) or later.config != self.config:
            return None
        return later if later.apply else self

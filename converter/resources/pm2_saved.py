"""What pm2 starts after a reboot."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec


class Pm2Saved(Spec, frozen=True, kw_only=True):
    """`pm2 save`, or `pm2 startup`."""

    kind: ClassVar[str] = "pm2_saved"

    startup: bool = False

    def identity(self) -> str:
        """There is one list."""
        return "pm2-dump:startup" if self.startup else "pm2-dump:list"

    def summary(self) -> str:
        """`Save the processes of pm2`."""
        return "Let pm2 start at boot" if self.startup else "Save the processes of pm2"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

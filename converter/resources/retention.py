"""The newest entries of a directory, of which the older ones are thrown away."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import paths


class Retention(Spec, frozen=True, kw_only=True):
    """`ls -1dt path/* | tail -n +6 | xargs rm -rf` keeps 5 of them; `newest` is told by time or by name, `what` is any
    entry or only directories. Without `recursive` a directory that is too old stays."""

    kind: ClassVar[str] = "retention"

    path: Value
    keep: Value
    pattern: str = "*"
    newest: str = "time"
    what: str = "any"
    recursive: bool = True

    def identity(self) -> str:
        """The directory and which of its entries."""
        return f"entries:{paths.place(self.path)}/{self.pattern}"

    def summary(self) -> str:
        """`Keep the newest 5 of /srv/app/releases`."""
        what = self.path.shell() if self.pattern == "*" else f"{self.path.shell()}/{self.pattern}"
        return f"Keep the newest {self.keep.shell()} of {what}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

"""Text in a file that takes the place of other text."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import paths


class Replacement(Spec, frozen=True, kw_only=True):
    """`sed -i s/pattern/replacement/g path`; both in the syntax of Python's `re`, `^` and `$` at every line."""

    kind: ClassVar[str] = "replacement"

    path: Value
    pattern: Value
    replacement: Value

    def identity(self) -> str:
        """The file and the pattern."""
        return f"replace:{paths.place(self.path)}:{self.pattern.key()}"

    def summary(self) -> str:
        """`Replace text in /etc/ssh/sshd_config`."""
        return f"Replace text in {self.path.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """Nothing but the very same: what the first one wrote may be what the second one finds."""
        return self if later == self else None

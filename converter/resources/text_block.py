"""Several lines in a file."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class TextBlock(Spec, frozen=True, kw_only=True):
    """`cat >> path <<EOF`; `create` makes a missing file."""

    kind: ClassVar[str] = "text_block"

    path: Value
    block: Value
    create: bool = False

    def identity(self) -> str:
        """The file and the first line of the block that says something."""
        first = next((line for line in self.block.key().splitlines() if line.strip()), "")
        return f"block:{paths.place(self.path)}:{first}"

    def summary(self) -> str:
        """`Add lines to /etc/hosts`."""
        return f"Add lines to {self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`grep` finds each of its lines."""
        lines = [Value.of(line) for line in (self.block.text or "").splitlines() if line.strip()]
        flags = ("-q", "-qF", "-qx", "-qxF", "-Fxq", "-qFx")
        return tuple(t for line in lines for f in flags for t in looking.succeeds(True, "grep", f, line, self.path))

    def fold(self, later: Spec) -> Spec | None:
        """The same block again."""
        return self if isinstance(later, TextBlock) and later.block == self.block else None

"""What a makefile makes."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class MakeTarget(Spec, frozen=True, kw_only=True):
    """`make targets NAME=value` in `path`; without targets, what the makefile has first."""

    kind: ClassVar[str] = "make_target"

    path: Value
    targets: tuple[Value, ...] = ()
    variables: tuple[tuple[str, Value], ...] = ()
    file: Value | None = None
    jobs: Value | None = None

    def identity(self) -> str:
        """The makefile and its targets."""
        return f"make:{self.path.key()}:{' '.join(target.key() for target in self.targets)}"

    def summary(self) -> str:
        """`Make release`."""
        return f"Make {' '.join(target.shell() for target in self.targets) or 'what the makefile has first'}"

    def label(self) -> str:
        """The targets."""
        return " ".join(target.key() for target in self.targets) or self.path.key()

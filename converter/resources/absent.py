"""A path where nothing is."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class Absent(Spec, frozen=True, kw_only=True):
    """`rm path`; a pattern means all that it matches, `recursive` also directories with what is inside."""

    kind: ClassVar[str] = "absent"

    path: Value
    recursive: bool = False

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Remove /tmp/build`."""
        return f"Remove {self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """Nothing is there."""
        return () if self.path.has_glob else looking.nothing_at(self.path)

    def fold(self, later: Spec) -> Spec | None:
        """Removed again."""
        if not isinstance(later, Absent) or later.path != self.path:
            return None
        return Absent(path=self.path, recursive=self.recursive or later.recursive)

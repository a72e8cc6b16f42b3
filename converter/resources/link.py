"""A link to another path."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class Link(Spec, frozen=True, kw_only=True):
    """`ln -s target path`; `force` replaces what is there."""

    kind: ClassVar[str] = "link"

    path: Value
    target: Value
    symbolic: bool = True
    force: bool = False

    def identity(self) -> str:
        """Where the link is."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Link /var/www/current to /srv/releases/1`."""
        return f"Link {self.path.shell()} to {self.target.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """A link is there, and through it what it points to."""
        if not self.symbolic:
            return looking.at(self.path, exists=True, file=True)
        return looking.at(self.path, exists=True, link=True, file=True, directory=True)

    def fold(self, later: Spec) -> Spec | None:
        """Linked again, to another target if it may replace the first."""
        if not isinstance(later, Link) or later.symbolic != self.symbolic:
            return None
        return later if later.force or later.target == self.target else None

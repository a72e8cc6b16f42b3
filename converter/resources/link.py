"""A link to another path."""

from __future__ import annotations

from typing import ClassVar

from converter.model.paths import directory_of
from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths
from converter.resources.file_move import FileMove


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
        """Linked again, to another target if it may replace the first; or made beside a link that it then replaces."""
        if isinstance(later, FileMove):
            return self._moved(later)
        if not isinstance(later, Link) or later.symbolic != self.symbolic:
            return None
        return later if later.force or later.target == self.target else None

    def _moved(self, move: FileMove) -> Link | None:
        beside = directory_of(self.path) == directory_of(move.dest)
        if not move.exact or not self.symbolic or move.src != self.path or not beside:
            return None
        return Link(path=move.dest, target=self.target, force=True)

"""A file that only has to be there."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import attributes, looking, paths
from converter.resources.file import File


class TouchedFile(Spec, frozen=True, kw_only=True):
    """`touch path`."""

    kind: ClassVar[str] = "touched_file"

    path: Value
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Make sure that /var/log/app.log exists`."""
        return f"Make sure that {self.path.shell()} exists"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """Something is there; a directory may be touched too."""
        return looking.at(self.path, exists=True, file=True)

    def fold(self, later: Spec) -> Spec | None:
        """Touched again, written, or its attributes set."""
        if isinstance(later, TouchedFile):
            return attributes.joined(self, later)
        if isinstance(later, File) and later.force:
            return attributes.under(later, self)
        return attributes.onto(self, later)

"""A directory on the host, with what a chmod or chown after its creation says."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import attributes, looking, paths


class Directory(Spec, frozen=True, kw_only=True):
    """`mkdir -p path`; what is None is left as it is."""

    kind: ClassVar[str] = "directory"

    path: Value
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Create directory /srv/app`."""
        return f"Create directory {self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """It is there, and a directory."""
        return looking.at_directory(self.path)

    def fold(self, later: Spec) -> Spec | None:
        """The same directory again, or its attributes set after it was made."""
        if isinstance(later, Directory):
            return attributes.joined(self, later)
        return attributes.onto(self, later)

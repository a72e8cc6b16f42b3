"""A copy of a file or directory on the same machine."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import attributes, looking, paths


class FileCopy(Spec, frozen=True, kw_only=True):
    """`cp src dest`; a recursive `src` that ends with `/` means what is inside, with `force` false an existing
    `dest` stays."""

    kind: ClassVar[str] = "file_copy"

    src: Value
    dest: Value
    recursive: bool = False
    preserve: bool = False
    force: bool = True
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None

    def identity(self) -> str:
        """Where the copy is."""
        return f"path:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Copy nginx.conf to /etc/nginx/nginx.conf`."""
        return f"Copy {self.src.shell()} to {self.dest.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The copy is there, where an existing one is left alone."""
        if self.force:
            return ()
        return looking.at_directory(self.dest) if self.recursive else looking.at(self.dest, exists=True, file=True)

    def unless_there(self) -> Spec:
        """Copied once; what is in a directory may be there in part, so that stays as it is."""
        return self if self.recursive else msgspec.structs.replace(self, force=False)

    def fold(self, later: Spec) -> Spec | None:
        """Its attributes set, if `dest` is surely the file and not a directory that the file went into."""
        if self.recursive or not self.force:
            return None
        return attributes.onto(self, later) if self._names_a_file() else None

    def _names_a_file(self) -> bool:
        name = paths.name(self.dest)
        return name == paths.name(self.src) or ("." in name and not name.endswith(".d"))

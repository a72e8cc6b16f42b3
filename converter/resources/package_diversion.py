"""A file of a package that is kept under another name."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import paths


class PackageDiversion(Spec, frozen=True, kw_only=True):
    """`dpkg-divert --add path`; `rename` moves the file too."""

    kind: ClassVar[str] = "package_diversion"

    path: Value
    divert: Value | None = None
    holder: Value | None = None
    rename: bool = False
    force: bool = False
    state: str = "present"

    def identity(self) -> str:
        """The file."""
        return f"divert:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Divert /sbin/initctl`."""
        return f"{'Divert' if self.state == 'present' else 'No longer divert'} {self.path.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

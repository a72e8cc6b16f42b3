"""An archive that is made of files on the host."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import paths


class ArchiveCreate(Spec, frozen=True, kw_only=True):
    """`tar -czf dest sources`; `format` is gz, zip, bz2, xz or tar, `root` the directory that names inside are
    relative to."""

    kind: ClassVar[str] = "archive_create"

    dest: Value
    sources: tuple[Value, ...] = ()
    format: str = "gz"
    exclude: tuple[Value, ...] = ()
    root: Value | None = None

    def identity(self) -> str:
        """The archive."""
        return f"path:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Pack /srv/backup/app.tar.gz`."""
        return f"Pack {self.dest.shell()}"

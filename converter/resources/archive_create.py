"""An archive that is made of files on the host."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Literal, Value
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

    def members(self) -> tuple[Value, ...]:
        """The sources as the archive names them: seen from `root`."""
        return tuple(_seen_from(self.root, source) for source in self.sources)


def _seen_from(root: Value | None, source: Value) -> Value:
    if root is None or source == root:
        return source if root is None else Value.of(".")
    *whole, slash = (root + Value.of("/")).parts
    head, rest = list(source.parts[: len(whole)]), source.parts[len(whole) :]
    first = rest[0] if rest else None
    if head != whole or not isinstance(slash, Literal) or not isinstance(first, Literal):
        return source
    inside = Value(Literal(first.text.removeprefix(slash.text)), *rest[1:])
    return inside if first.text.startswith(slash.text) else source

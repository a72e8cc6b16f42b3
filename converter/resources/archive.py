"""An archive that is unpacked."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class Archive(Spec, frozen=True, kw_only=True):
    """`tar -xf src -C dest`; `remote`: the archive is already on the host, `creates` a path that says it was done."""

    kind: ClassVar[str] = "archive"

    src: Value
    dest: Value
    remote: bool = True
    strip_components: Value | None = None
    creates: Value | None = None
    extra: tuple[Value, ...] = ()

    def identity(self) -> str:
        """What is unpacked and where."""
        return f"archive:{self.src.key()}:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Unpack app.tar.gz into /srv/app`."""
        return f"Unpack {paths.name(self.src)} into {self.dest.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """What it creates is there."""
        return looking.at(self.creates, exists=True) if self.creates is not None else ()

    def fold(self, later: Spec) -> Spec | None:
        """The same archive again."""
        return self if later == self else None

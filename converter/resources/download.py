"""A file that comes from a URL."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import attributes, looking, paths


class Download(Spec, frozen=True, kw_only=True):
    """`curl -o dest url`; with `force` it is fetched each time, else only where `dest` is missing; `insecure` trusts
    whoever answers."""

    kind: ClassVar[str] = "download"

    url: Value
    dest: Value
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None
    force: bool = False
    checksum: Value | None = None
    headers: tuple[tuple[str, Value], ...] = ()
    insecure: bool = False

    def identity(self) -> str:
        """Where the file is put."""
        return f"path:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Download gosu to /usr/local/bin/gosu`."""
        return f"Download {self.dest.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The file is there, where an existing one is left alone."""
        return () if self.force else looking.at_file(self.dest, nonempty=True)

    def unless_there(self) -> Spec:
        """Downloaded once."""
        return msgspec.structs.replace(self, force=False)

    def fold(self, later: Spec) -> Spec | None:
        """Its attributes set."""
        return attributes.onto(self, later)

"""Files that go from the machine that runs the script to a host, or back."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import attributes, paths
from converter.resources.file_move import FileMove


class Upload(Spec, frozen=True, kw_only=True):
    """`scp src host:dest`; `direction` is push or pull; `src` and `dest` are without the host."""

    kind: ClassVar[str] = "upload"

    src: Value
    dest: Value
    recursive: bool = False
    direction: str = "push"
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None

    def identity(self) -> str:
        """Where they go."""
        return f"path:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Copy app.jar to /srv/app/app.jar`."""
        verb = "Copy" if self.direction == "push" else "Fetch"
        return f"{verb} {self.src.shell()} to {self.dest.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again, or the attributes of one file set where it surely has that name; or sent to one place and
        moved on from there, which is sent to the other."""
        if later == self:
            return self
        if self.recursive or self.direction != "push":
            return None
        if isinstance(later, FileMove):
            # What is moved by this name is the file, and no directory that it was sent into.
            moved = paths.same(later.src, self.dest) and not later.exact and not self.src.has_glob
            return msgspec.structs.replace(self, dest=later.dest) if moved else None
        if _last(self.src) != _last(self.dest):
            return None
        return attributes.onto(self, later)


def _last(path: Value) -> str:
    return paths.place(path).rpartition("/")[2]

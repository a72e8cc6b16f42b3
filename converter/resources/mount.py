"""A file system that is mounted."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class Mount(Spec, frozen=True, kw_only=True):
    """`mount src path`; `persistent` is a line in `/etc/fstab`; `state` is mounted, unmounted or remounted."""

    kind: ClassVar[str] = "mount"

    path: Value
    src: Value | None = None
    fstype: Value | None = None
    options: tuple[Value, ...] = ()
    state: str = "mounted"
    persistent: bool = False

    def identity(self) -> str:
        """Where it is mounted."""
        return f"mount:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Mount /dev/sdb1 at /data`."""
        verbs = {"mounted": "Mount", "unmounted": "Unmount", "remounted": "Mount again"}
        source = f"{self.src.shell()} at " if self.src and self.state == "mounted" else ""
        return f"{verbs[self.state]} {source}{self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`mountpoint` says so."""
        there = self.state != "unmounted"
        return looking.succeeds(there, "mountpoint", "-q", self.path) + looking.succeeds(there, "mountpoint", self.path)

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

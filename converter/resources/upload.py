"""Files that go from the machine that runs the script to a host, or back."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import attributes, paths


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
        """The same again, or the attributes of one file set where it surely has that name."""
        if later == self:
            return self
        if self.recursive or self.direction != "push" or paths.name(self.src) != paths.name(self.dest):
            return None
        return attributes.onto(self, later)

"""Mode, owner and group of something that is already there."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import attributes, paths


class FileAttributes(Spec, frozen=True, kw_only=True):
    """`chmod`, `chown` and `chgrp`; `path` may be a pattern, `recurse` reaches everything below."""

    kind: ClassVar[str] = "file_attributes"

    path: Value
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None
    recurse: bool = False
    follow: bool = True

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Set mode and owner of /srv/app`."""
        said = {"mode": self.mode, "owner": self.owner, "group": self.group}
        names = [name for name, value in said.items() if value is not None]
        below = " and everything below" if self.recurse else ""
        return f"Set {' and '.join(names)} of {self.path.shell()}{below}"

    def fold(self, later: Spec) -> Spec | None:
        """The same path, reached in the same way."""
        if not isinstance(later, FileAttributes):
            return None
        if (later.recurse, later.follow) != (self.recurse, self.follow):
            return None
        return attributes.joined(self, later)

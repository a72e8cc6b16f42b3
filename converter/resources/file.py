"""A file with its whole content."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Literal, Value
from converter.resources import attributes, looking, paths
from converter.resources.line import Line
from converter.resources.text_block import TextBlock


class File(Spec, frozen=True, kw_only=True):
    """`cat > path <<EOF`; with `force` false it is only written where there is none yet."""

    kind: ClassVar[str] = "file"

    path: Value
    content: Value
    mode: Value | None = None
    owner: Value | None = None
    group: Value | None = None
    force: bool = True

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Write /etc/motd`."""
        return f"Write {self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """A file is there; one that is rewritten each time gives no such promise of doing nothing the second time."""
        return () if self.force else looking.at_file(self.path, nonempty=bool(self.content.text))

    def unless_there(self) -> Spec:
        """Written once."""
        return msgspec.structs.replace(self, force=False)

    def fold(self, later: Spec) -> Spec | None:
        """Written again, added to, or its attributes set."""
        if isinstance(later, File):
            return attributes.under(later, self) if later.force else self
        if isinstance(later, Line | TextBlock) and paths.same(later.path, self.path):
            return self._longer(later)
        return attributes.onto(self, later)

    def _longer(self, later: Line | TextBlock) -> Spec | None:
        if not self.force or not _ends_line(self.content):
            return None
        if isinstance(later, TextBlock):
            return msgspec.structs.replace(self, content=self.content + later.block)
        if later.state != "present" or later.regexp is not None:
            return None
        return msgspec.structs.replace(self, content=self.content + later.line + Value.of("\n"))


def _ends_line(content: Value) -> bool:
    last = content.parts[-1] if content.parts else Literal("\n")
    return isinstance(last, Literal) and last.text.endswith("\n")

"""One line in a file."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths

# Options of grep that ask whether the line is there.
FLAGS = (
    "-q",
    "-qF",
    "-Fq",
    "-qx",
    "-xq",
    "-qxF",
    "-qFx",
    "-Fxq",
    "-xFq",
    "-Fqx",
    "-xqF",
    "-qs",
    "-sq",
    "-F",
    "-x",
    "-Fx",
)
FORMS = ((), *((flag,) for flag in FLAGS), ("-q", "-F"), ("-F", "-q"), ("-q", "-x", "-F"), ("-q", "-x"))


class Line(Spec, frozen=True, kw_only=True):
    """`echo line >> path`; with `regexp` it takes the place of the line that matches, `create` makes a missing file."""

    kind: ClassVar[str] = "line"

    path: Value
    line: Value
    state: str = "present"
    regexp: Value | None = None
    create: bool = False

    def identity(self) -> str:
        """The file and the line, or what the line is found by."""
        return f"line:{paths.place(self.path)}:{(self.regexp or self.line).key()}"

    def summary(self) -> str:
        """`Add a line to /etc/nginx/nginx.conf`."""
        if self.state == "absent":
            return f"Remove a line from {self.path.shell()}"
        return f"{'Set' if self.regexp else 'Add'} a line in {self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`grep` for the line finds it."""
        truth = self.state == "present"
        if self.regexp is not None or not self.line:
            return ()
        what = (self.line, self.path)
        plain = tuple(test for form in FORMS for test in looking.succeeds(truth, "grep", *form, *what))
        return plain + tuple(test for form in FORMS[1:] for test in looking.succeeds(truth, "grep", *form, "--", *what))

    def fold(self, later: Spec) -> Spec | None:
        """The same line, or another one in the place that `regexp` finds."""
        if not isinstance(later, Line) or later.state != self.state:
            return None
        return later if later.regexp == self.regexp and later.create == self.create else None

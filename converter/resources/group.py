"""A group of accounts."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking


class Group(Spec, frozen=True, kw_only=True):
    """`groupadd name`."""

    kind: ClassVar[str] = "group"

    name: Value
    gid: Value | None = None
    system: bool = False
    state: str = "present"

    def identity(self) -> str:
        """The name."""
        return f"group:{self.name.key()}"

    def summary(self) -> str:
        """`Create group deploy`."""
        return f"{'Create' if self.state == 'present' else 'Remove'} group {self.name.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`getent` knows the name, or no longer does."""
        here = self.state == "present"
        pattern = Value.of("^") + self.name + Value.of(":")
        tests = looking.succeeds(here, "getent", "group", self.name)
        for way in (("grep", "-q"), ("grep",), ("grep", "-qE")):
            tests += looking.succeeds(here, *way, pattern, "/etc/group")
        return tests

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

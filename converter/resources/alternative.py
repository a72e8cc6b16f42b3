"""A program that has several providers, and the one that is used."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Alternative(Spec, frozen=True, kw_only=True):
    """`update-alternatives --set name path`, or `--install link name path priority`."""

    kind: ClassVar[str] = "alternative"

    name: Value
    path: Value
    link: Value | None = None
    priority: Value | None = None
    state: str = "selected"

    def identity(self) -> str:
        """The name."""
        return f"alternative:{self.name.key()}"

    def summary(self) -> str:
        """`Use /usr/bin/python3.11 for python`."""
        return f"Use {self.path.shell()} for {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """Registered, then selected."""
        if not isinstance(later, Alternative) or later.path != self.path:
            return None
        if later.link is None and self.link is not None:
            return Alternative(name=self.name, path=self.path, link=self.link, priority=self.priority, state="selected")
        return later

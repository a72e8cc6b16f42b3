"""A source of packages."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking


class PackageRepository(Spec, frozen=True, kw_only=True):
    """`add-apt-repository repository`, or a file under `/etc/apt/sources.list.d`; `manager` is apt, yum, dnf or
    brew."""

    kind: ClassVar[str] = "package_repository"

    repository: Value
    filename: Value | None = None
    state: str = "present"
    manager: str = "apt"
    update_cache: bool = False

    def identity(self) -> str:
        """The source."""
        return f"repository:{self.repository.key()}"

    def summary(self) -> str:
        """`Add the package repository ppa:ondrej/php`."""
        verb = "Add" if self.state == "present" else "Remove"
        return f"{verb} the package repository {self.repository.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The file that lists it is there."""
        if self.filename is None:
            return ()
        there = self.state == "present"
        return looking.at(self.filename, exists=there, file=there)

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

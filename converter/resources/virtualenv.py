"""A virtual environment of Python."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class Virtualenv(Spec, frozen=True, kw_only=True):
    """`python -m venv path`."""

    kind: ClassVar[str] = "virtualenv"

    path: Value
    python: Value | None = None
    site_packages: bool = False
    tool: str = "venv"

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Make the virtual environment venv`."""
        return f"Make the virtual environment {self.path.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The directory and its programs are there."""
        return (*looking.at_directory(self.path), *looking.at_file(self.path + "/bin/activate", nonempty=True))

    def fold(self, later: Spec) -> Spec | None:
        """Made once."""
        return self if later == self else None

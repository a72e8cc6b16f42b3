"""A file or directory that moves to another place."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class FileMove(Spec, frozen=True, kw_only=True):
    """`mv src dest`; it happens once, where `src` is there. `exact` (`-T`): never into a directory that is `dest`."""

    kind: ClassVar[str] = "file_move"

    src: Value
    dest: Value
    exact: bool = False

    def identity(self) -> str:
        """Where it ends."""
        return f"path:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Move composer.phar to /usr/local/bin/composer`."""
        return f"Move {self.src.shell()} to {self.dest.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`src` is gone and `dest` is there."""
        return looking.at(self.src, exists=False, file=False, directory=False) + looking.at(self.dest, exists=True)

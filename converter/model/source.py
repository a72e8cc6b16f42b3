"""Source files and the places in them that everything generated points back to."""

from __future__ import annotations

import msgspec


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """One input file: its path as the user named it, and its text with `\\n` line ends."""

    path: str
    text: str
    language: str = "shell"


class Span(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A range of a source file; lines and columns count from 1, the end is inclusive."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    @property
    def last_line(self) -> int:
        """The last line, also where no end was recorded."""
        return max(self.line, self.end_line)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def start(self) -> tuple[str, int, int]:
        """Where it begins. Text that a command hands on (over ssh) ends elsewhere where variables are longer."""
        return self.path, self.line, self.column

    def lines(self) -> str:
        """`deploy.sh:12` or `deploy.sh:12-14`, as written in comments of manifests."""
        tail = "" if self.last_line == self.line else f"-{self.last_line}"
        return f"{self.path}:{self.line}{tail}"

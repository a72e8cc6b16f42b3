"""A call of a program, and what came of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Notes from one call to the next.
NOTES = Path("/var/lib/world")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was called where; `tool` is what is known of the program (tools.yaml)."""

    program: str
    arguments: tuple[str, ...]
    directory: Path
    user: str
    tool: Mapping[str, Any]

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments that are no options, nor values of options."""
        found, values, given = [], self.tool.get("values", ()), False
        for word in self.arguments:
            if not given and not word.startswith("-"):
                found.append(word)
            given = not given and word in values
        return tuple(found)

    @property
    def command(self) -> str:
        """The first word as the tool itself calls it."""
        first = next(iter(self.words), "")
        found: str = self.tool.get("commands", {}).get(first, first)
        return found

    @property
    def operands(self) -> tuple[str, ...]:
        """The words behind the command."""
        return self.words[1:]

    def has(self, *options: str) -> bool:
        """Whether one of the switches is given."""
        return any(option in self.arguments for option in options)

    def value(self, *options: str) -> str:
        """The value of an option, behind it or in the same word; the last one counts."""
        found = ""
        for number, word in enumerate(self.arguments):
            name, sign, value = word.partition("=")
            if name in options:
                found = value if sign else "".join(self.arguments[number + 1 : number + 2])
        return found

    @property
    def place(self) -> Path:
        """The folder that it works in, which an option may name."""
        return self.directory / self.value(*self.tool.get("directory", ()))

    @property
    def production(self) -> bool:
        """Whether packages for development are left out."""
        asked = self.has("--production", "--omit=dev", "--only=production", "--only=prod", "--prod", "-P", "--no-dev")
        return (
            asked
            or self.value("--omit", "--only") in ("dev", "production")
            or os.environ.get("NODE_ENV") == "production"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What it prints, how it ends, and whether it changed anything: nobody knows where it is None."""

    output: str = ""
    code: int = 0
    changed: bool | None = None


def versioned(name: str) -> tuple[str, str]:
    """`@scope/name@version` as name and version."""
    found = re.fullmatch(r"(@?[^@]+)(?:@(.*))?", name)
    return (found[1], found[2] or "") if found else (name, "")


def release(asked: str, usual: str = "1.0.0") -> str:
    """The release that a range of versions stands for."""
    found: Sequence[str] = re.findall(r"\d+(?:\.\d+)*", asked)
    return found[0] + ".0" * (2 - found[0].count(".")) if found else usual


def replaced(path: Path, text: str) -> bool:
    """Writes a file; whether it was another."""
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return before != text

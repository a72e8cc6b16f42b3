"""The table of `modules.yaml`: which module does what a command does, and which commands only look."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from converter.verify.words import Simple

Entries = Mapping[str, Any]
_VERSION = frozenset(("--version", "--help", "-V", "-version", "version", "--usage"))


def module(command: Simple) -> str | None:
    """The module that does it, None where there is none, or where it is one of several in a pipe."""
    program, arguments = _named(command.argv)
    if command.piped or command.written or _asks_version(arguments):
        return None
    found = _entry(_table()["modules"].get(program, {}), arguments)
    return str(found) if found else None


def reads(command: Simple) -> bool:
    """Whether it is known to change nothing."""
    program, arguments = _named(command.argv)
    if command.written:
        return False
    return _asks_version(arguments) or _entry(_table()["reads"].get(program, {}), arguments) is True


def _named(argv: Sequence[str]) -> tuple[str, list[str]]:
    """The program by the name that the table has for it, and its arguments."""
    name = argv[0].rpartition("/")[2]
    name = re.sub(r"^(python|pip|php)[23]?(\.?\d+)*$", r"\1", name)
    program, *first = str(_table()["aliases"].get(name, name)).split()
    return program, [*first, *argv[1:]]


def _asks_version(arguments: Sequence[str]) -> bool:
    return len(arguments) == 1 and arguments[0] in _VERSION


def _entry(entries: Entries, arguments: Sequence[str]) -> object:
    text = " ".join(arguments)
    for key, found in entries.items():
        if key.startswith("/") and re.search(key[1:-1], text, re.IGNORECASE):
            return found
    words = [word for word in arguments if not word.startswith("-")]
    places = {key: place for key in entries if (place := _place(key.split(), words))}
    # What comes first in the line says what it is about: `compose exec`, whatever the service is told to do.
    key = min(places, key=lambda one: places[one], default="*")
    return entries.get(key)


def _place(wanted: Sequence[str], words: Sequence[str]) -> tuple[int, int] | None:
    """Where the first and the last of the wanted words stand, if all are there in their order, with what options take
    between them; a word alone says less than any two."""
    start = end = -1
    for word in wanted:
        if word not in words[end + 1 :]:
            return None
        end = words.index(word, end + 1)
        start = end if start < 0 else start
    return start, end if len(wanted) > 1 else len(words)


@cache
def _table() -> dict[str, dict[str, Any]]:
    import yaml

    found: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "modules.yaml").read_text("utf-8"))
    return found

"""The one writer of YAML: data in, text out, with comments above the items of a list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import yaml

LINE = 140
LONGEST = 155


class Item:
    """An entry of a list with the comment lines that stand above it."""

    def __init__(self, data: Any, comments: Sequence[str] = ()) -> None:
        self.data, self.comments = data, tuple(comments)


def document(data: Any, comments: Sequence[str] = (), *, wide: bool = False) -> str:
    """One YAML document, with comments at its head; `wide` leaves long lines whole, for scripts in pipelines."""
    return "---\n" + _comment(comments, "") + _dump(data, wide)


def listing(items: Sequence[Item], comments: Sequence[str] = ()) -> str:
    """A document that is a list; a blank line parts the items."""
    if not items:
        return "---\n" + _comment(comments, "") + "[]\n"
    blocks = [_comment(item.comments, "") + _dump([item.data]) for item in items]
    return "---\n" + _comment(comments, "") + "\n".join(blocks)


def mapping(entries: Sequence[tuple[str, Any, Sequence[str]]], comments: Sequence[str] = ()) -> str:
    """A document that is a mapping, each entry with its own comment."""
    if not entries:
        return "---\n" + _comment(comments, "") + "{}\n"
    return (
        "---\n"
        + _comment(comments, "")
        + "".join(_comment(said, "") + _dump({key: value}) for key, value, said in entries)
    )


def _comment(lines: Sequence[str], indent: str) -> str:
    flat = [part for line in lines for part in line.splitlines()]
    return "".join(f"{indent}# {_visible(line)}".rstrip() + "\n" for line in flat)


def _visible(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)[: LONGEST - 10]


def _dump(data: Any, wide: bool = False) -> str:
    width = 1_000_000 if wide else LINE
    dumper = _dumper(wide)
    return yaml.dump(data, Dumper=dumper, sort_keys=False, allow_unicode=True, width=width, default_flow_style=False)


@cache
def _dumper(wide: bool) -> type[yaml.SafeDumper]:
    class Dumper(yaml.SafeDumper):
        """Blocks for text of several lines, lists indented under their key, no aliases."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            del indentless
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value, wide))

    Dumper.add_representer(str, text)
    return Dumper


def _style(value: str, wide: bool) -> str | None:
    """A block for plain text of several lines, double quotes where that can't be read back or would be too wide."""
    lines = value.split("\n")
    if len(lines) < 2:
        return None
    odd = any(line != line.rstrip() or not line.isprintable() for line in lines) or value.startswith((" ", "\n"))
    too_wide = not wide and max(map(len, lines)) > LONGEST - 20
    return '"' if odd or too_wide else "|"

"""The one writer of YAML: data in, text out, with comments above the items of a list."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any

import yaml

LINE = 140
_LONGEST_COMMENT, _ROW = 150, 80
# Text that YAML 1.2 reads as a number although PyYAML, which follows 1.1, does not.
_NUMBER = re.compile(r"[-+]?(?:0o[0-7]+|0x[0-9a-f]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)", re.IGNORECASE)
# Words that would speak to a linter from inside of a comment.
_SPEAKS = re.compile(r"no[q]a|yamllint(?=\s+(?:disable|enable))", re.IGNORECASE)


class Item:
    """An entry of a list with the comment lines that stand above it."""

    def __init__(self, data: Any, comments: Sequence[str] = ()) -> None:
        self.data, self.comments = data, tuple(comments)


class Row(list[Any]):
    """A list that is written in one line if it is short enough."""


def document(data: Any, comments: Sequence[str] = (), *, wide: bool = False) -> str:
    """One YAML document, with comments at its head; `wide` leaves long lines whole, for scripts in pipelines."""
    return _head(comments) + _dump(data, 1_000_000 if wide else LINE)


def listing(items: Sequence[Item], comments: Sequence[str] = ()) -> str:
    """A document that is a list; a blank line parts the items."""
    blocks = [_comment(item.comments) + _dump([item.data]) for item in items]
    return _head(comments) + ("\n".join(blocks) or "[]\n")


def mapping(entries: Sequence[tuple[str, Any, Sequence[str]]], comments: Sequence[str] = ()) -> str:
    """A document that is a mapping, each entry with its own comment; an entry whose value is `...` is only a
    comment."""
    blocks = [_comment(said) + ("" if value is ... else _dump({key: value})) for key, value, said in entries]
    empty = all(value is ... for _, value, _ in entries)
    return _head(comments) + "".join(blocks) + ("{}\n" if empty else "")


def _head(comments: Sequence[str]) -> str:
    return "---\n" + _comment(comments)


def _comment(lines: Sequence[str]) -> str:
    pieces = [piece for line in lines for part in line.splitlines() for piece in _wrapped(part)]
    return "".join(f"# {piece}".rstrip() + "\n" for piece in pieces)


def _wrapped(line: str) -> list[str]:
    plain = "".join(letter if letter.isprintable() else " " for letter in line)
    quiet = _SPEAKS.sub(lambda found: f"{found.group()[:2]}-{found.group()[2:]}", plain)
    return textwrap.wrap(quiet, _LONGEST_COMMENT, replace_whitespace=False, drop_whitespace=False) or [""]


def _dump(data: Any, width: int = LINE) -> str:
    return yaml.dump(data, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=width, default_flow_style=False)


@cache
def _dumper() -> type[yaml.SafeDumper]:
    class Dumper(yaml.SafeDumper):
        """Blocks for text of several lines, lists indented under their key, no aliases."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            del indentless
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def choose_scalar_style(self) -> str:
            style: str = super().choose_scalar_style()
            text = self.event.value if isinstance(self.event, yaml.ScalarEvent) else ""
            return '"' if style == "'" and not set(text) & {'"', "\\"} and len(text) < LINE - 40 else style

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))

    def row(dumper: yaml.SafeDumper, value: Row) -> yaml.SequenceNode:
        short = all("\n" not in str(item) for item in value) and sum(len(str(item)) + 3 for item in value) < _ROW
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)

    Dumper.add_representer(str, text)
    Dumper.add_representer(Row, row)
    return Dumper


def _style(value: str) -> str | None:
    """A block for plain text of several lines, double quotes where that can't be read back."""
    lines = value.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    if len(lines) == 1:
        return '"' if _NUMBER.fullmatch(value) else None
    odd = any(line != line.rstrip() for line in lines)
    return '"' if odd or value.startswith((" ", "\n")) or value.endswith("\n\n") else "|"

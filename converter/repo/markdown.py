"""Text of the script in Markdown, where nothing of it may become a heading, a link, a table border or HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import quote

# Everything that GitHub or GitLab read as more than text, also issue numbers, names of people and formulas.
_SPECIAL = re.compile(r"[\\`*\[\]<|~]|&(?=[#\w])|#(?=\d)|(?<!\w)@(?=\w)|!(?=\d)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LINE_START = re.compile(r"^(?:[-+=#>]|\d+(?=[.)]))")
# A word with a variable reads best as code; two bare `$` would be a formula.
VARIABLE = re.compile(r"(?<!\S)\(*(\S*?\$\{?\w\S*?)[.,;:)]*(?!\S)")
# What inline HTML still reads as more than text: Markdown, borders of cells, addresses.
_IN_HTML = re.compile(r"[\\`*\[\]<>&|~_$@#!:.]")
_LONGEST = 160


def text(said: str) -> str:
    """One line of prose that means only itself; what stands between two backquotes becomes code."""
    pieces = visible(said).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    return "".join(code(piece) if number % 2 else _words(piece, number == 0) for number, piece in enumerate(pieces))


def _words(said: str, first: bool) -> str:
    done, start = "", 0
    for found in VARIABLE.finditer(said):
        done += _prose(said[start : found.start(1)], first and not start) + code(found[1])
        start = found.end(1)
    return done + _prose(said[start:], first and not start)


def _prose(said: str, first: bool) -> str:
    line = _SPECIAL.sub(lambda found: _number(found.group()), said)
    if line.count("$") > 1:
        line = line.replace("$", _number("$"))
    start = _LINE_START.match(line) if first else None
    if start is None:
        return line
    sign, rest = start.group(), line[start.end() :]
    return f"{sign}{_number(rest[0])}{rest[1:]}" if sign.isdigit() else f"{_number(sign)}{rest}"


def _number(sign: str) -> str:
    return f"&#{ord(sign)};"


def code(said: str, longest: int = _LONGEST) -> str:
    """One line of code; a border of a cell breaks out of every code span, so such a line is the same in HTML."""
    line = visible(said)
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    if not line.strip():
        return ""
    if "|" in line:
        return f"<code>{_IN_HTML.sub(lambda found: _number(found.group()), line)}</code>"
    if "`" not in line:
        return f"`{line}`"
    fence = "`" * (max(len(run) for run in re.findall("`+", line)) + 1)
    return f"{fence} {line} {fence}"


def link(label: str, path: str, anchor: str = "") -> str:
    """A link to a file of the repository; the label is ready Markdown."""
    return f"[{label}]({quote(path)}{f'#{anchor}' if anchor else ''})"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are ready Markdown of one line."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def visible(said: str) -> str:
    """The text on one line, with signs that can't be seen, or that turn the direction of reading, by their number."""
    line = " ".join(said.split())
    hidden = ("Cc", "Cf", "Cs", "Co")
    return "".join(f"\\u{ord(sign):04x}" if unicodedata.category(sign) in hidden else sign for sign in line)

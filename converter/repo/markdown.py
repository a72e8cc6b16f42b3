"""Text of the script in Markdown, where nothing of it may become a heading, a link, a table border or HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import quote

_SPECIAL = re.compile(r"[\\`*\[\]<>&|#~$!@{}]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=\w):(?=//)|(?<=www)\.")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])")
_LONGEST = 160


def text(said: str) -> str:
    """One line of prose that means only itself."""
    line = _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", visible(said))
    return _LINE_START.sub(lambda found: f"{found[1]}&#{ord(found[2][0])};{found[2][1:]}" if not found[2][0].isdigit()
                           else f"{found[1]}{found[2][:-1]}&#{ord(found[2][-1])};", line)


def code(said: str, longest: int = _LONGEST) -> str:
    """One line of code; where a code span could be broken out of, the same in HTML."""
    line = visible(said)
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    if not line.strip():
        return ""
    if re.search(r"[`|\\]", line):
        return f"<code>{''.join(_entity(sign) for sign in line)}</code>"
    return f"`{line}`"


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
    return "".join(f"\\u{ord(sign):04x}" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") else sign for sign in line)


def _entity(sign: str) -> str:
    return sign if sign.isalnum() or sign in " …" else f"&#{ord(sign)};"

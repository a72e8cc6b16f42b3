"""How text reaches the terminal: colours, width, wrapping, and characters that its encoding has."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from typing import TextIO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
NARROWEST, WIDEST = 24, 120
# Control characters, and those that change the direction of writing: https://trojansource.codes/.
_STEERING = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


class Screen:
    """One stream with its width and its abilities."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.colours = colours(self.stream)
        self.width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((100, 24)).columns))
        self.unicode = _encodes(self.stream, "✓●✗·↪│─")

    def paint(self, text: str, *styles: str) -> str:
        """The text in these styles, where the stream shows any."""
        if not self.colours or not text or not styles:
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def sign(self, unicode: str, ascii_: str) -> str:
        """The sign that the stream can encode."""
        return unicode if self.unicode else ascii_

    def print(self, text: str = "") -> None:
        """One line, or several; what the encoding lacks becomes `?`."""
        encoding = self.stream.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self.stream)

    def wrapped(self, text: str, *, indent: int, first: str | None = None, styles: tuple[str, ...] = ()) -> list[str]:
        """The text broken at blanks to the width, each line after the first indented by `indent` blanks."""
        lead = " " * indent
        room = max(self.width - indent, NARROWEST // 2)
        lines = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
        painted = [self.paint(line, *styles) for line in lines]
        return [(lead if first is None else first) + painted[0], *(lead + line for line in painted[1:])]


def colours(stream: TextIO) -> bool:
    """Whether the stream is a terminal that shows colours and nobody has declined them: https://no-color.org/."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def visible(text: str) -> str:
    """The text with control characters made visible, so that a script can't steer the terminal."""
    return _STEERING.sub(lambda found: f"\\x{ord(found.group()):02x}", text.expandtabs(4))


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

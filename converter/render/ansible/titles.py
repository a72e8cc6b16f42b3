"""Names of tasks: what the script says, as one line that begins with a capital and holds no template."""

from __future__ import annotations

import re

_LONGEST = 100


def title(text: str) -> str:
    """`Install nginx`."""
    line = re.sub(r"\$\{(\w+)\}", r"$\1", text)
    line = re.sub(r"\{\{|\}\}|\{%|%\}|\{#|#\}|[{}]", " ", line)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in line).split()).strip(" .:-#*=~>")
    line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3].rstrip()}..."
    return _capital(line) or "Go on"


def _capital(line: str) -> str:
    """With a capital at the start; where that can't be, such as after an emoji, with a word before it."""
    if not line:
        return ""
    first = line[0].upper()
    if len(first) == 1 and first.isupper():
        return first + line[1:]
    words = re.search(r"[^\W\d_]", line)
    return (
        f"Do: {line}"
        if words is None or words.start() == 0 or line[0].isdigit() or line[0] in "/$@"
        else _capital(line[words.start() :])
    )

"""Text of the script in HTML: every character is seen, none is markup, and places in the script are links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from markupsafe import Markup, escape

from converter.repo.markdown import VARIABLE, visible

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def plain(said: str) -> str:
    """The text with its blanks; signs that can't be seen, or that turn the direction of reading, by their number."""
    if said.replace("\t", "").isprintable():
        return said
    return "".join(
        f"\\u{ord(sign):04x}" if sign != "\t" and unicodedata.category(sign) in _HIDDEN else sign for sign in said
    )


class Prose:
    """Sentences of the plan as HTML. `sources` has for the path of each script its number on the page."""

    def __init__(self, sources: Mapping[str, int]) -> None:
        self.sources = sources
        paths = "|".join(re.escape(visible(path)) for path in sorted(sources, key=lambda path: (-len(path), path)))
        self._place = re.compile(rf"(?<![\w/.-])({paths}):(\d+)(-\d+)?(?::\d+)?") if paths else None
        self._known = {visible(path): number for path, number in sources.items()}

    def __call__(self, said: str) -> Markup:
        """One paragraph; what stands between two backquotes, or is a word with a variable, becomes code."""
        pieces = plain(visible(said)).split("`")
        if len(pieces) % 2 == 0:
            pieces[-2:] = ["`".join(pieces[-2:])]
        done = Markup()
        for number, piece in enumerate(pieces):
            done += code(piece) if number % 2 else self._words(piece)
        return done

    def _words(self, said: str) -> Markup:
        done, start = Markup(), 0
        for found in VARIABLE.finditer(said):
            done += self._linked(said[start : found.start(1)]) + code(found[1])
            start = found.end(1)
        return done + self._linked(said[start:])

    def _linked(self, said: str) -> Markup:
        done, start = Markup(), 0
        for found in self._place.finditer(said) if self._place else ():
            anchor = f"#s{self._known[found[1]]}-{found[2]}"
            done += escape(said[start : found.start()])
            done += Markup('<a class="to" href="{}">{}</a>').format(anchor, found.group())
            start = found.end()
        return done + escape(said[start:])


def code(said: str) -> Markup:
    """A piece of code in a sentence."""
    return Markup("<code>{}</code>").format(said) if said.strip() else escape(said)

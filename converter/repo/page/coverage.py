"""How much of the script is converted, as a bar and in numbers."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from converter.model.plan import LedgerEntry
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.repo.phrases import meaning

# In the order of the bar: what a person has to look at stands at its end.
_ORDER = (
    Disposition.CONVERTED,
    Disposition.ABSORBED,
    Disposition.DROPPED,
    Disposition.KEPT,
    Disposition.UNRESOLVED,
)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of end that commands came to; `start` and `width` are hundredths of the bar."""

    name: str
    letter: str
    meaning: str
    count: int
    start: float
    width: float

    @property
    def middle(self) -> float:
        """Where the letter stands."""
        return round(self.start + self.width / 2, 2)


def letter(name: str) -> str:
    """The sign of a disposition: no two begin alike."""
    return name[:1].upper()


def coverage(ledger: Iterable[LedgerEntry], tree: FileTree) -> tuple[Part, ...]:
    """The parts of the bar, those without a command too."""
    entries = list(ledger)
    found, start = [], 0.0
    for kind in _ORDER:
        count = sum(1 for entry in entries if entry.disposition is kind)
        width = round(100 * count / len(entries), 2) if entries else 0.0
        found.append(
            Part(
                name=kind.value,
                letter=letter(kind.value),
                meaning=meaning(kind, tree),
                count=count,
                start=round(start, 2),
                width=width,
            )
        )
        start += width
    return tuple(found)

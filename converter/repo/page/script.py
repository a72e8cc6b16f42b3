"""The scripts as the page shows them: each line with what became of it, and each command with where it went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from converter.model.plan import LedgerEntry, Plan
from converter.model.trace import Disposition
from converter.repo.page.manifests import Item, Manifest
from converter.repo.page.origins import Lines, Origins

# Of several commands in a line, the one that a person has to look at most.
_RANKS = (Disposition.UNRESOLVED, Disposition.KEPT, Disposition.CONVERTED, Disposition.ABSORBED, Disposition.DROPPED)
_PLACES = {"server": "the server", "workstation": "the workstation"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `became` is empty where no command is; `begins` says that one begins here; `items` are those to link
    to."""

    number: int
    text: str
    became: str = ""
    begins: bool = False
    items: tuple[int, ...] = ()
    row: int = 0


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One script, by its number on the page."""

    number: int
    path: str
    lines: tuple[Line, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One command: where it stands, what became of it, where that is and why."""

    number: int
    lines: Lines | None
    path: str
    label: str
    text: str
    became: str
    items: tuple[Item, ...]
    reason: str
    place: str


def rows(plan: Plan, origins: Origins, files: Sequence[Manifest]) -> tuple[Row, ...]:
    """The commands of all scripts, in the order of the ledger."""
    items = _by_line(files)
    assigned = {each.span.start for each in plan.every_variable if each.span is not None}
    rows_of = []
    for number, entry in enumerate(plan.ledger, 1):
        lines = origins.lines(entry.span)
        linked = bool(entry.resources) or entry.span.start in assigned
        there = [items.get((lines.source, line), ()) for line in lines.each] if linked and lines else []
        rows_of.append(
            Row(
                number=number,
                lines=lines,
                path=entry.span.path,
                label=entry.span.lines().removeprefix(f"{entry.span.path}:"),
                text=entry.text,
                became=str(entry.disposition),
                items=tuple({item.number: item for found in there for item in found}.values()),
                reason=entry.reason,
                place=_place(entry),
            )
        )
    return tuple(rows_of)


def _by_line(files: Sequence[Manifest]) -> Mapping[tuple[int, int], Sequence[Item]]:
    found: dict[tuple[int, int], list[Item]] = {}
    for item in (item for file in files for item in file.items):
        for each in item.origins:
            for line in each.each:
                found.setdefault((each.source, line), []).append(item)
    return found


def sources(
    plan: Plan, numbers: Mapping[str, int], commands: Iterable[Row], files: Sequence[Manifest]
) -> tuple[Source, ...]:
    """The scripts with their lines."""
    here: dict[tuple[int, int], list[Row]] = {}
    for row, lines in ((row, row.lines) for row in commands if row.lines is not None):
        for line in lines.each:
            here.setdefault((lines.source, line), []).append(row)
    linked: dict[tuple[int, int], list[int]] = {}
    for item in (item for file in files for item in file.items):
        for each in item.origins:
            linked.setdefault((each.source, each.first), []).append(item.number)
    return tuple(
        Source(
            number=numbers[source.path],
            path=source.path,
            lines=tuple(
                _line(number, text, here.get(at, ()), tuple(dict.fromkeys(linked.get(at, ()))))
                for number, text in enumerate(_lines(source.text), 1)
                for at in [(numbers[source.path], number)]
            ),
        )
        for source in plan.sources
    )


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _line(number: int, text: str, here: Sequence[Row], items: tuple[int, ...]) -> Line:
    first = min(here, key=lambda row: _RANKS.index(Disposition(row.became)), default=None)
    if first is None:
        return Line(number=number, text=text, items=items)
    begins = any(row.lines is not None and row.lines.first == number for row in here)
    return Line(number=number, text=text, became=first.became, begins=begins, items=items, row=first.number)


def _place(entry: LedgerEntry) -> str:
    who = f" as {entry.user}" if entry.user and "@" not in entry.host else ""
    return f"{_PLACES.get(entry.host, entry.host)}{who}"

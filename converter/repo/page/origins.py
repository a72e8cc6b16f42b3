"""Which lines of the script the comments of generated files name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from converter.model.plan import Plan
from converter.model.source import Span


class Lines(msgspec.Struct, frozen=True, order=True):
    """Lines of the source with that number on the page, both ends included."""

    source: int
    first: int
    last: int

    @property
    def anchor(self) -> str:
        """Where they begin on the page."""
        return f"s{self.source}-{self.first}"

    @property
    def label(self) -> str:
        """`12` or `12-14`."""
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def each(self) -> range:
        """The numbers of all of them."""
        return range(self.first, self.last + 1)


class Origins:
    """Reads comments such as `deploy.sh:3, deploy.sh:12-14`, where all of it is places that the plan knows: what the
    author of a script wrote in a comment is no origin."""

    def __init__(self, plan: Plan, sources: Mapping[str, int]) -> None:
        self._sources = sources
        self._known = {_single(span): found for span in _spans(plan) if (found := self.lines(span)) is not None}

    def lines(self, span: Span) -> Lines | None:
        """The place on the page, if that source is on it."""
        number = self._sources.get(span.path)
        return Lines(number, span.line, span.last_line) if number else None

    def read(self, comment: str) -> tuple[Lines, ...]:
        """The places, or none if it is another comment; a title may follow after a colon."""
        for said in (comment, comment.partition(": ")[0]):
            pieces = said.strip().rstrip(",").split(", ")
            if all(piece in self._known for piece in pieces):
                return tuple(dict.fromkeys(self._known[piece] for piece in pieces))
        return ()


def _spans(plan: Plan) -> Iterable[Span]:
    yield from (span for each in plan.resources for span in each.origin.spans)
    yield from (each.span for each in plan.every_variable if each.span is not None)


def _single(span: Span) -> str:
    return " ".join(span.lines().split())

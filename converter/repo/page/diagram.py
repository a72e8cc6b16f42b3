"""What runs where, as a drawing: a column for each place, and below each other what happens, in its order."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.repo.page.places import Course, Stop, Where

_MARGIN = 1
_HEAD, _ROW, _PAD, _STEP = 46, 18, 12, 36
_MOST, _LETTER = 5, 7.4
# What fits beside each other on a page, and what the columns are where there are more of them.
_FEW, _ROOMY, _TIGHT = 3, (290, 36), (250, 24)


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text; `whole` is what it says where it is cut."""

    x: int
    y: int
    text: str
    whole: str = ""
    look: str = ""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle with text in it."""

    x: int
    y: int
    width: int
    height: int
    words: tuple[Word, ...]
    look: str = ""


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """All that is drawn, and the same in words."""

    width: int
    height: int
    lanes: tuple[Box, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]
    description: str


def drawing(course: Course) -> Drawing:
    """The places side by side, the stops from top to bottom."""
    columns = _Columns(*(_ROOMY if len(course.places) <= _FEW else _TIGHT))
    head = _HEAD + _ROW * max((len(place.notes) for place in course.places), default=0)
    boxes: list[Box] = []
    top = head + _PAD
    for stop in course.stops:
        boxes.append(columns.box(stop, top))
        top += boxes[-1].height + _STEP
    height = top - _STEP + _PAD + _MARGIN if boxes else head
    return Drawing(
        width=columns.x(len(course.places)) - columns.between + 2 * _MARGIN,
        height=height,
        lanes=tuple(columns.lane(number, place, height) for number, place in enumerate(course.places)),
        boxes=tuple(boxes),
        arrows=_arrows(course.stops, boxes),
        description=" ".join(_said(course, number, stop) for number, stop in enumerate(course.stops, 1)),
    )


class _Columns(msgspec.Struct, frozen=True):
    wide: int
    between: int

    def x(self, lane: int) -> int:
        return _MARGIN + lane * (self.wide + self.between)

    def lane(self, number: int, place: Where, height: int) -> Box:
        x, longest = self.x(number), int((self.wide - 2 * _PAD) / _LETTER)
        notes = [_word(x, _HEAD + _ROW * row, note, longest) for row, note in enumerate(place.notes)]
        words = (_word(x, 26, place.name, longest - 4, "name"), *notes)
        return Box(x=x, y=_MARGIN, width=self.wide, height=height - 2 * _MARGIN, words=words)

    def box(self, stop: Stop, top: int) -> Box:
        x, longest = self.x(stop.place) + _PAD, int((self.wide - 4 * _PAD) / _LETTER)
        more = len(stop.names) - _MOST
        names = stop.names if more <= 0 else (*stop.names[: _MOST - 1], f"and {more + 1} more")
        words = [_word(x, top + 23, stop.title, longest - 4, "name")]
        words += [_word(x, top + 24 + _ROW * row, name, longest) for row, name in enumerate(names, 1)]
        return Box(
            x=x,
            y=top,
            width=self.wide - 2 * _PAD,
            height=36 + _ROW * len(names),
            words=tuple(words),
            look="request" if stop.on_request else "",
        )


def _word(x: int, y: int, said: str, longest: int, look: str = "") -> Word:
    cut = len(said) > longest
    return Word(x=x + _PAD, y=y, text=f"{said[: longest - 1]}…" if cut else said, whole=said if cut else "", look=look)


def _arrows(stops: Sequence[Stop], boxes: Sequence[Box]) -> tuple[tuple[str, str], ...]:
    """A path from the bottom of each box to the top of the next, and how it looks."""
    found = []
    for above, below, stop in zip(boxes, boxes[1:], stops[1:], strict=False):
        start, end = above.y + above.height, below.y - 2
        left, right = above.x + above.width // 2, below.x + below.width // 2
        middle = start + (end - start) // 2
        found.append((f"M{left} {start}V{middle}H{right}V{end}", "request" if stop.on_request else ""))
    return tuple(found)


def _said(course: Course, number: int, stop: Stop) -> str:
    names = f": {', '.join(stop.names)}" if stop.names else ""
    return f"{number}. {course.places[stop.place].name}: {stop.title}{names}."

"""What runs where, as a drawing: a column for each place, and below each other what happens, in its order."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.repo.page.course import Course, Stop

_WIDE, _BETWEEN, _MARGIN = 290, 36, 1
_HEAD, _ROW, _PAD, _STEP = 46, 18, 12, 38
_LONGEST, _MOST = 36, 5


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
    head = _HEAD + _ROW * max((len(place.notes) for place in course.places), default=0)
    boxes: list[Box] = []
    top = head + _PAD
    for stop in course.stops:
        box = _box(stop, top)
        boxes.append(box)
        top += box.height + _STEP
    height = top - _STEP + _PAD + _MARGIN if boxes else head
    lanes = tuple(
        Box(
            x=_x(number),
            y=_MARGIN,
            width=_WIDE,
            height=height - 2 * _MARGIN,
            words=(
                _word(_x(number), 26, place.name, "name"),
                *(_word(_x(number), _HEAD + _ROW * row, note) for row, note in enumerate(place.notes)),
            ),
        )
        for number, place in enumerate(course.places)
    )
    return Drawing(
        width=_x(len(lanes)) - _BETWEEN + 2 * _MARGIN,
        height=height,
        lanes=lanes,
        boxes=tuple(boxes),
        arrows=_arrows(course.stops, boxes),
        description=" ".join(_said(course, number, stop) for number, stop in enumerate(course.stops, 1)),
    )


def _x(lane: int) -> int:
    return _MARGIN + lane * (_WIDE + _BETWEEN)


def _word(x: int, y: int, said: str, look: str = "", longest: int = _LONGEST) -> Word:
    cut = len(said) > longest
    return Word(x=x + _PAD, y=y, text=f"{said[: longest - 1]}…" if cut else said, whole=said if cut else "", look=look)


def _box(stop: Stop, top: int) -> Box:
    x = _x(stop.place) + _PAD
    more = len(stop.names) - _MOST
    names = stop.names if more <= 0 else (*stop.names[: _MOST - 1], f"and {more + 1} more")
    words = [_word(x, top + 23, stop.title, "name", _LONGEST - 4)]
    words += [_word(x, top + 24 + _ROW * row, name, "", _LONGEST - 4) for row, name in enumerate(names, 1)]
    return Box(
        x=x,
        y=top,
        width=_WIDE - 2 * _PAD,
        height=36 + _ROW * len(names),
        words=tuple(words),
        look="request" if stop.on_request else "",
    )


def _arrows(stops: Sequence[Stop], boxes: Sequence[Box]) -> tuple[tuple[str, str], ...]:
    """A path from the bottom of each box to the top of the next, and how it looks."""
    found = []
    for (_, above), (stop, below) in zip(zip(stops, boxes, strict=True), list(zip(stops, boxes, strict=True))[1:]):
        start, end = above.y + above.height, below.y - 2
        left, right = above.x + above.width // 2, below.x + below.width // 2
        middle = start + (end - start) // 2
        found.append((f"M{left} {start}V{middle}H{right}V{end}", "request" if stop.on_request else ""))
    return tuple(found)


def _said(course: Course, number: int, stop: Stop) -> str:
    names = f": {', '.join(stop.names)}" if stop.names else ""
    return f"{number}. {course.places[stop.place].name}: {stop.title}{names}."

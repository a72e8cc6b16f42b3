"""Times of the run in names and texts: two runs are never at one moment, and what they name after it is the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

Thing = Mapping[str, Any]
State = dict[str, dict[str, Thing]]
_CLOCK = r"(?:[-_T. ]?\d{2}[-_:.h]?\d{2}(?:[-_:.m]?\d{2})?s?)?(?:Z|[+-]\d{4})?"


def without_times(state: State, day: dt.date) -> State:
    """The state with `<time>` for each time of that day or its neighbours; of things that then have one name, the
    second and later ones are numbered, in the order of their times."""
    told = _teller(day)
    found: State = {}
    for kind, things in state.items():
        found[kind] = {}
        for name in sorted(things):
            plain = told(name)
            number = 1
            while (key := plain if number == 1 else f"{plain} #{number}") in found[kind]:
                number += 1
            found[kind][key] = _thing(things[name], told)
    return found


def _thing(thing: Thing, told: Callable[[str], str]) -> Thing:
    plain = {key: _value(value, told) for key, value in thing.items()}
    if "text" in thing and plain["text"] != thing["text"]:
        plain["sha256"] = hashlib.sha256(plain["text"].encode()).hexdigest()
        plain["size"] = len(plain["text"])
    return plain


def _value(value: Any, told: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return told(value)
    if isinstance(value, dict):
        return {key: _value(each, told) for key, each in value.items()}
    return [_value(each, told) for each in value] if isinstance(value, list) else value


def _teller(day: dt.date) -> Callable[[str], str]:
    days = [day + dt.timedelta(days=shift) for shift in (-1, 0, 1)]
    dates = "|".join(rf"{each.year}[-_./]?{each.month:02}[-_./]?{each.day:02}" for each in days)
    starts = "|".join({str(_seconds(each))[:5] for each in days})
    pattern = re.compile(rf"(?<!\d)(?:(?:{dates}){_CLOCK}|(?:{starts})\d{{5}}(?:\d{{3}})?)(?![\da-f])")
    return lambda text: pattern.sub("<time>", text)


def _seconds(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())

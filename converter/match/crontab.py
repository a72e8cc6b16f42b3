"""Lines of a crontab, and the pipelines by which scripts add one."""

from __future__ import annotations

import re

import msgspec

from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Value

_FIELD = r"[\d*][\w*/,\-]*|\*(?:/\d+)?|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*"
_TIMED = re.compile(rf"\s*({_FIELD})\s+({_FIELD})\s+({_FIELD})\s+({_FIELD})\s+({_FIELD})\s+(\S.*)", re.DOTALL)
_SPECIAL = re.compile(r"\s*@(reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)\s+(\S.*)", re.DOTALL)
_QUOTED = r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'"
_QUIET = r"(?:\s*2>\s*/dev/null)?(?:\s*\|\|\s*(?:true|:|echo\s+(?:\"\"|'')))?"
_LISTED = rf"crontab\s+-l{_QUIET}"
_ADDING = re.compile(
    rf"\s*(?:[({{]\s*{_LISTED}(?P<filter>\s*\|\s*grep\s+-[vFqEi]+\s+(?:--\s+)?(?:{_QUOTED}|\S+){_QUIET})?\s*;"
    rf"\s*echo\s+(?:{_QUOTED})\s*;?\s*[)}}]"
    rf"|{_LISTED}\s*\|\s*[({{]\s*cat\s*;\s*echo\s+(?:{_QUOTED})\s*;?\s*[)}}])\s*\|\s*crontab\s+-\s*",
    re.DOTALL,
)


class CronLine(msgspec.Struct, frozen=True, kw_only=True):
    """One job: either five times or `special`."""

    job: Value
    minute: Value | None = None
    hour: Value | None = None
    day: Value | None = None
    month: Value | None = None
    weekday: Value | None = None
    special: Value | None = None


def cron_lines(text: Value) -> list[CronLine]:
    """The jobs of a crontab that holds nothing else but comments."""
    marked, holes = _marked(text)
    lines = [line for line in marked.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise UnsuitedError(text.shell())
    return [_line(line, holes) for line in lines]


def cron_additions(source: Value) -> list[CronLine]:
    """The job that `(crontab -l; echo job) | crontab -` adds."""
    marked, holes = _marked(source)
    found = _ADDING.fullmatch(marked)
    if found is None:
        raise UnsuitedError(source.shell())
    double, single = [group for group in found.groups()[3:] if group is not None][:1], None
    quoted = double[0] if double else single
    if quoted is None:
        raise UnsuitedError(source.shell())
    return [_line(re.sub(r"\\([\"\\$`])", r"\1", quoted), holes)]


def _line(line: str, holes: list[Value]) -> CronLine:
    special = _SPECIAL.fullmatch(line)
    if special is not None:
        return CronLine(special=Value.of(special[1]), job=_filled(special[2], holes))
    timed = _TIMED.fullmatch(line)
    if timed is None:
        raise UnsuitedError(line)
    minute, hour, day, month, weekday = (_filled(field, holes) for field in timed.groups()[:5])
    return CronLine(minute=minute, hour=hour, day=day, month=month, weekday=weekday, job=_filled(timed[6], holes))


def _marked(text: Value) -> tuple[str, list[Value]]:
    """The text with a letter of a private range for each part that is not literal."""
    out: list[str] = []
    holes: list[Value] = []
    for part in text.parts:
        if isinstance(part, Literal):
            out.append(part.text)
        else:
            out.append(chr(0xE000 + len(holes)))
            holes.append(Value(part))
    return "".join(out), holes


def _filled(text: str, holes: list[Value]) -> Value:
    pieces = re.split("([\ue000-\uf8ff])", text.strip())
    return Value.join(
        holes[ord(piece) - 0xE000] if "\ue000" <= piece <= "\uf8ff" else Value.of(piece) for piece in pieces
    )

"""Lines of a crontab, and the pipelines by which scripts add one."""

from __future__ import annotations

import re

import msgspec

from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Value, Variable

_FIELD = r"[\d*][\w*/,\-]*|\*(?:/\d+)?|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*"
_TIMED = re.compile(rf"\s*({_FIELD})\s+({_FIELD})\s+({_FIELD})\s+({_FIELD})\s+({_FIELD})\s+(\S.*)", re.DOTALL)
_SPECIAL = re.compile(r"\s*@(reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)\s+(\S.*)", re.DOTALL)
_DOUBLE, _SINGLE = r"(?:[^\"\\]|\\.)*", r"[^']*"
_QUIET = r"(?:\s*2>\s*/dev/null)?(?:\s*\|\|\s*(?:true|:|echo\s+(?:\"\"|'')))?"
_OWNER = r"(?:\s+-u\s+\S+)?"
_LISTED = rf"crontab{_OWNER}\s+-l{_QUIET}"
_FILTERED = rf"(?:\s*\|\s*grep\s+-[vFqEi]+\s+(?:--\s+)?(?:\"{_DOUBLE}\"|'{_SINGLE}'|\S+){_QUIET})?"
_ECHO = rf"echo\s+(?:\"(?P<double>{_DOUBLE})\"|'(?P<single>{_SINGLE})')\s*(?:;|&&)?\s*"
_ECHOED = re.sub(r"\?P<\w+>", "?:", _ECHO)
_WRITTEN = rf"[)}}]\s*\|\s*(?:(?:sort(?:\s+-u)?|uniq)\s*\|\s*)?crontab{_OWNER}\s+-\s*"
_ADDING = re.compile(
    rf"\s*(?:[({{]\s*{_LISTED}{_FILTERED}\s*(?:;|\n)|{_LISTED}{_FILTERED}\s*\|\s*[({{]\s*cat\s*;)"
    rf"\s*(?P<echoes>(?:{_ECHOED})+){_WRITTEN}",
    re.DOTALL,
)
_EXPANDED = re.compile(r"\\([\"\\$`])|\$\{?([A-Za-z_]\w*)\}?|(\$\(|`)")


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
    """The jobs that `(crontab -l; echo job) | crontab -` adds."""
    marked, holes = _marked(source)
    found = _ADDING.fullmatch(marked)
    if found is None or len(set(re.findall(r"crontab\s+(?:-u\s+(\S+)\s+)?-", marked))) > 1:
        raise UnsuitedError(source.shell())
    return [_line(_echoed(echo, holes), holes) for echo in re.finditer(_ECHO, found["echoes"])]


def _echoed(echo: re.Match[str], holes: list[Value]) -> str:
    if echo["double"] is None:
        return str(echo["single"])
    return _EXPANDED.sub(lambda piece: _expanded(piece, holes), echo["double"])


def _expanded(piece: re.Match[str], holes: list[Value]) -> str:
    """What the shell makes of an escape or a variable between double quotes."""
    escaped, name, command = piece.groups()
    if command:
        raise UnsuitedError(piece[0])
    if escaped:
        return str(escaped)
    holes.append(Value(Variable(name)))
    return chr(0xE000 + len(holes) - 1)


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

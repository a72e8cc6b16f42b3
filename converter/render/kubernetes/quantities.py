"""Amounts: docker's `512m` is what a cluster calls `512Mi`."""

from __future__ import annotations

import re

from converter.render.kubernetes.texts import UnknownTextError

_UNITS = {"": "", "b": "", "k": "Ki", "m": "Mi", "g": "Gi", "t": "Ti"}
_TIMES = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def number(text: str) -> int:
    """A whole number that is not negative."""
    if not re.fullmatch(r"[0-9]{1,12}", text.strip()):
        raise UnknownTextError(f"`{text}` is no number")
    return int(text)


def memory(text: str) -> str:
    """Docker counts in powers of 1024, and so do these units:
    https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory"""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?", text.strip().lower())
    if found is None:
        raise UnknownTextError(f"`{text}` is no amount of memory")
    return f"{found[1]}{_UNITS[found[2]]}"


def cpus(text: str) -> str:
    """Processors, as thousandths where it is not a whole number."""
    if not re.fullmatch(r"\d*\.?\d+|\d+\.", text.strip()):
        raise UnknownTextError(f"`{text}` is no number of processors")
    thousandths = round(float(text) * 1000)
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"


def seconds(text: str) -> int:
    """`1m30s` in whole seconds, at least one."""
    found = duration(text)
    if found is None:
        raise UnknownTextError(f"`{text}` is no time")
    return found


def duration(text: str) -> int | None:
    """The same, also of a bare number of seconds; None where it is no time."""
    if text.isdigit() and text.isascii():
        return max(1, int(text))
    pieces = re.findall(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)", text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        return None
    return max(1, round(sum(float(number) * _TIMES[unit] for number, unit in pieces)))

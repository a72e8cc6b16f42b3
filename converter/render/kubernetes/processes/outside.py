"""What the rest of a script knows of where programs listen: its checks, its proxy and its firewall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from converter.model.plan import Plan
from converter.render.kubernetes.app import Surroundings
from converter.render.kubernetes.marking import Marking
from converter.render.kubernetes.processes.program import Source

_HERE = ("localhost", "127.0.0.1", "0.0.0.0", "::1")


def outside(plan: Plan, sources: Sequence[Source], marking: Marking, around: Surroundings) -> None:
    """Gives the only program without a known port the only port that the script asks for, and finds what the world
    reaches."""
    programs = [program for source in sources for program in source.programs]
    asked = [*_asked(plan, marking)]
    taken = {program.port for program in programs}
    free = list(dict.fromkeys(number for number, _ in asked if number not in taken))
    free += [int(number) for number in around.sites if number.isdigit() and int(number) not in (*taken, *free)]
    unknown = [program for program in programs if program.port is None]
    if len(free) == 1 and len(unknown) == 1:
        unknown[0].port = free[0]
        unknown[0].assumed.append(f"`{unknown[0].name}` listens on port {free[0]}, for which the script asks.")
    opened = {number for number, here in asked if not here} | {*_opened(plan, marking)}
    for program in programs:
        program.public = program.port in opened and str(program.port) not in around.sites


def _asked(plan: Plan, marking: Marking) -> Iterator[tuple[int, bool]]:
    """The ports of addresses, and whether they are of the host itself."""
    for each in plan.resources:
        spec: Any = each.spec
        if each.kind in ("http_check", "http_request"):
            text = marking.text(spec.url)
            try:
                parts = urlsplit(text)
                number = parts.port
            except ValueError:
                continue
            if number is not None:
                yield number, parts.hostname in _HERE
        elif each.kind == "port_wait":
            text = marking.text(spec.port)
            host = marking.text(spec.host) or "localhost"
            if text.isdigit():
                yield int(text), host in _HERE


def _opened(plan: Plan, marking: Marking) -> Iterator[int]:
    for each in plan.resources:
        spec: Any = each.spec
        if each.kind == "firewall_rule" and getattr(spec, "rule", "") == "allow" and spec.port is not None:
            text = marking.text(spec.port)
            if text.isdigit():
                yield int(text)

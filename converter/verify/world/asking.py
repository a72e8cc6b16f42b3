"""Whom a script asks: machines outside by their names, and what listens on the hosts themselves by its port."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from converter.model.plan import Environment, Plan
from converter.model.value import Value

_OWN = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]")
_URL = re.compile(r"https?://(?:[\w.-]+|\[::1\])(?::\d+)?(?=[/\"'\s;|&)?]|$)")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_REMOTE = re.compile(r"[^@/:]+@([^/:]+):")
_COMMENT = re.compile(r"(^|\s)#.*$", re.MULTILINE)
_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_LONGEST = 100_000


@dataclass(slots=True)
class Asking:
    """The names and the ports, in the order in which they were found."""

    machines: frozenset[str]
    names: dict[str, None] = field(default_factory=dict)
    ports: dict[int, None] = field(default_factory=dict)

    def note(self, url: str) -> None:
        """Notes who is asked; nothing where only a run can tell."""
        found = urlsplit(url) if "://" in url else None
        if found is None or not found.hostname:
            remote = _REMOTE.match(url)
            self.names |= {remote[1]: None} if remote else {}
        elif _OWN.fullmatch(found.hostname) or found.hostname in self.machines:
            self.ports[found.port or (443 if found.scheme == "https" else 80)] = None
        elif _NAME.fullmatch(found.hostname):
            self.names[found.hostname] = None


def asked(plan: Plan, environment: Environment | None, text: Callable[[Value | None], str | None]) -> Asking:
    """What resources ask by their own fields, and what the scripts have addresses of."""
    groups = [group for each in plan.environments for group in each.groups]
    found = Asking(frozenset(host.address.text or "" for group in groups for host in group.hosts))
    for each in plan.resources:
        for value in (getattr(each.spec, "url", None), getattr(each.spec, "repo", None)):
            if isinstance(value, Value):
                found.note(text(value) or value.shell())
    for url in _written(plan, environment):
        found.note(url)
    return found


def _written(plan: Plan, environment: Environment | None) -> Iterator[str]:
    """Addresses in the scripts, outside of comments, with the variables that hold everywhere or there."""
    variables = (*plan.variables, *(environment.variables if environment else ()))
    known = {each.name: each.value.text or "" for each in variables if each.value is not None}
    for source in plan.sources:
        yield from _URL.findall(_resolved(_COMMENT.sub("", source.text[:_LONGEST]), known))


def _resolved(text: str, known: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda name: known.get(name[1] or name[2]) or name[0], text)

"""What a request asks, what is answered, and which function answers what."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Thing = dict[str, Any]


class RefusedError(Exception):
    """What the engine doesn't do: the status of HTTP, and the words that its clients print."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, its path without the version of the API."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the path names."""
        return self.named["name"]

    def asked(self) -> Thing:
        """The body, where it is JSON."""
        found = json.loads(self.body or b"{}")
        return found if isinstance(found, dict) else {}

    def flag(self, name: str) -> bool:
        """Whether a switch of the query is on."""
        return self.query.get(name, "").lower() in ("1", "true", "t", "yes")

    def values(self, name: str) -> dict[str, list[str]]:
        """Filters: lists, or objects whose names count."""
        given = json.loads(self.query.get(name) or "{}")
        return {key: [str(each) for each in value] for key, value in given.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """JSON or bytes; or `lines` of JSON, sent as they come; or a `talk` over the connection itself."""

    status: int = 200
    body: object = None
    lines: Iterable[object] | None = None
    talk: Callable[[socket.socket], None] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Any, Request], Answer]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Has a function answer this; `{name}` in the path is the name of a thing, which may hold slashes."""
    pattern = re.compile(path.replace("{name}", "(?P<name>.+)"))

    def noted(handler: Handler) -> Handler:
        _ROUTES.append((method, pattern, handler))
        return handler

    return noted


def handler_of(method: str, path: str) -> tuple[Handler, Mapping[str, str]]:
    """Who answers it, and what the path names: the first that was noted."""
    for known, pattern, handler in _ROUTES:
        if known == method and (found := pattern.fullmatch(path)):
            return handler, found.groupdict()
    raise RefusedError(501, f"the recorder that stands for the engine does not know {method} {path}")

"""A request that makes a service do something: a webhook, a purge, a message."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class HttpRequest(Spec, frozen=True, kw_only=True):
    """`curl -X POST -d body url`; `timeout` in seconds; without `fails`, only a server that can't be reached is a
    failure, as for curl without `-f`."""

    kind: ClassVar[str] = "http_request"

    url: Value
    method: str = "POST"
    headers: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    login: Value | None = None
    password: Value | None = None
    timeout: Value | None = None
    insecure: bool = False
    follow: bool = False
    fails: bool = False

    def identity(self) -> str:
        """The method and the address; no two requests are one, since each makes something happen."""
        return f"http:{self.method}:{self.url.key()}"

    def summary(self) -> str:
        """`Send a POST request to https://example.com/hook`."""
        return f"Send a {self.method} request to {self.url.shell()}"

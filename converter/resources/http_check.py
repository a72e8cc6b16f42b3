"""A request that shows whether a service answers."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class HttpCheck(Spec, frozen=True, kw_only=True):
    """`curl -f url`; `status` None is any below 400, `contains` text of the answer, `timeout` in seconds; it is asked
    `retries` times more, `delay` seconds apart, before it counts as failed."""

    kind: ClassVar[str] = "http_check"

    url: Value
    status: Value | None = None
    timeout: Value | None = None
    contains: Value | None = None
    method: str = "GET"
    insecure: bool = False
    follow: bool = False
    headers: tuple[tuple[str, Value], ...] = ()
    body: Value | None = None
    retries: Value | None = None
    delay: Value | None = None

    def identity(self) -> str:
        """The address that is asked."""
        return f"http:{self.url.key()}"

    def summary(self) -> str:
        """`Check that https://example.com/health answers`."""
        return f"Check that {self.url.shell()} answers"

"""A port that has to be open before the work goes on."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class PortWait(Spec, frozen=True, kw_only=True):
    """`nc -z host port`; `state` is open or closed; `timeout` in seconds."""

    kind: ClassVar[str] = "port_wait"

    port: Value
    host: Value | None = None
    state: str = "open"
    timeout: Value | None = None

    def identity(self) -> str:
        """The host and the port."""
        return f"port:{self.host.key() if self.host else ''}:{self.port.key()}"

    def summary(self) -> str:
        """`Wait for port 5432`."""
        where = f" of {self.host.shell()}" if self.host else ""
        return f"Wait for port {self.port.shell()}{where}"

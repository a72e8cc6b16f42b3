"""A network of containers."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ContainerNetwork(Spec, frozen=True, kw_only=True):
    """`docker network create name`; `options` are those of the driver."""

    kind: ClassVar[str] = "container_network"

    name: Value
    driver: Value | None = None
    state: str = "present"
    subnet: Value | None = None
    gateway: Value | None = None
    ip_range: Value | None = None
    internal: bool = False
    attachable: bool = False
    ipv6: bool = False
    labels: tuple[tuple[str, Value], ...] = ()
    options: tuple[tuple[str, Value], ...] = ()

    def identity(self) -> str:
        """Its name."""
        return f"network:{self.name.key()}"

    def summary(self) -> str:
        """`Make the network web`."""
        return f"{'Remove' if self.state == 'absent' else 'Make'} the network {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

"""A volume of containers."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ContainerVolume(Spec, frozen=True, kw_only=True):
    """`docker volume create name`; `options` are those of the driver."""

    kind: ClassVar[str] = "container_volume"

    name: Value
    driver: Value | None = None
    state: str = "present"
    labels: tuple[tuple[str, Value], ...] = ()
    options: tuple[tuple[str, Value], ...] = ()

    def identity(self) -> str:
        """Its name."""
        return f"volume:{self.name.key()}"

    def summary(self) -> str:
        """`Make the volume web`."""
        return f"{'Remove' if self.state == 'absent' else 'Make'} the volume {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

"""Containers, images, volumes or networks that nothing uses, removed."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ContainerPrune(Spec, frozen=True, kw_only=True):
    """`docker system prune` is containers, networks and images."""

    kind: ClassVar[str] = "container_prune"

    what: str = "system"
    all: bool = False
    volumes: bool = False
    filters: tuple[tuple[str, Value], ...] = ()

    def identity(self) -> str:
        """What is pruned."""
        return f"prune:{self.what}"

    def summary(self) -> str:
        """`Remove unused images`."""
        return f"Remove unused {'containers, networks and images' if self.what == 'system' else self.what}"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

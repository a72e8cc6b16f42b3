"""An image of containers: pulled, built, or gone."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value

_VERBS = {"build": "Build", "absent": "Remove"}


class Image(Spec, frozen=True, kw_only=True):
    """`path` is the build context."""

    kind: ClassVar[str] = "image"

    name: Value
    source: str = "pull"
    path: Value | None = None
    dockerfile: Value | None = None
    arguments: tuple[tuple[str, Value], ...] = ()
    labels: tuple[tuple[str, Value], ...] = ()
    network: Value | None = None
    cache_from: tuple[Value, ...] = ()
    target: Value | None = None
    platform: Value | None = None
    cache: bool = True
    pull: bool = False
    push: bool = False
    force: bool = False
    runtime: str = "docker"

    def identity(self) -> str:
        """Its name."""
        return f"image:{self.name.key()}"

    def summary(self) -> str:
        """`Build the image shop`."""
        return f"{_VERBS.get(self.source, 'Pull')} the image {self.name.shell()}"

"""A further name of an image."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ImageTag(Spec, frozen=True, kw_only=True):
    """`docker tag name target`."""

    kind: ClassVar[str] = "image_tag"

    name: Value
    target: Value

    def identity(self) -> str:
        """The new name."""
        return f"image-tag:{self.target.key()}"

    def summary(self) -> str:
        """`Tag shop as registry/shop`."""
        return f"Tag {self.name.shell()} as {self.target.shell()}"

"""An image that is in its registry."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ImagePush(Spec, frozen=True, kw_only=True):
    """`docker push name`."""

    kind: ClassVar[str] = "image_push"

    name: Value

    def identity(self) -> str:
        """Its name."""
        return f"push:{self.name.key()}"

    def summary(self) -> str:
        """`Push registry/shop`."""
        return f"Push the image {self.name.shell()}"

"""Images in an archive file."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ImageArchive(Spec, frozen=True, kw_only=True):
    """`docker load -i path`; with `state` saved, `docker save -o path names`."""

    kind: ClassVar[str] = "image_archive"

    path: Value
    names: tuple[Value, ...] = ()
    state: str = "loaded"

    def identity(self) -> str:
        """The archive and what happens with it."""
        return f"image-archive:{self.path.key()}:{self.state}"

    def summary(self) -> str:
        """`Load the images of /tmp/shop.tar`."""
        return f"{'Load' if self.state == 'loaded' else 'Save'} the images of {self.path.shell()}"

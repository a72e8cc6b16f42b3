"""A command that only a person can decide about; nothing is guessed."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Unresolved(Spec, frozen=True, kw_only=True):
    """The command as written, and why it is not understood; manifests stop there with the question."""

    kind: ClassVar[str] = "unresolved"

    source: Value
    reason: str = ""

    def identity(self) -> str:
        """Its text."""
        return f"unresolved:{self.source.key()}"

    def summary(self) -> str:
        """`Decide about eval "$X"`."""
        text = " ".join(self.source.shell().split())
        return f"Decide about {text if len(text) <= 70 else text[:67] + '...'}"

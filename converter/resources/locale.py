"""A locale that is generated."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class Locale(Spec, frozen=True, kw_only=True):
    """`locale-gen name`."""

    kind: ClassVar[str] = "locale"

    name: Value
    state: str = "present"

    def identity(self) -> str:
        """The locale."""
        return f"locale:{self.name.key()}"

    def summary(self) -> str:
        """`Generate the locale en_US.UTF-8`."""
        return f"Generate the locale {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

"""A module of Apache."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ApacheModule(Spec, frozen=True, kw_only=True):
    """`a2enmod name`."""

    kind: ClassVar[str] = "apache_module"

    name: Value
    state: str = "present"
    force: bool = False

    def identity(self) -> str:
        """The module."""
        return f"apache-module:{self.name.key()}"

    def summary(self) -> str:
        """`Enable the Apache module rewrite`."""
        return f"{'Enable' if self.state == 'present' else 'Disable'} the Apache module {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The last one said counts."""
        return later if isinstance(later, ApacheModule) else None

"""A module of the kernel."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class KernelModule(Spec, frozen=True, kw_only=True):
    """`modprobe name`."""

    kind: ClassVar[str] = "kernel_module"

    name: Value
    state: str = "present"
    parameters: Value | None = None

    def identity(self) -> str:
        """The module."""
        return f"module:{self.name.key()}"

    def summary(self) -> str:
        """`Load the kernel module br_netfilter`."""
        return f"{'Load' if self.state == 'present' else 'Unload'} the kernel module {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

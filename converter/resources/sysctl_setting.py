"""A setting of the kernel."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class SysctlSetting(Spec, frozen=True, kw_only=True):
    """`sysctl -w name=value`; `persistent` writes it to a file, so that it holds after a restart, `file` says which."""

    kind: ClassVar[str] = "sysctl_setting"

    name: Value
    value: Value
    persistent: bool = False
    file: Value | None = None
    ignore_errors: bool = False

    def identity(self) -> str:
        """The setting."""
        return f"sysctl:{self.name.key()}"

    def summary(self) -> str:
        """`Set vm.swappiness to 10`."""
        return f"Set {self.name.shell()} to {self.value.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

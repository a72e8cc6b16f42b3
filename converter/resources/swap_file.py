"""Swap space, in a file or on a device."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import asdict, replace

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class SwapFile(Spec, frozen=True, kw_only=True):
    """`mkswap path`, `swapon path`; `size` in what fallocate takes makes the file, which `written` fills with zeros as
    `dd` does, for file systems that can't swap to what is only allocated."""

    kind: ClassVar[str] = "swap_file"

    path: Value
    size: Value | None = None
    written: bool = False
    format: bool = False
    enabled: bool | None = None

    def identity(self) -> str:
        """The path."""
        return f"path:{paths.place(self.path)}"

    def summary(self) -> str:
        """`Use /swapfile as swap`."""
        return f"{'Stop using' if self.enabled is False else 'Use'} {self.path.shell()} as swap"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The file is there."""
        return () if self.enabled is False else looking.at_file(self.path, nonempty=True)

    def fold(self, later: Spec) -> Spec | None:
        """Made, protected, formatted and used."""
        if later.kind == "file_attributes":
            return self if asdict(later)["mode"] == Value.of("600") else None
        if not isinstance(later, SwapFile) or self.enabled is not None or later.size is not None:
            return None
        if self.format and later.format:
            return None
        return replace(self, format=self.format or later.format, enabled=later.enabled)

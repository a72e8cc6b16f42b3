"""A key that packages are signed with."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking


class PackageKey(Spec, frozen=True, kw_only=True):
    """`curl url | apt-key add -`, or a key ring of its own; `dearmor` turns the text form into the binary one."""

    kind: ClassVar[str] = "package_key"

    url: Value | None = None
    path: Value | None = None
    keyring: Value | None = None
    keyserver: Value | None = None
    id: Value | None = None
    dearmor: bool = False
    manager: str = "apt"

    def identity(self) -> str:
        """The key ring, or where the key comes from."""
        found = self.keyring or self.url or self.path or self.id
        return f"key:{found.key() if found else ''}"

    def summary(self) -> str:
        """`Trust the package key https://example.com/key.asc`."""
        found = self.url or self.path or self.id or self.keyring
        return f"Trust the package key {found.shell() if found else ''}".rstrip()

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The key ring is there."""
        return looking.at_file(self.keyring, nonempty=True) if self.keyring is not None else ()

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

"""A public key that may log in as a user."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class AuthorizedKey(Spec, frozen=True, kw_only=True):
    """`echo key >> ~user/.ssh/authorized_keys`; with `exclusive` no other key stays."""

    kind: ClassVar[str] = "authorized_key"

    user: Value
    key: Value
    path: Value | None = None
    exclusive: bool = False

    def identity(self) -> str:
        """The user and the key."""
        return f"key:{self.user.key()}:{self.key.key()}"

    def label(self) -> str:
        """The user; keys are too long to read."""
        return self.user.key()

    def summary(self) -> str:
        """`Let a key log in as deploy`."""
        return f"Let a key log in as {self.user.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

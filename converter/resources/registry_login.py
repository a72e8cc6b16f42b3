"""A login at a registry of images."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class RegistryLogin(Spec, frozen=True, kw_only=True):
    """The password is a secret of the plan."""

    kind: ClassVar[str] = "registry_login"

    username: Value
    password: Value
    registry: Value | None = None

    def identity(self) -> str:
        """The registry."""
        return f"registry:{self.registry.key() if self.registry is not None else 'docker.io'}"

    def summary(self) -> str:
        """`Log in at ghcr.io`."""
        return f"Log in at {self.registry.shell() if self.registry is not None else 'Docker Hub'}"

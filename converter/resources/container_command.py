"""A command in a container that runs."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ContainerCommand(Spec, frozen=True, kw_only=True):
    """`docker exec container argv`; `runtime` is docker or podman."""

    kind: ClassVar[str] = "container_command"

    container: Value
    argv: tuple[Value, ...]
    user: Value | None = None
    workdir: Value | None = None
    environment: tuple[tuple[str, Value], ...] = ()
    stdin: Value | None = None
    tty: bool = False
    detach: bool = False
    runtime: str = "docker"

    def identity(self) -> str:
        """The container and the whole command."""
        return f"container-command:{self.container.key()}:{' '.join(word.key() for word in self.argv)}"

    def summary(self) -> str:
        """`Run nginx -s reload in the container web`."""
        return f"Run {' '.join(word.shell() for word in self.argv)} in the container {self.container.shell()}"

    def label(self) -> str:
        """The container."""
        return self.container.key()

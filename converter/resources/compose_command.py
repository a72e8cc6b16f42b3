"""A command in a service of a compose project."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ComposeCommand(Spec, frozen=True, kw_only=True):
    """`docker compose exec service argv`, or with `fresh`, `docker compose run`: in a container of its own, which
    `remove` takes away; `standalone` is the old docker-compose program."""

    kind: ClassVar[str] = "compose_command"

    project_src: Value
    service: Value
    argv: tuple[Value, ...] = ()
    fresh: bool = False
    files: tuple[Value, ...] = ()
    project_name: Value | None = None
    env_files: tuple[Value, ...] = ()
    profiles: tuple[Value, ...] = ()
    user: Value | None = None
    workdir: Value | None = None
    environment: tuple[tuple[str, Value], ...] = ()
    index: Value | None = None
    stdin: Value | None = None
    tty: bool = True
    detach: bool = False
    remove: bool = False
    dependencies: bool = True
    entrypoint: Value | None = None
    volumes: tuple[Value, ...] = ()
    standalone: bool = False

    def identity(self) -> str:
        """The service and the whole command."""
        words = " ".join(word.key() for word in self.argv)
        return f"compose-command:{self.project_src.key()}:{self.service.key()}:{words}"

    def summary(self) -> str:
        """`Run php artisan migrate in the service web`."""
        words = " ".join(word.shell() for word in self.argv) or "what it is made for"
        return f"Run {words} in the service {self.service.shell()}"

    def label(self) -> str:
        """The service."""
        return self.service.key()

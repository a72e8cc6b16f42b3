"""A container by its name."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.value import Value

_VERBS = {"stopped": "Stop", "absent": "Remove", "restarted": "Restart"}


class Container(Spec, frozen=True, kw_only=True):
    """The fields are the options of `docker run`, `flags` the rarer ones; `state` absent and stopped need no image."""

    kind: ClassVar[str] = "container"

    name: Value
    image: Value | None = None
    state: str = "started"
    ports: tuple[Value, ...] = ()
    volumes: tuple[Value, ...] = ()
    environment: tuple[tuple[str, Value], ...] = ()
    env_files: tuple[Value, ...] = ()
    restart: Value | None = None
    networks: tuple[Value, ...] = ()
    command: tuple[Value, ...] = ()
    entrypoint: Value | None = None
    labels: tuple[tuple[str, Value], ...] = ()
    memory: Value | None = None
    cpus: Value | None = None
    user: Value | None = None
    workdir: Value | None = None
    hostname: Value | None = None
    privileged: bool = False
    capabilities: tuple[Value, ...] = ()
    interactive: bool = False
    tty: bool = False
    remove: bool = False
    extra_hosts: tuple[Value, ...] = ()
    log_driver: Value | None = None
    log_options: tuple[tuple[str, Value], ...] = ()
    flags: tuple[tuple[str, Value], ...] = ()
    pull: str = ""
    recreate: bool = False
    runtime: str = "docker"

    def identity(self) -> str:
        """Its name."""
        return f"container:{self.name.key()}"

    def summary(self) -> str:
        """`Run the container shop`."""
        return f"{_VERBS.get(self.state, 'Run')} the container {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """`stop`, `rm` and `run` of one container: it runs, made anew."""
        if not isinstance(later, Container):
            return None
        if self.state in ("stopped", "absent") and later.state == "started" and later.image is not None:
            return msgspec.structs.replace(later, recreate=True)
        if self.state == "stopped" and later.state in ("absent", "stopped"):
            return later
        return self if later == self else None

"""A compose project: its services run as its files say."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.value import Value

_VERBS = {"absent": "Take down", "stopped": "Stop", "restarted": "Restart", "built": "Build", "pulled": "Pull"}


class ComposeProject(Spec, frozen=True, kw_only=True):
    """`state` is present, absent, stopped, restarted, built or pulled; `standalone` is the old docker-compose
    program."""

    kind: ClassVar[str] = "compose_project"

    project_src: Value
    files: tuple[Value, ...] = ()
    project_name: Value | None = None
    env_files: tuple[Value, ...] = ()
    profiles: tuple[Value, ...] = ()
    services: tuple[Value, ...] = ()
    state: str = "present"
    build: str = "policy"
    pull: str = "policy"
    recreate: str = "auto"
    remove_orphans: bool = False
    remove_volumes: bool = False
    remove_images: str = ""
    scale: tuple[tuple[str, Value], ...] = ()
    wait: bool = False
    wait_timeout: Value | None = None
    timeout: Value | None = None
    standalone: bool = False
    dependencies: bool = True

    def identity(self) -> str:
        """The directory, files and name of the project."""
        name = self.project_name.key() if self.project_name is not None else ""
        return f"compose:{self.project_src.key()}:{' '.join(file.key() for file in self.files)}:{name}"

    def summary(self) -> str:
        """`Run the compose project of /srv/shop`."""
        return f"{_VERBS.get(self.state, 'Run')} the compose project of {self.project_src.shell()}"

    def label(self) -> str:
        """The directory."""
        return self.project_src.key()

    def fold(self, later: Spec) -> Spec | None:
        """`pull`, `build`, `down` and `up` of one project: it runs, pulled, built and made anew."""
        if not isinstance(later, ComposeProject) or later.state not in ("present", "built", "pulled"):
            return None
        without_cache = self.state == "built" and self.recreate == "always"
        if (
            without_cache
            or self.remove_volumes
            or self.remove_images
            or self.state in ("stopped", "restarted")
            or self.state == "present"
        ):
            return None
        if self.services and set(self.services) != set(later.services):
            return None
        merged = msgspec.structs.replace(
            later,
            build=later.build if later.build != "policy" else self.build,
            pull=later.pull if later.pull != "policy" else self.pull,
            remove_orphans=later.remove_orphans or self.remove_orphans,
        )
        if self.state == "absent":
            return msgspec.structs.replace(merged, recreate="always") if later.state == "present" else None
        return merged

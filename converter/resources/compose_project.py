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
        """`pull`, `build` or `down` of a project and then its `up`: it runs, pulled, built or made anew."""
        if not isinstance(later, ComposeProject) or not self._folds():
            return None
        if later.state != self.state and later.state != "present":
            return None
        if _which(self) != _which(later):
            return None
        if self.state == later.state:
            return later if later == self else None
        merged = msgspec.structs.replace(
            later,
            build=later.build if later.build != "policy" else self.build,
            pull=later.pull if later.pull != "policy" else self.pull,
            remove_orphans=later.remove_orphans or self.remove_orphans,
        )
        return msgspec.structs.replace(merged, recreate="always") if self.state == "absent" else merged

    def _folds(self) -> bool:
        """Not where `up` has no word for it: a build's `--pull` is of the images that it begins with, and of no
        other."""
        if self.state == "built":
            return self.recreate == "auto" and self.pull == "policy"
        return self.state in ("pulled", "absent") and not self.remove_volumes and not self.remove_images


def _which(project: ComposeProject) -> tuple[object, ...]:
    """The services that are meant."""
    return frozenset(project.services), frozenset(project.profiles), project.env_files

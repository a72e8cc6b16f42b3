"""PHP packages that composer installs."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ComposerPackages(Spec, frozen=True, kw_only=True):
    """`composer install`, or another command that composer has; without `dev`, `--no-dev`;
    `executable` is the composer that is not on PATH."""

    kind: ClassVar[str] = "composer_packages"

    path: Value
    dev: bool = True
    optimize: bool = False
    scripts: bool = True
    prefer_dist: bool = False
    executable: Value | None = None
    command: str = "install"
    names: tuple[Value, ...] = ()
    extra: tuple[Value, ...] = ()

    def identity(self) -> str:
        """The project."""
        return f"composer:{self.path.key()}:{self.command}"

    def summary(self) -> str:
        """`Install the PHP packages of /srv/shop`."""
        verb = {"update": "Update", "remove": "Remove", "require": "Add", "dump-autoload": "Write the autoloader for"}
        return f"{verb.get(self.command, 'Install')} the PHP packages of {self.path.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

"""Packages of Node.js: the dependencies of a project, or programs for the whole machine."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class NodePackages(Spec, frozen=True, kw_only=True):
    """`npm ci` is `clean`; `frozen` forbids changes of the lock file."""

    kind: ClassVar[str] = "node_packages"

    path: Value | None = None
    manager: str = "npm"
    names: tuple[Value, ...] = ()
    clean: bool = False
    production: bool = False
    global_: bool = False
    frozen: bool = False
    state: str = "present"
    extra: tuple[Value, ...] = ()

    def identity(self) -> str:
        """The project, or what is installed for all."""
        where = self.path.key() if self.path is not None else "global"
        return f"node:{where}:{' '.join(name.key() for name in self.names)}"

    def summary(self) -> str:
        """`Install the packages of /srv/shop`."""
        return f"Install {', '.join(name.shell() for name in self.names) or 'the dependencies'} with {self.manager}"

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

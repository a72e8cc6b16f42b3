"""Ruby gems: those of a Gemfile, or by name."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class RubyPackages(Spec, frozen=True, kw_only=True):
    """`bundle install` in `path`, or `gem install` of `names`."""

    kind: ClassVar[str] = "ruby_packages"

    path: Value | None = None
    names: tuple[Value, ...] = ()
    without: tuple[Value, ...] = ()
    deployment: bool = False
    jobs: Value | None = None

    def identity(self) -> str:
        """The project or the gems."""
        return f"ruby:{self.path.key() if self.path is not None else ' '.join(n.key() for n in self.names)}"

    def summary(self) -> str:
        """`Install the gems of /srv/shop`."""
        return (
            f"Install the gems {', '.join(n.shell() for n in self.names)}"
            if self.names
            else "Install the gems of the project"
        )

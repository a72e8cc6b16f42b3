"""Ruby gems: those of a Gemfile, or by name."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class RubyPackages(Spec, frozen=True, kw_only=True):
    """`bundle install` in `path`, or `gem install` of `names`; `executable` is the bundler that is not on PATH."""

    kind: ClassVar[str] = "ruby_packages"

    path: Value | None = None
    names: tuple[Value, ...] = ()
    without: tuple[Value, ...] = ()
    deployment: bool = False
    jobs: Value | None = None
    executable: Value | None = None
    gemfile: Value | None = None
    gem_path: Value | None = None
    binstubs: Value | None = None
    local: bool = False
    clean: bool = False

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

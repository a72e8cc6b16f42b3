"""A working copy that git keeps at a version."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking, paths


class GitCheckout(Spec, frozen=True, kw_only=True):
    """`repo` is None where only the working copy itself knows its remote; `version` None is the branch that it is
    on. With `update` it follows the remote; with `force` changes in the working copy are given up; with `reset` the
    branch itself goes to the version; with `own_modes` the script changes modes of files in it; with `fetch` alone
    nothing but what is known of the remote changes, with `options` of that fetch."""

    kind: ClassVar[str] = "git_checkout"

    dest: Value
    repo: Value | None = None
    version: Value | None = None
    remote: Value | None = None
    update: bool = False
    force: bool = False
    reset: bool = False
    depth: Value | None = None
    submodules: bool = False
    clean: bool = False
    bare: bool = False
    own_modes: bool = False
    fetch: bool = False
    options: tuple[Value, ...] = ()

    def identity(self) -> str:
        """Its path."""
        return f"path:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Check out shop at /srv/shop`."""
        if self.fetch:
            return f"Fetch what is new for {self.dest.shell()}"
        if self.force and not self.update and self.repo is None and self.version is None:
            return f"Give up changes in {self.dest.shell()}"
        return (
            f"Check out {self.dest.shell()}"
            if self.repo is not None or self.version is not None
            else f"Update {self.dest.shell()}"
        )

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """A working copy is there."""
        inside = self.dest + "/.git"
        return (*looking.at_directory(self.dest), *looking.at_directory(inside))

    def fold(self, later: Spec) -> Spec | None:
        """Clone, fetch, reset, checkout and pull of one working copy are one checkout."""
        if not isinstance(later, GitCheckout) or _differ(self.repo, later.repo) or _differ(self.remote, later.remote):
            return None
        if later.fetch:
            return self if self.update or (self.fetch and self.options == later.options) else None
        if self._moves_apart(later):
            return None
        return msgspec.structs.replace(
            self,
            repo=self.repo or later.repo,
            remote=self.remote or later.remote,
            version=later.version or self.version,
            update=self.update or later.update or self.fetch,
            fetch=False,
            options=(),
            force=self.force or later.force,
            reset=self.reset if later.version is None and self.version is not None else later.reset,
            depth=self.depth if self.depth == later.depth or not later.update else None,
            submodules=self.submodules or later.submodules,
            clean=self.clean or later.clean,
        )

    def _moves_apart(self, later: GitCheckout) -> bool:
        """Whether one of them moves a branch that the other one is not on."""
        known = self.update or later.update or self.fetch
        return not known and (self.reset or later.reset) and _differ(self.version, later.version)


def _differ(one: Value | None, other: Value | None) -> bool:
    return one is not None and other is not None and one != other

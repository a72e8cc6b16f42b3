"""A setting of git."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class GitSetting(Spec, frozen=True, kw_only=True):
    """`git config`; `repo` is the working copy of a local one; with `add` it is one value of several."""

    kind: ClassVar[str] = "git_setting"

    name: Value
    value: Value
    scope: str = "local"
    repo: Value | None = None
    add: bool = False

    def identity(self) -> str:
        """The scope and the name."""
        where = self.repo.key() if self.repo is not None else ""
        return f"git:{self.scope}:{where}:{self.name.key()}:{self.value.key() if self.add else ''}"

    def summary(self) -> str:
        """`Set user.name of git`."""
        return f"Set {self.name.shell()} of git"

    def fold(self, later: Spec) -> Spec | None:
        """The later value holds."""
        return later if isinstance(later, GitSetting) else None

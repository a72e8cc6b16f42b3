"""A directory that is kept like another one by rsync."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import paths

TIMES = frozenset({"-t", "--times"})
# With these the time or the size decides, and not the content.
_BY_TIME = frozenset({"-u", "--update", "--size-only", "-I", "--ignore-times"})


class Sync(Spec, frozen=True, kw_only=True):
    """`rsync -a src dest`; a `src` that ends with `/` means what is inside; `direction` is push, pull or local."""

    kind: ClassVar[str] = "sync"

    src: Value
    dest: Value
    direction: str = "push"
    delete: bool = False
    excludes: tuple[Value, ...] = ()
    includes: tuple[Value, ...] = ()
    archive: bool = True
    compress: bool = False
    checksum: bool = False
    extra: tuple[Value, ...] = ()

    def by_content(self) -> bool:
        """Whether files are sent for what is in them: those that a pipeline sends have other times at each run."""
        words = {word for value in self.extra if (word := value.text)}
        return self.direction == "push" and not words & _BY_TIME

    def keeps_times(self) -> bool:
        """Whether rsync is told to give each file the time of its source."""
        return self.archive or any(value.text in TIMES for value in self.extra)

    def identity(self) -> str:
        """From where to where."""
        return f"sync:{self.src.key()}:{paths.place(self.dest)}"

    def summary(self) -> str:
        """`Synchronise dist/ to /var/www/html`."""
        return f"Synchronise {self.src.shell()} to {self.dest.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The same again."""
        return self if later == self else None

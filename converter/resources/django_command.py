"""A command of a Django application."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class DjangoCommand(Spec, frozen=True, kw_only=True):
    """`./manage.py arguments` in `project`, with the Python of `virtualenv`; `program` is what the script calls."""

    kind: ClassVar[str] = "django_command"

    project: Value
    arguments: tuple[Value, ...]
    program: tuple[Value, ...] = ()
    virtualenv: Value | None = None

    def identity(self) -> str:
        """The project and the whole command."""
        return f"django:{self.project.key()}:{' '.join(word.key() for word in self.arguments)}"

    def summary(self) -> str:
        """`Run manage.py migrate --noinput`."""
        return f"Run manage.py {' '.join(word.shell() for word in self.arguments)}"

    def label(self) -> str:
        """The name of the command."""
        return self.arguments[0].key()

"""Python packages, by name or from a requirements file."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class PythonPackages(Spec, frozen=True, kw_only=True):
    """`pip install`; `virtualenv` is the environment, None the system; `project` a directory that is installed."""

    kind: ClassVar[str] = "python_packages"

    names: tuple[Value, ...] = ()
    requirements: Value | None = None
    virtualenv: Value | None = None
    python: Value | None = None
    project: Value | None = None
    editable: bool = False
    state: str = "present"
    extra: tuple[Value, ...] = ()
    chdir: Value | None = None

    def identity(self) -> str:
        """What is installed, and where."""
        return f"python:{self.virtualenv.key() if self.virtualenv is not None else ''}:{self._what().key()}"

    def summary(self) -> str:
        """`Install Python packages of requirements.txt`."""
        return (
            f"Install the Python packages {self._what().shell()}"
            if self.state != "absent"
            else f"Remove the Python packages {self._what().shell()}"
        )

    def _what(self) -> Value:
        return self.requirements or self.project or Value.join(self.names, " ")

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice."""
        return self if later == self else None

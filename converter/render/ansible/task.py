"""A task before it is written: a module with its arguments, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from converter.model.resource import Resource
from converter.model.trace import Guard
from converter.model.tree import TreeFile
from converter.model.value import Value
from converter.render.ansible.value import template


@dataclass(slots=True)
class Task:
    """One task. `extra` holds keywords such as `changed_when`; `own_directory` means that `chdir` is among its arguments;
    `suffix` is added to the name where a resource needs several tasks."""

    module: str
    args: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    suffix: str = ""
    environment: bool = False


class Conditions(Protocol):
    """Writes guards as conditions."""

    def when(self, guard: Guard) -> list[str]:
        """One expression a test."""


@dataclass(slots=True)
class Place:
    """What an emitter may know besides the spec: names of variables, the resource, files of the role to add to."""

    names: Mapping[str, str]
    resource: Resource
    role: str
    files: list[TreeFile]
    checks: Conditions

    def text(self, value: Value) -> str:
        """The value as a template."""
        return template(value, self.names)

    def texts(self, values: tuple[Value, ...]) -> list[str]:
        """The values as templates."""
        return [self.text(value) for value in values]

    def some(self, **arguments: Any) -> dict[str, Any]:
        """The arguments that are given: values as templates, without `None`, empty lists and false flags."""
        found: dict[str, Any] = {}
        for name, given in arguments.items():
            value = self.plain(given)
            if value is None or value == [] or value is False or value == {}:
                continue
            found[name.rstrip("_")] = value
        return found

    def plain(self, given: Any) -> Any:
        """One argument in Ansible's syntax."""
        if isinstance(given, Value):
            return self.text(given)
        if isinstance(given, tuple):
            if given and isinstance(given[0], tuple):
                return {key: self.plain(value) for key, value in given}
            return [self.plain(item) for item in given]
        return given

    @property
    def cwd(self) -> str:
        """The directory in which the script ran the command."""
        return self.text(self.resource.context.cwd)


Emitter = Callable[[Any, Place], "list[Task]"]

"""A task before it is written: a module with its arguments, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from converter.model.paths import absolute
from converter.model.resource import Resource
from converter.model.trace import Guard
from converter.model.tree import TreeFile
from converter.model.value import Value, Variable
from converter.render.ansible.names import Unique, slug
from converter.render.ansible.value import shell, template

BASH = "/bin/bash"
# Programs that have a module of their own.
OF_MODULES = frozenset(
    """apt-get chkconfig curl git hg letsencrypt mktemp mount patch rpm rsync sed service supervisorctl svn systemctl
    tar unzip wget yum""".split()
)
PROJECT = Value(Variable("project_dir"))
# Begins the comment above a command that is one on purpose; `gitopsify verify` looks for it.
KEPT = "Kept as a command: "


@dataclass(slots=True)
class Task:
    """One task. `extra` holds keywords such as `changed_when`; `suffix` tells apart the tasks of one resource; `own`
    are variables that its shell text finds in the environment; with `environment` it gets those of the script too.
    `looks` marks one that changes nothing, which a handler's notification and the resource's own options are not
    for."""

    module: str
    args: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    suffix: str = ""
    environment: bool = False
    own: dict[str, str] = field(default_factory=dict)
    looks: bool = False
    comments: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()


def by_shell(text: str, *, pipefail: bool, errexit: bool = False) -> tuple[str, dict[str, Any]]:
    """The module and its arguments for a shell text. Without `pipefail` only the end of a pipe tells whether it has
    failed, and what stops reading early, as `grep -q` does, is no failure."""
    if errexit:
        text = f"set -e\n{text}"
    first = text.split(maxsplit=1)[:1]
    if first and first[0].rpartition("/")[2] in OF_MODULES:
        # The module of that program can't do what the text does.
        return "ansible.builtin.command", {"argv": [BASH, "-c", text], "expand_argument_vars": False}
    if "|" not in text.replace("||", ""):
        return "ansible.builtin.shell", {"cmd": text, "executable": BASH}
    if pipefail:
        return "ansible.builtin.shell", {"cmd": f"set -o pipefail\n{text}", "executable": BASH}
    return "ansible.builtin.command", {"argv": [BASH, "-c", text], "expand_argument_vars": False}


def _without_blank_ends(text: str) -> str:
    """Without blanks on lines that hold nothing else, unless these may stand in quotes or in a heredoc."""
    if "<<" in text or re.search(r"['\"][^'\"]*\n[ \t]+\n[^'\"]*['\"]", text):
        return text
    return re.sub(r"(?m)^[ \t]+$", "", text)


class Conditions(Protocol):
    """Writes guards as conditions."""

    def when(self, guard: Guard) -> list[str]:
        """One expression a test."""


@dataclass(slots=True)
class Place:
    """What an emitter may know besides the spec: names of variables, the resource, the handlers that the plan has by
    what they restart; whether the inventory has a variable for the port; and files, handlers and variables of the
    inventory to add to."""

    names: Mapping[str, str]
    resource: Resource
    role: str
    files: list[TreeFile]
    checks: Conditions
    registers: Unique
    settings: dict[str, tuple[str, str]]
    handlers: dict[str, Task]
    planned: Mapping[str, str]
    named_port: bool = False

    def text(self, value: Value) -> str:
        """The value as a template."""
        return template(value, self.names)

    def texts(self, values: tuple[Value, ...]) -> list[str]:
        """The values as templates."""
        return [self.text(value) for value in values]

    def path(self, value: Value) -> str:
        """A path, seen from the directory in which the script ran the command."""
        return self.text(absolute(self.resource.context.cwd, value))

    def local(self, value: Value) -> str:
        """A path of the machine that runs the play, where relative ones start at the checkout of the application."""
        cwd = self.resource.context.cwd
        base = PROJECT if not cwd or (cwd.text is not None and cwd.text in ("/", ".")) else cwd
        return self.text(absolute(base if "project_dir" in self.names else cwd, value))

    def shell(self, value: Value) -> tuple[str, dict[str, str]]:
        """Shell text and its environment."""
        text, environment = shell(value, self.names)
        return _without_blank_ends(text), environment

    def register(self, what: str) -> str:
        """A free name for a result."""
        return self.registers.name(f"{self.role}_{slug(what)}")

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

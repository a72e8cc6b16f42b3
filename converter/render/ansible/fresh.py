"""Check mode on an empty machine: it ends before the first task that needs what an earlier task would only have made.

`--check` makes nothing, so a task that works in a directory, as a user or on a unit of an earlier task would fail
there. On a machine that has been deployed to, nothing ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.paths import absolute
from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.ansible.names import Unique, slug
from converter.render.ansible.plays import LOCAL
from converter.render.ansible.task import Task
from converter.render.ansible.value import template

Thing = tuple[str, str]
_MAKES = {
    "directory": "path",
    "git_checkout": "dest",
    "virtualenv": "path",
    "file": "path",
    "file_copy": "dest",
    "touched_file": "path",
    "link": "path",
    "download": "dest",
    "upload": "dest",
    "sync": "dest",
    "archive_create": "dest",
}
# Fields that name something which has to be there, also in check mode.
_NEEDS = {
    "archive": ("src", "dest"),
    "compose_project": ("project_src",),
    "composer_packages": ("path",),
    "file_attributes": ("path",),
    "file_copy": ("src",),
    "git_setting": ("repo",),
    "image": ("path",),
    "line": ("path",),
    "node_packages": ("path",),
    "pm2_process": ("cwd",),
    "python_packages": ("chdir", "requirements", "virtualenv"),
    "replacement": ("path",),
    "ruby_packages": ("path",),
    "text_block": ("path",),
}
# Kinds whose tasks start a program in the script's directory.
_RUNS = frozenset("capture command composer_packages node_packages python_packages ruby_packages pm2_process".split())
_ACCOUNTS = {"authorized_key": "user", "cron_job": "user"}
# How the modules say that there was nothing before.
_NEW = {"git_checkout": "not {}.before", "group": "{}.gid is not defined"} | dict.fromkeys(
    ("directory", "touched_file", "link", "user"), "{}.uid is not defined"
)
_LOOK: dict[str, Any] = {"changed_when": False, "failed_when": False, "check_mode": False}


class Ends:
    """Finds the tasks that make something which later ones need, and writes where a run in check mode ends."""

    def __init__(self, resources: Sequence[Resource], names: Mapping[str, str], registers: Unique, role: str) -> None:
        self._needed: dict[str, list[tuple[Thing, Resource]]] = {}
        self._conditions: dict[str, str] = {}
        self._names, self._registers, self._role = names, registers, role
        self._ended: set[str] = set()
        makers: dict[Thing, Resource] = {}
        for resource in resources:
            if resource.on == LOCAL or resource.dated:
                continue
            self._needed[resource.address] = [(thing, makers[thing]) for thing in _closest(_needs(resource), makers)]
            for thing in _gives(resource):
                makers.setdefault(thing, resource)
        self._wanted = {maker.address for pairs in self._needed.values() for _, maker in pairs}

    def mark(self, resource: Resource, made: Sequence[Task]) -> None:
        """Registers the result of a task that later ones need, where it tells whether there was something before."""
        tasks = [task for task in made if not task.looks and not task.module.endswith((".command", ".shell"))]
        if resource.address not in self._wanted or resource.kind not in _NEW or not tasks or "loop" in tasks[-1].extra:
            return
        register = tasks[-1].extra.setdefault("register", self._free(resource))
        self._conditions[resource.address] = f"{register} is changed and {_NEW[resource.kind].format(register)}"

    def before(self, resource: Resource) -> list[Task]:
        """The end, and what has to be looked up for it, where it has to be before this resource."""
        tasks: list[Task] = []
        found: list[str] = []
        for (what, key), maker in self._needed.get(resource.address, ()):
            if maker.address in self._ended:
                continue
            self._ended.add(maker.address)
            if maker.address not in self._conditions:
                look, condition = self._look(what, key, maker)
                tasks.append(look)
                self._conditions[maker.address] = condition
            found.append(self._conditions[maker.address])
        if not found:
            return []
        either = " or ".join(f"({one})" for one in found) if len(found) > 1 else found[0]
        title = "End here in check mode where the steps before are still to be done"
        end = Task("ansible.builtin.meta", {}, {"when": ["ansible_check_mode", either]}, suffix=title)
        return [*tasks, end]

    def _look(self, what: str, key: str, maker: Resource) -> tuple[Task, str]:
        spec: Any = maker.spec
        register, only = self._free(maker), {"when": "ansible_check_mode"}
        if what == "unit":
            args: dict[str, Any] = {"argv": ["env", "systemctl", "cat", key]}
            look = Task("ansible.builtin.command", args, {"register": register, **_LOOK, **only})
            look.suffix = f"Ask in check mode whether there is a unit {key}"
            return look, f"{register}.rc != 0"
        path = absolute(maker.context.cwd, getattr(spec, _MAKES[maker.kind]))
        look = Task("ansible.builtin.stat", {"path": template(path, self._names)}, {"register": register, **only})
        look.suffix = f"Look in check mode whether {path.shell()} is there"
        return look, f"not {register}.stat.exists"

    def _free(self, resource: Resource) -> str:
        words = f"{resource.kind} {resource.address.rstrip('/').rpartition('/')[2]}"
        return self._registers.name(f"{self._role}_{slug(words.partition('#')[0])}")


def _closest(needed: set[Thing], makers: dict[Thing, Resource]) -> list[Thing]:
    """What makes the things, or for a path the directory that is closest above it."""
    found: dict[Thing, None] = {}
    for what, key in sorted(needed):
        for place in _upwards(key) if what == "path" else [key]:
            if (what, place) in makers:
                found[what, place] = None
                break
    return list(found)


def _upwards(path: str) -> list[str]:
    pieces = path.split("/")
    return ["/".join(pieces[:count]) for count in range(len(pieces), 0, -1) if any(pieces[:count])]


def _gives(resource: Resource) -> set[Thing]:
    spec: Any = resource.spec
    found: set[Thing] = set()
    if resource.kind in _MAKES and getattr(spec, "repo", spec) is not None:
        found.add(("path", _key(resource, getattr(spec, _MAKES[resource.kind]))))
    if resource.kind in ("user", "group") and spec.state == "present":
        found.add((resource.kind, spec.name.key()))
    if resource.kind == "file" and "/systemd/system/" in spec.path.key():
        found.add(("unit", spec.path.key().rpartition("/")[2].removesuffix(".service")))
    if resource.kind == "package" and spec.state != "absent":
        found |= {("unit", name.key().partition("=")[0].partition(".")[0]) for name in spec.names}
    return found


def _needs(resource: Resource) -> set[Thing]:
    spec: Any = resource.spec
    found: set[Thing] = set()
    for name in _NEEDS.get(resource.kind, ()):
        value = getattr(spec, name, None)
        if isinstance(value, Value) and not (name == "path" and getattr(spec, "create", False)):
            found.add(("path", _key(resource, value)))
    if resource.kind in _RUNS:
        found.add(("path", _key(resource, resource.context.cwd)))
    if resource.kind == "service":
        found.add(("unit", spec.name.key().removesuffix(".service")))
    users = [resource.context.user, getattr(spec, "owner", None), getattr(spec, _ACCOUNTS.get(resource.kind, ""), None)]
    found |= {("user", user.key()) for user in users if isinstance(user, Value)}
    group = getattr(spec, "group", None)
    return found | ({("group", group.key())} if isinstance(group, Value) else set())


def _key(resource: Resource, path: Value) -> str:
    return absolute(resource.context.cwd, path).key().rstrip("/")

"""A host in miniature: applies specs and remembers what every command and service saw, to compare a script with its
plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from converter.model.plan import EdgeKind, Plan
from converter.model.resource import Spec
from converter.model.trace import Guard, PathTest, Step, Test
from converter.model.value import Value

Attributes = dict[str, str]


@dataclass
class World:
    """Paths with their attributes, users, services with what they read when they started, and what commands saw."""

    paths: dict[str, Attributes] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    services: dict[str, tuple[bool, bool, str]] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    tests: dict[str, bool] = field(default_factory=dict)

    def holds(self, guard: Guard) -> bool:
        """Whether all tests hold, each evaluated when it is first asked."""
        answers = [self._test(test) for test in guard]
        return all(answers)

    def _test(self, test: Test) -> bool:
        if test.id not in self.tests:
            assert isinstance(test.subject, PathTest)
            self.tests[test.id] = _text(test.subject.path) in self.paths
        return self.tests[test.id] != test.negated

    def snapshot(self) -> str:
        """All files as a service or command would read them."""
        return repr(sorted((path, sorted(found.items())) for path, found in self.paths.items()))

    def apply(self, spec: Spec) -> bool:
        """Applies one spec; tells whether that changed anything."""
        before = (self.snapshot(), sorted(self.users), dict(self.services))
        getattr(self, f"_{spec.kind}")(spec)
        return before != (self.snapshot(), sorted(self.users), dict(self.services)) or spec.kind == "command"

    def _set(self, spec: Spec, path: str) -> None:
        for name in ("mode", "owner", "group"):
            value = getattr(spec, name, None)
            if value is None:
                continue
            if name == "owner" and _text(value) not in self.users:
                self.failed.append(f"no user {_text(value)}")
            self.paths[path][name] = _text(value)

    def _directory(self, spec: Spec) -> None:
        self._made(spec, "directory", None)

    def _touched_file(self, spec: Spec) -> None:
        self._made(spec, "file", None)

    def _file(self, spec: Spec) -> None:
        if getattr(spec, "force", True) or _text(_field(spec, "path")) not in self.paths:
            self._made(spec, "file", _text(_field(spec, "content")))
        else:
            self._set(spec, _text(_field(spec, "path")))

    def _made(self, spec: Spec, type_: str, content: str | None) -> None:
        path = _text(_field(spec, "path"))
        for parent in _parents(path):
            if self.paths.setdefault(parent, {"type": "directory"})["type"] != "directory":
                self.failed.append(f"{parent} is a file")
        found = self.paths.setdefault(path, {"type": type_})
        if found["type"] != type_:
            self.failed.append(f"{path} is a {found['type']}")
            return
        if content is not None:
            found["content"] = content
        self._set(spec, path)

    def _file_attributes(self, spec: Spec) -> None:
        path = _text(_field(spec, "path"))
        if path not in self.paths:
            self.failed.append(f"no {path}")
            return
        self._set(spec, path)

    def _absent(self, spec: Spec) -> None:
        path = _text(_field(spec, "path"))
        for found in [name for name in self.paths if name == path or name.startswith(f"{path}/")]:
            del self.paths[found]

    def _user(self, spec: Spec) -> None:
        self.users.add(_text(_field(spec, "name")))

    def _service(self, spec: Spec) -> None:
        name, state = _text(_field(spec, "name")), _field(spec, "state")
        running, enabled, read = self.services.get(name, (False, False, ""))
        if state == "stopped":
            running, read = False, ""
        if (state == "started" and not running) or state == "restarted" or (state == "reloaded" and running):
            running, read = True, self.snapshot()
        if state == "reloaded" and not running:
            self.failed.append(f"{name} does not run")
        if _field(spec, "enabled") is not None:
            enabled = bool(_field(spec, "enabled"))
        self.services[name] = (running, enabled, read)

    def _command(self, spec: Spec) -> None:
        running = sorted(name for name, (state, _, _) in self.services.items() if state)
        self.seen.append((spec.identity(), f"{self.snapshot()} {sorted(self.users)} {running}"))


def _field(spec: Spec, name: str) -> Any:
    return getattr(spec, name)


def _parents(path: str) -> list[str]:
    names = path.split("/")[1:-1]
    return ["/" + "/".join(names[: end + 1]) for end in range(len(names))]


def _text(value: Value) -> str:
    assert value.text is not None
    return value.text


def run_script(steps: list[Step], specs: list[Spec]) -> World:
    """What the script does."""
    world = World()
    for step, spec in zip(steps, specs, strict=True):
        if world.holds(step.guard):
            world.apply(spec)
    return world


def run_plan(plan: Plan, world: World | None = None) -> tuple[World, list[str]]:
    """What the plan does, and what it changed; a handler runs where it stands, if something that notifies it has
    changed."""
    world = world or World()
    changed: list[str] = []
    for resource in plan.resources:
        if not world.holds(resource.guard):
            continue
        if resource.handler:
            notifying = {e.first for e in plan.edges if e.kind == EdgeKind.NOTIFIES and e.second == resource.address}
            if not notifying & set(changed):
                continue
        if world.apply(resource.spec) or resource.handler:
            changed.append(resource.address)
    return world, changed

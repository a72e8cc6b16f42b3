"""A role from the resources of one play: tasks, handlers, templates and files, in the order of the script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from converter.model.plan import Edge, EdgeKind
from converter.model.resource import Resource
from converter.model.trace import Guard, StepSucceeded
from converter.model.tree import TreeFile, Unsupported
from converter.render.ansible.conditions import Checks, failure, leaves
from converter.render.ansible.kinds import emitter
from converter.render.ansible.mentions import names_of
from converter.render.ansible.names import Unique
from converter.render.ansible.task import Place, Task
from converter.render.ansible.value import UnrenderableError, inert, template
from converter.render.yaml import Item, listing


@dataclass(slots=True)
class Role:
    """What is written of one role."""

    name: str
    names: Mapping[str, str]
    secrets: frozenset[str]
    edges: Sequence[Edge]
    logins: Mapping[str, str]
    tasks: list[Item] = field(default_factory=list)
    handlers: list[Item] = field(default_factory=list)
    files: list[TreeFile] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    checks: Checks = field(init=False)
    unique: Unique = field(default_factory=Unique)
    titles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.checks = Checks(self.names, self.name)

    def add(self, resources: Sequence[Resource]) -> None:
        """Writes the resources, in order."""
        for resource in resources:
            if resource.handler:
                self.titles[resource.address] = self.unique.name(_title(resource.name))
        watched = _watched(resources)
        for index, resource in enumerate(resources):
            try:
                self._one(resource, resources[index + 1 :], watched)
            except UnrenderableError as problem:
                self._refuse(resource, str(problem))

    def _one(self, resource: Resource, later: Sequence[Resource], watched: set[int]) -> None:
        emit = emitter(resource.kind)
        if emit is None:
            self._refuse(resource, f"Ansible has nothing for {resource.kind}")
            return
        looks = self._looks(resource)
        place = Place(self.names, resource, self.name, self.files, self.checks)
        made = emit(resource.spec, place)
        if resource.handler:
            self.tasks.extend(looks)
            self._handler(resource, made)
            if any(not one.handler for one in later):
                self.tasks.append(
                    Item(
                        {
                            "name": self.unique.name("Do now what was changed for"),
                            "ansible.builtin.meta": "flush_handlers",
                        }
                    )
                )
            return
        items = [self._written(resource, task, count) for count, task in enumerate(made)]
        mine = watched & set(resource.steps)
        if mine:
            items = [self._rescued(resource, items, mine)]
        self.tasks.extend(looks)
        self.tasks.extend(items)

    def _looks(self, resource: Resource) -> list[Item]:
        guard: Guard = resource.guard
        guard = (*guard, *getattr(resource.spec, "condition", ()))
        found: list[Item] = []
        for task, test in self.checks.before(guard):
            data: dict[str, Any] = {"name": self.unique.name(_title(task.suffix)), task.module: task.args, **task.extra}
            data |= self._become(test.context.user, resource) if test.context.user is not None else {}
            if resource.on == "local" or (test.context.host is None and resource.context.host is not None):
                data |= {"delegate_to": "localhost"}
            found.append(Item(data, [test.span.lines()]))
        return found

    def _handler(self, resource: Resource, made: Sequence[Task]) -> None:
        title = self.titles[resource.address]
        for count, task in enumerate(made):
            item = self._written(resource, task, count, handler=True)
            if count + 1 == len(made):
                item.data["name"] = title
            else:
                item.data["listen"] = title
            item.data = _ordered(item.data)
            self.handlers.append(item)

    def _written(self, resource: Resource, task: Task, count: int, *, handler: bool = False) -> Item:
        name = _title(resource.name)
        if task.suffix:
            name = _title(f"{task.suffix} - {name}")
        data: dict[str, Any] = {"name": self.unique.name(name) if not handler else name}
        when = self.checks.when(resource.guard)
        extra = dict(task.extra)
        if "when" in extra:
            when = [*when, extra.pop("when")]
        if when:
            data["when"] = when[0] if len(when) == 1 else when
        data |= self._become(resource.context.user, resource)
        data[task.module] = task.args
        data |= extra
        if task.environment:
            data |= self._environment(resource)
        data |= self._around(resource, task, data)
        said = [", ".join(span.lines() for span in resource.origin.spans), *_said(resource)] if count == 0 else []
        return Item(_ordered(data), [line for line in said if line])

    def _around(self, resource: Resource, task: Task, data: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        notified = [
            self.titles[e.second]
            for e in self.edges
            if e.kind == EdgeKind.NOTIFIES and e.first == resource.address and e.second in self.titles
        ]
        if notified and not resource.handler:
            found["notify"] = notified
        if resource.on == "local":
            found |= {"delegate_to": "localhost", "run_once": True}
        if resource.retry is not None and "register" not in data:
            name = f"{self.name}_try_{len(self.tasks) + 1}"
            tries = resource.retry.attempts or 60
            found |= {
                "register": name,
                "until": f"{name} is succeeded",
                "retries": tries,
                "delay": resource.retry.delay,
            }
        if resource.tolerated and "failed_when" not in data:
            found["failed_when"] = False
        if self._secret(resource) and "no_log" not in data:
            found["no_log"] = True
        return found

    def _secret(self, resource: Resource) -> bool:
        return bool(self.secrets & {*names_of(resource.spec), *names_of(resource.context)})

    def _become(self, user: Any, resource: Resource) -> dict[str, Any]:
        if user is None:
            return {}
        name = template(user, self.names)
        host = resource.context.host
        login = host.user.text if host is not None and host.user is not None else None
        if name == login:
            return {}
        return {"become": True} if name == "root" else {"become": True, "become_user": name}

    def _environment(self, resource: Resource) -> dict[str, Any]:
        given = {name: template(value, self.names) for name, value in resource.context.environment}
        return {"environment": given} if given else {}

    def _rescued(self, resource: Resource, items: list[Item], steps: Iterable[int]) -> Item:
        """A step whose end is asked for later: its failure is noted instead of ending the play."""
        facts = {self.names[failure(step)]: True for step in sorted(steps)}
        note = {
            "name": self.unique.name(_title(f"note that it failed - {resource.name}")),
            "ansible.builtin.set_fact": facts,
        }
        comments = items[0].comments
        name = self.unique.name(_title(f"try to - {resource.name}"))
        return Item({"name": name, "block": [item.data for item in items], "rescue": [note]}, comments)

    def _refuse(self, resource: Resource, reason: str) -> None:
        self.unsupported.append(Unsupported(address=resource.address, target="ansible", reason=reason))
        place = ", ".join(span.lines() for span in resource.origin.spans)
        data = {
            "name": self.unique.name(_title(resource.name)),
            "ansible.builtin.fail": {"msg": f"{place}: to be decided by a person"},
        }
        self.tasks.append(Item(data, [place]))

    def written(self) -> list[TreeFile]:
        """The files of the role."""
        root = f"roles/{self.name}"
        found = [TreeFile(path=f"{root}/tasks/main.yml", text=listing(self.tasks))]
        if self.handlers:
            found.append(TreeFile(path=f"{root}/handlers/main.yml", text=listing(self.handlers)))
        return [*found, *self.files]


def _said(resource: Resource) -> list[str]:
    said = resource.origin.comment.splitlines()
    if resource.tolerated:
        said.append("The script goes on when this fails.")
    if resource.reason:
        said.append(resource.reason[:1].upper() + resource.reason[1:])
    return said


def _title(text: str) -> str:
    line = " ".join(text.replace("{{", "").replace("}}", "").replace("${", "$").replace("}", "").split()).strip(" .:")
    line = inert(line)[:90].strip()
    return (line[:1].upper() + line[1:]) or "Go on"


def _ordered(data: dict[str, Any]) -> dict[str, Any]:
    """The keys in the order that ansible-lint asks for: name first, then how, the module, what stands around it, when."""
    first = [key for key in ("name", "become", "become_user") if key in data]
    modules = [key for key in data if "." in key]
    last = [key for key in ("when",) if key in data]
    middle = [key for key in data if key not in (*first, *modules, *last)]
    return {key: data[key] for key in (*first, *modules, *middle, *last)}


def _watched(resources: Sequence[Resource]) -> set[int]:
    """The steps whose end some guard asks for."""
    tests = [test for resource in resources for test in (*resource.guard, *getattr(resource.spec, "condition", ()))]
    inner = [leaf for test in tests for leaf in leaves(test)]
    return {test.subject.step for test in inner if isinstance(test.subject, StepSucceeded)}

"""A role from the resources of one play: tasks, handlers, templates and files, in the order of the script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from converter.model.plan import EdgeKind, Plan
from converter.model.resource import EACH_HOST, Resource
from converter.model.trace import Test
from converter.model.tree import TreeFile, Unsupported
from converter.render.ansible.around import Around, said
from converter.render.ansible.checks import Checks
from converter.render.ansible.conditions import always
from converter.render.ansible.flushes import Flushes
from converter.render.ansible.fresh import Ends
from converter.render.ansible.kinds import UNSUPPORTED, emitter
from converter.render.ansible.loops import rolled
from converter.render.ansible.names import Unique, slug
from converter.render.ansible.plays import Results, Stretch
from converter.render.ansible.task import BASH, Place, Task
from converter.render.ansible.titles import title
from converter.render.ansible.value import UnrenderableError, inert
from converter.render.ansible.versions import texts
from converter.render.yaml import Item, Row, listing

Settings = dict[str, tuple[str, str]]


class Role:
    """What is written of one role; `settings` are the variables that it adds to the inventory."""

    def __init__(
        self,
        plan: Plan,
        stretch: Stretch,
        names: Mapping[str, str],
        secrets: frozenset[str],
        made: Results,
        registers: Unique,
    ) -> None:
        self.name, self.stretch = stretch.role, stretch
        self.names = {**names, **made.names(stretch.on), EACH_HOST: "hostvars[inventory_hostname].ansible_host"}
        self.settings: Settings = {}
        self.unsupported: list[Unsupported] = []
        self._made, self._registers = made, registers
        self._notifies: dict[str, list[str]] = {}
        for edge in plan.edges:
            if edge.kind == EdgeKind.NOTIFIES:
                self._notifies.setdefault(edge.first, []).append(edge.second)
        hosts = [host for each in plan.environments for group in each.groups for host in group.hosts]
        self._named_port = any(host.port is not None and host.port.variables for host in hosts)
        self._around = Around(plan, stretch.on, self.names, secrets)
        known = made.failed(stretch.on) | {always(name): self.names[name] for name in texts(plan) if name in self.names}
        self._checks = Checks(self.names, self.name, registers, known)
        self._ends = Ends(stretch.resources, self.names, registers, self.name)
        self._unique = Unique()
        self._tasks: list[Item] = []
        self._handlers: list[Item] = []
        self._files: list[TreeFile] = []
        self._titles: dict[str, str] = {}
        self._planned: dict[str, str] = {}
        self._noted: dict[str, tuple[str, str]] = {}
        self._extra: dict[str, Task] = {}
        self._add(stretch.resources)

    def written(self) -> list[TreeFile]:
        """The files of the role."""
        root = f"roles/{self.name}"
        found = [TreeFile(path=f"{root}/tasks/main.yml", text=listing(rolled(self._tasks)))]
        handlers = [*self._handlers, *(self._bare(name, task) for name, task in self._extra.items())]
        if handlers:
            found.append(TreeFile(path=f"{root}/handlers/main.yml", text=listing(handlers)))
        return [*found, *self._files]

    def _add(self, resources: Sequence[Resource]) -> None:
        flushes = Flushes(resources, self._notifies)
        for resource in resources:
            if resource.handler:
                own = self._titles[resource.address] = self._unique.name(title(resource.name))
                if resource.address in flushes.late:
                    fact = self._registers.name(f"{self.name}_{slug(own)}")
                    self._noted[resource.address] = (self._unique.name(f"{own} in its place"), fact)
                self._planned[resource.spec.identity()] = self._told(resource.address)
        for resource in resources:
            if resource.address in flushes.late:
                self._flush()
            try:
                self._resource(resource)
            except UnrenderableError as problem:
                self._refuse(resource, str(problem))
            if resource.address in flushes.after:
                self._flush()

    def _flush(self) -> None:
        name = self._unique.name("Restart now what has to be restarted so far")
        self._tasks.append(Item({"name": name, "ansible.builtin.meta": "flush_handlers"}))

    def _told(self, address: str) -> str:
        """What is notified for a restart."""
        return self._noted[address][0] if address in self._noted else self._titles[address]

    def _resource(self, resource: Resource) -> None:
        emit = emitter(resource.kind)
        if emit is None:
            self._refuse(resource, UNSUPPORTED.get(resource.kind, f"Ansible has nothing for {resource.kind}"))
            return
        looks = self._looks(resource)
        place = Place(
            names=self.names,
            resource=resource,
            role=self.name,
            files=self._files,
            checks=self._checks,
            registers=self._registers,
            settings=self.settings,
            handlers=self._extra,
            planned=self._planned,
            named_port=self._named_port,
        )
        made = emit(resource.spec, place)
        self._name_outputs(resource, made)
        self._ends.mark(resource, made)
        watched = {step: self._made.failures[step][0] for step in resource.steps if step in self._made.failures}
        items = [self._item(resource, task, watched=bool(watched)) for task in made]
        if items:
            items[0].comments = (*said(resource), *items[0].comments)
        self._tasks += [*(self._end(resource, task) for task in self._ends.before(resource)), *looks]
        if resource.address in self._noted:
            self._tasks += items
            self._handlers.append(self._note(resource))
        elif resource.handler:
            self._handle(resource, made, items)
        else:
            self._tasks += [self._rescued(resource, items, watched.values())] if watched and items else items

    def _end(self, resource: Resource, task: Task) -> Item:
        data: dict[str, Any] = {"name": self._unique.name(title(task.suffix)), task.module: task.args or "end_host"}
        return Item(ordered({**data, **task.extra, **(self._around.place(resource) if task.args else {})}))

    def _name_outputs(self, resource: Resource, made: Sequence[Task]) -> None:
        variable = str(getattr(resource.spec, "variable", "") or getattr(resource.spec, "output", ""))
        if variable and made:
            made[-1].extra["register"] = self._made.outputs[variable][0]

    def _looks(self, resource: Resource) -> list[Item]:
        found: list[Item] = []
        guard = (*resource.asks, *resource.guard, *getattr(resource.spec, "condition", ()))
        for task, test in self._checks.before(guard):
            data: dict[str, Any] = {"name": self._unique.name(title(task.suffix)), task.module: task.args, **task.extra}
            data |= self._around.place_of_test(test, resource)
            environment = {**task.own, **self._environment(test)}
            if environment:
                data["environment"] = environment
            if self._around.hides(test):
                data["no_log"] = True
            found.append(Item(ordered(data), [test.span.lines()]))
        return found

    def _environment(self, test: Test) -> dict[str, str]:
        return self._around.environment(test.context) if hasattr(test.subject, "text") else {}

    def _item(self, resource: Resource, task: Task, *, watched: bool) -> Item:
        name = title(f"{task.suffix} - {resource.name}" if task.suffix else resource.name)
        data: dict[str, Any] = {"name": self._titles[resource.address] if resource.handler else self._unique.name(name)}
        data[task.module] = {key: _row(value) if key == "argv" else value for key, value in task.args.items()}
        data |= self._around.of(resource, task, watched=watched)
        if "retries" in data:
            data.setdefault("register", self._registers.name(f"{self.name}_try"))
            data["until"] = f"{data['register']} is succeeded"
        own = data.pop("when", [])
        when = [*self._checks.when(resource.guard), *([own] if isinstance(own, str) else own)]
        when += ["not ansible_check_mode"] if resource.dated else []
        when += [f"{self._noted[resource.address][1]} | default(false)"] if resource.address in self._noted else []
        if when:
            data["when"] = when[0] if len(when) == 1 else when
        notified = [*task.notify, *([] if task.looks else self._notified(resource))]
        if notified:
            data["notify"] = list(dict.fromkeys(notified))
        return Item(ordered(data), task.comments)

    def _notified(self, resource: Resource) -> list[str]:
        told = self._notifies.get(resource.address, ())
        return list(dict.fromkeys(self._told(address) for address in told if address in self._titles))

    def _note(self, resource: Resource) -> Item:
        """A handler that may run too early, since it changes nothing but what the restart in its place asks for."""
        name, fact = self._noted[resource.address]
        return Item({"name": name, "ansible.builtin.set_fact": {fact: True}})

    def _handle(self, resource: Resource, made: Sequence[Task], items: Sequence[Item]) -> None:
        """The last task bears the name that is notified, what comes before it listens to that name."""
        for task, item in zip(made[:-1], items[:-1], strict=True):
            item.data = ordered(
                {**item.data, "name": self._unique.name(title(f"{task.suffix or 'Prepare'} - {resource.name}"))}
            )
            item.data["listen"] = self._titles[resource.address]
        self._handlers += items

    def _rescued(self, resource: Resource, items: list[Item], facts: Iterable[str]) -> Item:
        """A step whose end is asked for later: its failure is noted instead of ending the play."""
        note = {
            "name": self._unique.name(title(f"Note that it failed - {resource.name}")),
            "ansible.builtin.set_fact": dict.fromkeys(facts, True),
        }
        comments, items[0].comments = items[0].comments, ()
        name = self._unique.name(title(f"Try - {resource.name}"))
        return Item({"name": name, "block": [item.data for item in items], "rescue": [note]}, comments)

    def _bare(self, name: str, task: Task) -> Item:
        """A handler that no line of the script asks for."""
        return Item(ordered({"name": name, task.module: task.args, **task.extra}), task.comments)

    def _refuse(self, resource: Resource, reason: str) -> None:
        self.unsupported.append(Unsupported(address=resource.address, target="ansible", reason=reason))
        place = ", ".join(span.lines() for span in resource.origin.spans)
        message = inert(f"{place}: a person has to decide what becomes of this, because {reason}")
        data = {"name": self._unique.name(title(resource.name)), "ansible.builtin.fail": {"msg": message}}
        self._tasks.append(Item(data, said(resource)))


def _row(argv: list[str]) -> list[str]:
    """Words in one line where they are short, the text of a shell in a line of its own."""
    return argv if argv[:2] == [BASH, "-c"] else Row(argv)


def ordered(data: dict[str, Any]) -> dict[str, Any]:
    """Keys as Ansible's documentation orders them: name, as whom, the module, what stands around it, when."""
    first = [key for key in ("name", "become", "become_user") if key in data]
    modules = [key for key in data if "." in key]
    around = ("environment", "delegate_to", "run_once", "loop", "loop_control", "register", "until", "retries", "delay")
    last = [
        key
        for key in (*around, "when", "changed_when", "failed_when", "check_mode", "no_log", "notify", "listen")
        if key in data
    ]
    rest = [key for key in data if key not in (*first, *modules, *last)]
    return {key: data[key] for key in (*first, *modules, *rest, *last)}

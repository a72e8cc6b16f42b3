"""The pass that places what is computed: before everything where that gives the same, else as a step of its own in its place."""

from __future__ import annotations

import re

import msgspec

from converter.model.plan import PlanVariable, VariableKind
from converter.model.resource import Origin, Resource
from converter.model.source import Span
from converter.model.trace import Binding, Context, Guard, RunsOn
from converter.model.value import CommandOutput, Part, Value, Variable
from converter.plan.place import LOCAL, SERVER, group_of
from converter.plan.rewrite import rewrite, values
from converter.plan.surroundings import steady
from converter.plan.work import Work
from converter.resources.capture import Capture

_LOOKS = frozenset({"assertion", "capture", "http_check", "pause", "port_wait", "package_cache"})
# Fields that are shell text: there `$(command)` can stay as it is.
_SHELL = frozenset({"source", "text"})


def name_outputs(work: Work) -> Work:
    """Gives every `$(command)` that stands directly in a value a variable of its own."""
    names = _Names(work)
    resources = tuple(names.in_resource(resource) for resource in work.resources)
    groups = rewrite(work.groups, lambda value: names.replaced(value, ""))
    return work.having(resources=resources, groups=groups)


class _Names:
    def __init__(self, work: Work) -> None:
        self._taken = {variable.name for value in values((work.resources, work.groups)) for variable in value.variables}
        self._taken |= {binding.name for binding in work.trace.bindings}
        self._known: dict[tuple[str, str], str] = {}

    def in_resource(self, resource: Resource) -> Resource:
        """The resource with variables in place of outputs; one command in one resource is run once."""
        if not any(isinstance(part, CommandOutput) for value in values(resource) for part in value.parts):
            return resource
        if resource.kind == "command" and not getattr(resource.spec, "stdin", None) and not getattr(resource.spec, "log", None):
            if any(isinstance(part, CommandOutput) for word in getattr(resource.spec, "argv", ()) for part in word.parts):
                resource = msgspec.structs.replace(resource, spec=msgspec.structs.replace(resource.spec, argv=()))
        return self._fields(resource, resource.address)

    def _fields(self, thing: Resource, scope: str) -> Resource:
        spec = self._struct(thing.spec, scope)
        context = self._struct(thing.context, scope)
        guard = tuple(msgspec.structs.replace(test, subject=self._struct(test.subject, test.id)) for test in thing.guard)
        return msgspec.structs.replace(thing, spec=spec, context=context, guard=guard if guard != thing.guard else thing.guard)

    def _struct[T: msgspec.Struct](self, thing: T, scope: str) -> T:
        return thing

    def replaced(self, value: Value, scope: str) -> Value:
        """The value with a variable for each output."""
        return value.map(lambda part: self._variable(part, scope))

    def _variable(self, part: Part, scope: str) -> Part:
        if not isinstance(part, CommandOutput):
            return part
        key = ("" if steady(part.text) else scope, part.text)
        if key not in self._known:
            self._known[key] = self._free(part.text)
        return Variable(self._known[key], Value(part))

    def _free(self, command: str) -> str:
        words = [word for word in re.findall(r"[A-Za-z]\w*", command) if len(word) > 1][:3]
        first = "_".join(words).lower() or "output"
        number, name = 2, first
        while name in self._taken:
            name, number = f"{first}_{number}", number + 1
        self._taken.add(name)
        return name

"""The pass that places what is computed: before everything where that gives the same, else as a step of its own in
its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from converter.model.plan import BUILD_JOB, PlanVariable, VariableKind
from converter.model.resource import Origin, Phase, Resource
from converter.model.source import Span
from converter.model.trace import Binding, Context, Guard, Step, Succeeds, Test
from converter.model.value import CommandOutput, Literal, Part, Value, Variable
from converter.plan.place import LOCAL, group_of
from converter.plan.rewrite import Names, rewrite, values
from converter.plan.shelltext import shell_text
from converter.plan.surroundings import stands_for_itself, steady
from converter.plan.textual import Given, assigned, opened
from converter.plan.work import Work
from converter.resources.capture import Capture
from converter.resources.command import Command

S = TypeVar("S", bound=msgspec.Struct)
_NAME = re.compile(r"\$\{?([A-Za-z_]\w*)")
_LOOKS = frozenset({"assertion", "capture", "http_check", "pause", "port_wait", "package_cache"})
# Fields that are shell text: there `$(command)` can stay as it is.
_SHELL = frozenset({"source"})


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
        self._tests: dict[int, tuple[Test, Test]] = {}
        self._seen: set[int] = set()

    def in_resource(self, resource: Resource) -> Resource:
        """The resource with variables in place of outputs; one command in one resource is run once. The words of stages
        stay as they are: what they print is a part of the text that is run."""
        spec = resource.spec
        if not isinstance(spec, Command):
            return self._in_resource(resource)
        bare = (
            msgspec.structs.replace(resource, spec=msgspec.structs.replace(spec, stages=()))
            if spec.stages
            else resource
        )
        found = self._in_resource(bare)
        opened = (spec.argv,) if spec.argv and isinstance(found.spec, Command) and not found.spec.argv else ()
        stages = spec.stages or opened
        return (
            msgspec.structs.replace(found, spec=msgspec.structs.replace(found.spec, stages=stages)) if stages else found
        )

    def _in_resource(self, resource: Resource) -> Resource:
        argv = getattr(resource.spec, "argv", ()) if resource.kind == "command" else ()
        shell = any(word.splits for word in argv)
        found = (part for value in values(resource, self._seen) for part in value.parts)
        if not any(isinstance(part, CommandOutput) for part in found) and not shell:
            guard = tuple(map(self._test, resource.guard))
            same = all(new is old for new, old in zip(guard, resource.guard, strict=True))
            return resource if same else msgspec.structs.replace(resource, guard=guard)
        shell = shell or any(isinstance(part, CommandOutput) for word in argv for part in word.parts)
        if shell and not getattr(resource.spec, "log", None):
            spec = msgspec.structs.replace(resource.spec, argv=(), source=shell_text(argv))
            resource = msgspec.structs.replace(resource, spec=spec)
        return self._fields(resource, resource.address)

    def _fields(self, resource: Resource, scope: str) -> Resource:
        spec = self._struct(resource.spec, scope)
        context = self._struct(resource.context, scope)
        guard = tuple(self._test(test) for test in resource.guard)
        return msgspec.structs.replace(resource, spec=spec, context=context, guard=guard)

    def _test(self, test: Test) -> Test:
        if isinstance(test.subject, Succeeds):
            return test
        known = self._tests.get(id(test))
        if known is None:
            subject = self._struct(test.subject, test.id)
            new = test if subject is test.subject else msgspec.structs.replace(test, subject=subject)
            known = self._tests[id(test)] = (test, new)
        return known[1]

    def _struct(self, thing: S, scope: str) -> S:
        changed = {}
        for field in thing.__struct_fields__:
            old = getattr(thing, field)
            new = old if field in _SHELL else rewrite(old, lambda value: self.replaced(value, scope))
            if new is not old:
                changed[field] = new
        return msgspec.structs.replace(thing, **changed) if changed else thing

    def replaced(self, value: Value, scope: str) -> Value:
        """The value with a variable for each output."""
        if not any(isinstance(part, CommandOutput) for part in value.parts):
            return value
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


def place_outputs(work: Work) -> Work:
    """Computes at the start what is the same there; captures the rest at the place where the script does."""
    variables: list[PlanVariable] = []
    resources = list(work.resources)
    users_of = _users(resources, work.variables)
    idle = _idle(work.variables, users_of)
    given = assigned(work)
    captured: set[str] = set()
    for variable in work.variables:
        if variable.kind != VariableKind.COMPUTED or variable.value is None:
            variables.append(variable)
            continue
        users = users_of.get(variable.name, [])
        if variable.name in idle:
            continue
        anchor, on, span = _anchor(work, variable, users)
        cwd = variable.cwd
        index = next((i for i, r in enumerate(resources) if r.steps and min(r.steps) >= anchor), len(resources))
        built = on == LOCAL and any(user.phase == Phase.BUILD for user in users)
        late = any(changes(resource) and resource.on == on for resource in resources[:index])
        reads = _reads(variable, captured) or (cwd is not None and any(one.name in captured for one in cwd.variables))
        alone = _steady(variable) or not (late or _asked_before(work, variable, users, anchor))
        if not users or (not reads and alone):
            variables.append(msgspec.structs.replace(variable, on=BUILD_JOB if built else on))
            continue
        captured.add(variable.name)
        capture = _capture(work, given, variable, users, resources[index:], on, span)
        if cwd is not None:
            context = msgspec.structs.replace(capture.context, cwd=cwd)
            capture = msgspec.structs.replace(capture, context=context)
        resources.insert(index, capture)
        if capture.phase != Phase.DEPLOY and any(user.phase == Phase.DEPLOY for user in users):
            variables.append(msgspec.structs.replace(variable, on=BUILD_JOB))
    handed = _handed(resources, users_of, {variable.name for variable in variables})
    return work.having(resources=tuple(resources), variables=(*variables, *handed))


def _idle(variables: tuple[PlanVariable, ...], users_of: Mapping[str, list[Resource]]) -> set[str]:
    """What is computed only for the text of questions to a person, so that nothing has to be computed."""
    idle: set[str] = set()
    for variable in variables:
        users = users_of.get(variable.name, [])
        if variable.kind == VariableKind.COMPUTED and users and not any(_needs(user, variable.name) for user in users):
            idle.add(variable.name)
    needed = [variable for variable in variables if variable.name not in idle]
    while needed:
        inner = {name for variable in needed for name in _inside(variable)}
        needed = [variable for variable in variables if variable.name in idle & inner]
        idle -= inner
    return idle


def _needs(user: Resource, name: str) -> bool:
    """Whether a question to a person needs it for more than its text; anything else does."""
    told = values((user.guard, user.context))
    return user.kind != "unresolved" or any(variable.name == name for value in told for variable in value.variables)


def _handed(
    resources: Sequence[Resource], users_of: Mapping[str, list[Resource]], declared: set[str]
) -> list[PlanVariable]:
    """What a command of the pipeline prints for the hosts: the build hands it on."""
    found: dict[str, PlanVariable] = {}
    for resource in resources:
        name = str(getattr(resource.spec, "output", ""))
        users = users_of.get(name, [])
        if name and resource.phase != Phase.DEPLOY and any(user.phase == Phase.DEPLOY for user in users):
            source: Value = getattr(resource.spec, "source", Value())
            found[name] = PlanVariable(
                name=name,
                kind=VariableKind.COMPUTED,
                value=Value(CommandOutput(source.shell())),
                on=BUILD_JOB,
                span=resource.origin.spans[0],
            )
    return [variable for name, variable in found.items() if name not in declared]


def _reads(variable: PlanVariable, names: set[str]) -> bool:
    """Whether its value is made of one of these."""
    return bool(names & _inside(variable))


def _inside(variable: PlanVariable) -> set[str]:
    """The names that its value is made of, also those in the text of commands."""
    value = variable.value or Value()
    told = {name for output in value.outputs for name in _NAME.findall(output.text)}
    return (told | {found.name for found in value.variables}) - {variable.name}


def _anchor(work: Work, variable: PlanVariable, users: list[Resource]) -> tuple[int, str, Span]:
    """The first step after the place where the script computes it, the group where it does, and its line."""
    first = min((step for user in users for step in user.steps), default=0)
    on = users[0].on if users else LOCAL
    fallback = users[0].origin.spans[0] if users else Span(path="", line=0)
    binding = _binding(work, variable, users)
    if binding is None:
        return first, on, fallback
    command = next((item for item in work.trace.commands if item.span == binding.span), None)
    if command is not None and command.context is not None:
        on = group_of(work, command.context.host)
    if binding.step is not None:
        return binding.step, on, binding.span
    return min(first, _next_step(work.trace.steps, binding.span)), on, binding.span


def _binding(work: Work, variable: PlanVariable, users: list[Resource]) -> Binding | None:
    """Where it is computed for its first use: a loop over hosts computes it again for each of them."""
    first = min((step for user in users for step in user.steps), default=0)
    named = [item for item in work.trace.bindings if item.name == variable.name]
    before = [item for item in named if item.step is not None and item.step <= first]
    return next(reversed(before or named), None)


def _asked_before(work: Work, variable: PlanVariable, users: list[Resource], anchor: int) -> bool:
    """Whether the script has asked by then for a condition that all users are under: elsewhere it computes nothing."""
    binding = _binding(work, variable, users)

    def earlier(test: Test) -> bool:
        asked = work.trace.asked.get(test.id, anchor)
        if binding is None or asked < anchor:
            return asked <= anchor
        return asked == anchor and test.span.path == binding.span.path and test.span.line < binding.span.line

    return any(map(earlier, _shared(users, variable.name)[:1])) if users else False


def _next_step(steps: tuple[Step, ...], span: Span) -> int:
    later = (
        step.id
        for step in steps
        if step.span.path == span.path and (step.span.line, step.span.column) > (span.line, span.column)
    )
    return next(later, len(steps))


def _users(resources: list[Resource], variables: Sequence[PlanVariable]) -> dict[str, list[Resource]]:
    """The resources that need each variable, also through what another one is computed from."""
    names = Names()
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        for name in names.of(resource):
            found.setdefault(name, []).append(resource)
    for variable in reversed(variables):
        for name in sorted(_inside(variable)):
            known = found.setdefault(name, [])
            known.extend(user for user in found.get(variable.name, ()) if user not in known)
    return found


def changes(resource: Resource) -> bool:
    """Whether it does more than look, wait or stop."""
    return resource.kind not in _LOOKS and getattr(resource.spec, "effect", "") != "reads"


def _steady(variable: PlanVariable) -> bool:
    parts = variable.value.parts if variable.value is not None else ()
    return stands_for_itself(variable.name) or all(
        steady(part.text) for part in parts if isinstance(part, CommandOutput)
    )


def _capture(
    work: Work, given: Given, variable: PlanVariable, users: list[Resource], after: list[Resource], on: str, span: Span
) -> Resource:
    spec = Capture(
        variable=variable.name,
        source=opened(given, _printing(variable.value or Value()), span.line),
        strict=work.trace.stops_on_error,
        pipefail=work.trace.pipefail,
    )
    model = next((user for user in users if user.on == on), users[0])
    phase = next((other.phase for other in after if other.on == on), Phase.DEPLOY)
    return Resource(
        address=f"{model.address}.{variable.name}",
        kind=spec.kind,
        spec=spec,
        name="",
        origin=Origin(spans=(span,)),
        context=_without(model.context, variable.name),
        guard=_shared(users, variable.name),
        on=on,
        phase=phase,
    )


def _without(context: Context, name: str) -> Context:
    """The context without the environment variables that wait for this very variable."""
    kept = tuple(
        (key, value) for key, value in context.environment if all(name != used.name for used in value.variables)
    )
    return msgspec.structs.replace(context, environment=kept)


def _shared(users: list[Resource], name: str) -> Guard:
    """The conditions under which all users stand, up to the first that asks for the variable itself."""
    first, *rest = users
    guard: list[Test] = []
    for test in first.guard:
        if _asks_for(test, name):
            break
        if all(test in other.guard for other in rest):
            guard.append(test)
    return tuple(guard)


def _asks_for(test: Test, name: str) -> bool:
    """Whether it needs the variable: in a value, in a text for a shell, or in what its command finds set."""
    return any(
        name in _NAME.findall(value.shell()) or any(variable.name == name for variable in value.variables)
        for value in values(test)
    )


def _printing(value: Value) -> Value:
    """The command whose output is the value."""
    only = value.parts[0] if len(value.parts) == 1 else None
    if isinstance(only, CommandOutput):
        return Value.of(only.text)
    return Value(Literal('printf %s "'), *value.parts, Literal('"'))

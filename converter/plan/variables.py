"""The pass that settles variables: which stay variables, what they are, and which dissolve into the places that use
them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.model.plan import PlanVariable, VariableKind
from converter.model.resource import EACH_HOST
from converter.model.runner import ALWAYS, TOLD, Told
from converter.model.source import Span
from converter.model.trace import NotEmpty, ParameterKind, RunsOn, ScriptInput
from converter.model.value import CommandOutput, Part, Value, Variable
from converter.plan.detection import placeholder, telling
from converter.plan.environment import ROOT
from converter.plan.place import SERVER_ADDRESS
from converter.plan.rewrite import Names, deep, rewrite, values
from converter.plan.surroundings import known_command, stands_for_itself, steady
from converter.plan.textual import assigned, named
from converter.plan.work import Work

PROJECT = "project_dir"


def settle_variables(work: Work) -> Work:
    """Keeps a variable that has one value wherever it is used; writes out those that have several."""
    work = work.having(resources=rewrite(work.resources, _flat), groups=rewrite(work.groups, _flat))
    uses = _uses(work)
    inputs = {item.name: item for item in work.trace.inputs}
    captured = _captured(work)
    dissolved = {name for name, found in uses.items() if _dissolves(found)}
    resources = rewrite(work.resources, lambda value: _dissolve(value, dissolved))
    groups = rewrite(work.groups, lambda value: _dissolve(value, dissolved))
    work = work.having(resources=resources, groups=groups)
    spans, given = _spans(work), assigned(work)
    waiting = [(name, found) for name, found in _uses(work).items() if name not in captured]
    variables: dict[str, PlanVariable] = {}
    for name, found in waiting:
        if name in variables:
            continue
        variable = _variable(work, name, found, inputs.get(name), spans.get(name))
        if variable.value is not None:
            cwd = _directory(work, variable)
            cwd = _dissolve(cwd, dissolved) if cwd is not None else None
            variable = msgspec.structs.replace(variable, value=_dissolve(variable.value, dissolved - {name}), cwd=cwd)
        variables[name] = variable
        # A default may be made of variables that nothing else uses.
        inner = [part for value in (variable.value, variable.cwd) if value is not None for part in value.variables]
        waiting.extend((part.name, {part.value: None}) for part in inner if part.name not in captured)
        texts = [output.text for output in variable.value.outputs] if variable.value is not None else []
        if any("$" in text for text in texts):
            line = variable.span.line if variable.span is not None else 0
            told = named(given, texts, line).items()
            waiting.extend((name, {value: None}) for name, value in told if name not in captured)
    return _noted(work.having(variables=_ordered(work, list(variables.values()))))


def _directory(work: Work, variable: PlanVariable) -> Value | None:
    """The directory in which the script computes it, None where that makes no difference or is not known."""
    outputs = [part for part in (variable.value or Value()).parts if isinstance(part, CommandOutput)]
    if variable.kind != VariableKind.COMPUTED or all(steady(part.text) or _rooted(part.text) for part in outputs):
        return None
    binding = next((item for item in reversed(work.trace.bindings) if item.name == variable.name), None)
    if binding is None:
        names = Names()
        users = (resource.context for resource in work.resources if variable.name in names.of(resource.spec))
        context = next(users, None)
    else:
        command = next((item for item in work.trace.commands if item.span == binding.span), None)
        context = command.context if command is not None else None
    cwd = context.cwd if context is not None else ROOT
    return None if cwd == ROOT or cwd.unknowns or not cwd else cwd


def _rooted(command: str) -> bool:
    """Whether all that it looks at is named from the root: `ls -1t /srv/releases | sed -n 2p`."""
    program, *words = command.partition("|")[0].split() or [""]
    named = [word.lstrip("\"'") for word in words if not word.startswith("-")]
    return program != "git" and bool(named) and all(word.startswith(("/", "$", "~")) for word in named)


def _flat(value: Value) -> Value:
    """`${X:-a}` assigned to X gives a variable that holds itself; once is enough."""
    return deep(value, _unwrapped) if value.variables else value


def _unwrapped(part: Part) -> Part:
    while isinstance(part, Variable) and part.value is not None and len(part.value.parts) == 1:
        inner = part.value.parts[0]
        if not isinstance(inner, Variable) or inner.name != part.name:
            return part
        part = inner
    return part


def _uses(work: Work) -> dict[str, dict[Value | None, None]]:
    """Every variable that something uses, with the values that it has there, in the order of use."""
    found: dict[str, dict[Value | None, None]] = {}
    for value in values((work.resources, work.groups)):
        for variable in value.variables:
            found.setdefault(variable.name, {})[variable.value] = None
    return found


def _dissolves(found: Mapping[Value | None, None]) -> bool:
    return len(found) > 1


def _dissolve(value: Value, names: set[str]) -> Value:
    if not any(variable.name in names for variable in value.variables):
        return value
    return deep(value, lambda part: _opened(part, names))


def _opened(part: Part, names: set[str]) -> Part | Value:
    if isinstance(part, Variable) and part.name in names and part.value is not None:
        return part.value
    return part


def _captured(work: Work) -> set[str]:
    outputs = {str(getattr(resource.spec, "output", "")) for resource in work.resources}
    return (outputs | {EACH_HOST} | {str(getattr(resource.spec, "variable", "")) for resource in work.resources}) - {""}


def _spans(work: Work) -> dict[str, Span]:
    spans = {item.name: item.span for item in work.trace.inputs if item.span is not None}
    for binding in work.trace.bindings:
        spans.setdefault(binding.name, binding.span)
    return spans


def _variable(
    work: Work, name: str, found: Mapping[Value | None, None], item: ScriptInput | None, span: Span | None
) -> PlanVariable:
    value = next((known for known in found if known is not None), None)
    if name in work.secrets.names or (item is not None and item.secret) or _hidden(name, value):
        return PlanVariable(
            name=name, kind=VariableKind.SECRET, required=True, help=item.help if item else "", span=span
        )
    if value is not None:
        kind = VariableKind.COMPUTED if any(part in value.outputs for part in value.parts) else VariableKind.FIXED
        return PlanVariable(name=name, kind=kind, value=value, span=span)
    if stands_for_itself(name):
        return PlanVariable(name=name, kind=VariableKind.COMPUTED, value=known_command(name))
    return _input(work, name, item, span)


def _hidden(name: str, value: Value | None) -> bool:
    """A telling name whose value is not in the script, or only a placeholder for it."""
    if not telling(name):
        return False
    return value is None or (value.text is not None and bool(value) and placeholder(value.text) and len(value.text) > 3)


def _input(work: Work, name: str, item: ScriptInput | None, span: Span | None) -> PlanVariable:
    match name:
        case "project_dir":
            on_server = work.trace.runs_on == RunsOn.SERVER
            default = Value.of(f"/opt/{work.name}") if on_server else None
            help = "The directory in which the script was run."
            return PlanVariable(name=name, kind=VariableKind.INPUT, value=default, help=help)
        case "HOME":
            return PlanVariable(name=name, kind=VariableKind.INPUT, help="The home directory of the user who deploys.")
    if name == SERVER_ADDRESS:
        help = "The name or address of the server that is deployed."
        return PlanVariable(name=name, kind=VariableKind.INPUT, required=True, help=help)
    default = item.default if item is not None else None
    if default is not None and default.outputs and not default.unknowns:
        return PlanVariable(name=name, kind=VariableKind.COMPUTED, value=default, span=span)
    required = item.required if item is not None else False
    if default is None and item is not None and item.kind == ParameterKind.ENVIRONMENT:
        default = _in_a_run(work, name)
        required = required and default is None
    if default is None and not required:
        optional = _asked_for(work, name)
        default, required = (Value(), False) if optional else (None, True)
    found = PlanVariable(name=name, kind=VariableKind.INPUT, value=default, required=required, span=span)
    if item is None:
        return found
    return msgspec.structs.replace(found, help=item.help, choices=item.choices, number=item.number)


def _in_a_run(work: Work, name: str) -> Value | None:
    """What a build service says in every run that deploys: that is, from the branch that the script asks for."""
    if name in ALWAYS:
        return Value.of(ALWAYS[name])
    texts = next((choice.texts for choice in work.trace.choices if choice.name == name), ())
    match TOLD.get(name):
        case Told.BRANCH if len(texts) == 1:
            return Value.of(texts[0])
        case Told.TAG:
            return Value()
        case _:
            return None


def _asked_for(work: Work, name: str) -> bool:
    """Whether the script asks if it is given, so that it may be left out."""
    for resource in work.resources:
        for test in resource.guard:
            if isinstance(test.subject, NotEmpty) and any(
                variable.name == name for variable in test.subject.value.variables
            ):
                return True
    return False


def _ordered(work: Work, variables: list[PlanVariable]) -> tuple[PlanVariable, ...]:
    """In the order of the script, each after those that its own value uses."""
    places = {variable.name: index for index, variable in enumerate(variables)}
    first: dict[str, int] = {}
    for index, binding in enumerate(work.trace.bindings):
        first.setdefault(binding.name, index)
    waiting = sorted(variables, key=lambda v: (first.get(v.name, -1), places[v.name]))
    by_name = {variable.name: variable for variable in waiting}
    done: dict[str, PlanVariable] = {}

    def add(variable: PlanVariable, path: tuple[str, ...]) -> None:
        if variable.name in done or variable.name in path:
            return
        for inner in variable.value.variables if variable.value is not None else ():
            if inner.name in by_name:
                add(by_name[inner.name], (*path, variable.name))
        done[variable.name] = variable

    for variable in waiting:
        add(variable, ())
    return tuple(done.values())


def _noted(work: Work) -> Work:
    names = {variable.name for variable in work.variables}
    told = {item.name: item for item in work.trace.inputs if item.default is not None and item.default.outputs}
    for variable in work.variables:
        if variable.name in told and variable.kind == VariableKind.COMPUTED and variable.value is not None:
            how = f"{variable.value.shell()}, which the script takes where nobody says otherwise"
            work = work.changing(f"{variable.name} is always {how} (--extra-vars tells the hosts another one)")
    if PROJECT in names and work.trace.runs_on == RunsOn.SERVER:
        work = work.assuming(
            f"the script is run in a directory of the server that is taken to be /opt/{work.name} (variable {PROJECT})"
        )
    if any(host.address == Value(Variable(SERVER_ADDRESS)) for group in work.groups for host in group.hosts):
        work = work.assuming(f"the server has to be named: its address is the variable {SERVER_ADDRESS}")
    return work

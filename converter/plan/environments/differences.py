"""Differences: what each environment gives its variables, and the variables made where only literals differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.value import Part, Value, Variable
from converter.plan.environments.alignment import named
from converter.plan.rewrite import deep, rewrite

T = TypeVar("T")
# The variable by which a resource asks for its environment, where the author has none.
SELECTOR = "DEPLOY_ENVIRONMENT"
_MADE_ALIKE = frozenset({VariableKind.FIXED, VariableKind.INPUT})


def told_apart(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """The plans with an environment's name in each variable that can't be one with its namesakes: one that is computed
    in different ways, or a secret here and none there."""
    apart = {
        name
        for name, found in _by_name(plans).items()
        if len(set(map(said, found.values()))) > 1
        and not {variable.kind for variable in found.values()} <= _MADE_ALIKE
        and {variable.kind for variable in found.values()} != {VariableKind.SECRET}
    }
    return {
        environment: renamed(plan, {name: f"{name}_{environment.upper().replace('-', '_')}" for name in apart})
        for environment, plan in plans.items()
    }


def _by_name(plans: Mapping[str, Plan]) -> dict[str, dict[str, PlanVariable]]:
    found: dict[str, dict[str, PlanVariable]] = {}
    for environment, plan in plans.items():
        for variable in plan.variables:
            found.setdefault(variable.name, {})[environment] = variable
    return found


def said(variable: PlanVariable) -> tuple[object, ...]:
    """What makes two variables of one name the same."""
    value = named(variable.value) if variable.value is not None else None
    return (variable.kind, value, variable.on, variable.required)


def renamed(plan: Plan, names: Mapping[str, str]) -> Plan:
    """The plan with other names for its variables."""
    if not names:
        return plan

    def part(part: Part) -> Part:
        return Variable(names.get(part.name, part.name), part.value) if isinstance(part, Variable) else part

    def value(value: Value) -> Value:
        return deep(value, part)

    def called(variables: tuple[PlanVariable, ...]) -> tuple[PlanVariable, ...]:
        return tuple(msgspec.structs.replace(each, name=names.get(each.name, each.name)) for each in variables)

    return msgspec.structs.replace(
        plan,
        variables=called(rewrite(plan.variables, value)),
        resources=rewrite(plan.resources, value),
        environments=tuple(
            msgspec.structs.replace(each, variables=called(each.variables))
            for each in rewrite(plan.environments, value)
        ),
    )


class Differences:
    """The variables of several plans: those that are the same everywhere, and those that each environment has."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self.shared: list[PlanVariable] = []
        self._own: dict[str, dict[str, PlanVariable]] = {}
        self._made: set[str] = set()
        for name, found in _by_name(plans).items():
            first = next(iter(found.values()))
            everywhere = len(found) == len(plans) or first.kind != VariableKind.FIXED
            if everywhere and len(set(map(said, found.values()))) == 1:
                said_once = len({variable.span for variable in found.values()}) == 1
                self.shared.append(first if said_once else msgspec.structs.replace(first, span=None))
            else:
                self._own[name] = found

    def of(self, environment: str) -> tuple[PlanVariable, ...]:
        """What differs in an environment."""
        return tuple(found[environment] for found in self._own.values() if environment in found)

    def literals(self, environment: str) -> dict[str, Value]:
        """What variables are fixed to in an environment."""
        return {
            variable.name: variable.value
            for variable in (*self.shared, *self.of(environment))
            if variable.kind == VariableKind.FIXED and variable.value is not None
        }

    def selector(self, texts: Mapping[str, str]) -> str:
        """The variable that is one text in each environment; made if there is none."""
        for name, found in self._own.items():
            if {environment: self._text(variable) for environment, variable in found.items()} == texts:
                return name
        name = self._free(SELECTOR)
        self._own[name] = {environment: _fixed(name, Value.of(text)) for environment, text in texts.items()}
        return name

    def named(self, name: str, texts: Mapping[str, str]) -> None:
        """Makes sure that a variable has its text in each environment."""
        if name not in self._own:
            self.shared = [variable for variable in self.shared if variable.name != name]
            self._own[name] = {environment: _fixed(name, Value.of(text)) for environment, text in texts.items()}

    def variable(self, wanted: str, before: Sequence[str], old: Value, environment: str, new: Value) -> Value:
        """The variable that is `old` in the environments before and `new` in this one."""
        for name, found in self._own.items():
            mine = all(self._is(found.get(each), name, old) for each in before)
            theirs = self._is(found[environment], name, new) if environment in found else name in self._made
            if mine and theirs:
                found[environment] = found.get(environment) or _fixed(name, new)
                return Value(Variable(name))
        name = self._free(wanted)
        self._made.add(name)
        self._own[name] = {each: _fixed(name, old) for each in before} | {environment: _fixed(name, new)}
        return Value(Variable(name))

    def _is(self, variable: PlanVariable | None, name: str, value: Value) -> bool:
        if variable is None or variable.kind != VariableKind.FIXED or variable.value is None:
            return False
        return value == Value(Variable(name)) or named(variable.value) == named(value)

    def _text(self, variable: PlanVariable) -> str | None:
        return variable.value.text if variable.value is not None else None

    def _free(self, wanted: str) -> str:
        taken = {*self._own, *(variable.name for variable in self.shared)}
        number, name = 2, wanted
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        return name


def _fixed(name: str, value: Value) -> PlanVariable:
    return PlanVariable(name=name, kind=VariableKind.FIXED, value=named(value))


def written_out(thing: T, known: Mapping[str, Value]) -> T:
    """The thing with what is known in place of variables."""

    def part(part: Part) -> Part | Value:
        return known.get(part.name, Value(part)) if isinstance(part, Variable) else part

    return rewrite(thing, lambda value: deep(value, part))

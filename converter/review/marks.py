"""What a person says of variables: this one is a secret, that one is given at each run."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.plan import Environment, Exposed, Plan, PlanVariable, VariableKind
from converter.model.secret import FoundSecret
from converter.model.source import Span
from converter.review.means import Means

_SHORTEST = 6
T = TypeVar("T", Plan, Environment)


def secret(plan: Plan, name: str, means: Means) -> Plan:
    """The plan in which a variable is a secret: its value is nowhere in it any more."""
    known = _named(plan, name)
    if all(each.kind == VariableKind.SECRET for each in known):
        return plan
    values = [each.value.text for each in known if each.value is not None and each.kind != VariableKind.SECRET]
    if None in values:
        raise ConverterError(f"{name} is not written out, so there is nothing to hide", "mark what it is made of")
    places = tuple(each.span for each in known if each.span is not None)
    found = [_found(name, value, _where(plan, name, value), places) for value in dict.fromkeys(values) if value]
    kind = msgspec.structs.replace(known[0], kind=VariableKind.SECRET, value=None, required=True, choices=())
    plan = means.conceal(_everywhere(plan, kind), found)
    exposed = (*plan.exposed, Exposed(name=name, places=places)) if found else plan.exposed
    return means.bound(msgspec.structs.replace(plan, exposed=exposed))


def _found(name: str, value: str, environments: tuple[str, ...], places: tuple[Span, ...]) -> FoundSecret:
    """A short value is an ordinary word elsewhere, so it is hidden only where it is given to the variable."""
    before = tuple(f"{name}={quote}" for quote in ("", '"', "'"))
    weak = len(value) < _SHORTEST
    return FoundSecret(
        name=name, value=value, weak=weak, before=before, environments=environments, spans=places, forms=(value,)
    )


def _where(plan: Plan, name: str, value: str) -> tuple[str, ...]:
    """The environments in which the variable has that value, where it is one of theirs."""

    def has(environment: Environment) -> bool:
        known = (each.value for each in environment.variables if each.name == name)
        return any(each is not None and each.text == value for each in known)

    return tuple(each.name for each in plan.environments if has(each))


def given(plan: Plan, name: str, means: Means) -> Plan:
    """The plan in which a variable is an input, with the script's own value as its default."""
    known = _named(plan, name)
    if any(each.kind in (VariableKind.SECRET, VariableKind.COMPUTED) for each in known):
        raise ConverterError(f"{name} is {known[0].kind}, so it can't be given at each run")
    kind = msgspec.structs.replace(known[0], kind=VariableKind.INPUT)
    return means.bound(_everywhere(plan, kind, keep=True))


def _named(plan: Plan, name: str) -> tuple[PlanVariable, ...]:
    own = (variable for environment in plan.environments for variable in environment.variables)
    known = tuple(variable for variable in (*plan.variables, *own) if variable.name == name)
    if not known:
        raise ConverterError(f"there is no variable {name} in the plan")
    return known


def _everywhere(plan: Plan, variable: PlanVariable, *, keep: bool = False) -> Plan:
    """With the variable as it is now wherever one of its name is; `keep` leaves each its own value."""
    plan = _with(plan, variable, keep=keep)
    environments = tuple(_with(each, variable, keep=keep) for each in plan.environments)
    return msgspec.structs.replace(plan, environments=environments)


def _with(holder: T, variable: PlanVariable, *, keep: bool) -> T:
    def changed(each: PlanVariable) -> PlanVariable:
        if each.name != variable.name:
            return each
        return msgspec.structs.replace(each, kind=variable.kind) if keep else variable

    return msgspec.structs.replace(holder, variables=tuple(map(changed, holder.variables)))

"""Texts that stand in a resource and become variables, because a person says that they are secrets or inputs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.model.decision import Choice, Mark
from converter.model.diagnostic import ConverterError
from converter.model.plan import Exposed, LedgerEntry, Plan, PlanVariable, VariableKind
from converter.model.resource import Spec
from converter.model.secret import FoundSecret
from converter.model.value import Value, Variable
from converter.review.edit import meant
from converter.review.means import Means

# A shorter text is part of too many other words to be hidden wherever it stands.
SHORTEST = 6


def literals(spec: Spec) -> Iterator[tuple[str, str]]:
    """The known texts of a spec that no variable stands for, each with its field."""
    for field in spec.__struct_fields__:
        for place, value in _values(field, getattr(spec, field)):
            if value and value.text and not value.variables:
                yield place, value.text


def _values(field: str, thing: object) -> Iterator[tuple[str, Value]]:
    if isinstance(thing, Value):
        yield field, thing
    elif isinstance(thing, tuple):
        for index, item in enumerate(thing):
            if isinstance(item, Value):
                yield f"{field}.{index}", item
            elif isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Value):
                yield f"{field}.{item[0]}", item[1]


def marked(plan: Plan, entry: LedgerEntry, mark: Mark, means: Means) -> Plan:
    """The plan in which a variable takes the place of the text; a secret is nowhere in it any more."""
    resource = meant(plan, entry, mark.resource)
    text = dict(literals(resource.spec)).get(mark.field, "")
    known = next((each for each in plan.every_variable if each.name == mark.name), None)
    if not text and known is not None:
        return plan
    if not text:
        raise ConverterError(f"{mark.resource} has no text {mark.field}")
    if known is not None:
        raise ConverterError(f"there is a variable {mark.name} already")
    if mark.choice == Choice.SECRET and len(text) < SHORTEST:
        raise ConverterError(f"a text of {len(text)} letters can't be hidden", "give it a variable in the script")
    new = msgspec.structs.replace(resource, spec=_with(resource.spec, mark.field, Value(Variable(mark.name))))
    resources = tuple(new if each is resource else each for each in plan.resources)
    plan = msgspec.structs.replace(plan, resources=resources)
    if mark.choice == Choice.INPUT:
        variable = PlanVariable(name=mark.name, kind=VariableKind.INPUT, value=Value.of(text), span=entry.span)
        return means.bound(msgspec.structs.replace(plan, variables=(*plan.variables, variable)))
    place = msgspec.structs.replace(entry.span, end_line=0, end_column=0)
    variable = PlanVariable(name=mark.name, kind=VariableKind.SECRET, required=True, span=place)
    plan = means.conceal(plan, [FoundSecret(name=mark.name, value=text, spans=(place,))])
    exposed = (*plan.exposed, Exposed(name=mark.name, places=(place,)))
    return means.bound(msgspec.structs.replace(plan, variables=(*plan.variables, variable), exposed=exposed))


def _with(spec: Spec, place: str, value: Value) -> Spec:
    """The spec with another value there."""
    field, _, rest = place.partition(".")
    thing = getattr(spec, field)
    if isinstance(thing, tuple):
        thing = tuple(_item(index, item, rest, value) for index, item in enumerate(thing))
    else:
        thing = value
    return msgspec.structs.replace(spec, **{field: thing})


def _item(index: int, item: object, rest: str, value: Value) -> object:
    if isinstance(item, tuple):
        return (item[0], value) if item[0] == rest else item
    return value if str(index) == rest else item

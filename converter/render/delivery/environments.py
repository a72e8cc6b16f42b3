"""A plan as one of its environments sees it: with its own variables, and without what is never run there."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.model.plan import Environment, Plan, VariableKind
from converter.model.resource import Resource
from converter.model.trace import Compare, Test
from converter.model.value import Value, Variable
from converter.render.ansible.versions import joined

Known = Mapping[str, Value]


def narrowed(plan: Plan, environment: Environment) -> Plan:
    """The plan of one environment; conditions that its variables decide are decided."""
    variables = {each.name: each for each in (*joined(plan).variables, *environment.variables)}
    known = {each.name: each.value for each in environment.variables if _fixed(each.kind) and each.value is not None}
    return msgspec.structs.replace(
        plan,
        environments=(msgspec.structs.replace(environment, variables=()),),
        variables=tuple(variables.values()),
        resources=tuple(found for each in plan.resources if (found := _decided(each, known)) is not None),
    )


def told(value: Value, plan: Plan) -> str | None:
    """The whole text of a value, with what the plan says of variables that it only names."""
    known = {each.name: each.value for each in plan.variables if _fixed(each.kind) and each.value is not None}
    return _text(value, known)


def _fixed(kind: VariableKind) -> bool:
    return kind is VariableKind.FIXED


def _decided(resource: Resource, known: Known) -> Resource | None:
    answers = [(test, _answer(test, known)) for test in resource.guard]
    if any(answer is False for _, answer in answers):
        return None
    guard = tuple(test for test, answer in answers if answer is None)
    return resource if guard == resource.guard else msgspec.structs.replace(resource, guard=guard)


def _answer(test: Test, known: Known) -> bool | None:
    subject = test.subject
    if not isinstance(subject, Compare) or subject.operator != "==" or subject.numeric:
        return None
    if not any(variable.name in known for variable in (*subject.left.variables, *subject.right.variables)):
        return None
    left, right = _text(subject.left, known), _text(subject.right, known)
    return None if left is None or right is None else (left == right) != test.negated


def _text(value: Value, known: Known) -> str | None:
    pieces: list[str] = []
    for part in value.parts:
        inner = known.get(part.name) if isinstance(part, Variable) and part.value is None else None
        text = _text(inner, known) if inner is not None else Value(part).text
        if text is None:
            return None
        pieces.append(text)
    return "".join(pieces)

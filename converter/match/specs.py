"""What a rule says as specs: evaluated fields become the types that the kind asks for."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from converter.match.expressions import evaluate, expression
from converter.match.rule import Rule
from converter.match.unsuited import UnsuitedError
from converter.model.resource import Spec
from converter.model.value import Value
from converter.resources import KINDS


def specs(rule: Rule, names: Mapping[str, object]) -> tuple[Spec, ...]:
    """The specs that the rule makes of a command whose words have these names."""
    rounds: list[Mapping[str, object]] = [names]
    if rule.get("each") is not None:
        each, _, source = str(rule.get("each")).partition(" in ")
        items = expression(source or each, names)
        rounds = [{**names, each: item} for item in (items if isinstance(items, list) else [items])]
    written = rule.get("becomes")
    entries = written if isinstance(written, list) else [written]
    return tuple(spec for known in rounds for entry in entries for spec in _entry(rule, entry, known))


def _entry(rule: Rule, entry: Any, names: Mapping[str, object]) -> list[Spec]:
    if not isinstance(entry, dict) or not entry:
        rule.fail("becomes", "a mapping from a kind to its fields is expected")
    return [_spec(rule, kind, fields or {}, names) for kind, fields in entry.items()]


def _spec(rule: Rule, kind: str, fields: Mapping[str, object], names: Mapping[str, object]) -> Spec:
    if kind not in KINDS:
        rule.fail("becomes", f"{kind} is not a kind of resource")
    wanted = kind_fields(kind)
    given: dict[str, object] = {}
    for field, template in fields.items():
        if field not in wanted:
            rule.fail(f"becomes.{kind}.{field}", f"{kind} has {', '.join(wanted)}")
        try:
            value = evaluate(template, names)
            if value is not None:
                given[field] = convert(value, wanted[field])
        except (TypeError, ValueError) as problem:
            rule.fail(f"becomes.{kind}.{field}", str(problem))
    for field in required_fields(kind):
        if field not in fields:
            rule.fail(f"becomes.{kind}", f"{field} is missing")
        if field not in given:
            raise UnsuitedError(f"nothing is given for {field}")
    return KINDS[kind](**given)


@cache
def kind_fields(kind: str) -> dict[str, Any]:
    """The fields of a kind with their types."""
    cls = KINDS[kind]
    hints = typing.get_type_hints(cls)
    return {name: hints[name] for name in cls.__struct_fields__}


@cache
def required_fields(kind: str) -> tuple[str, ...]:
    """The fields without which there is no resource of that kind."""
    return tuple(field.name for field in msgspec.structs.fields(KINDS[kind]) if field.required)


def convert(value: object, wanted: Any) -> object:
    """The value as the field's type. TypeError says what was expected of the rule, UnsuitedError of the command."""
    arguments = [a for a in typing.get_args(wanted) if a is not type(None)]
    if typing.get_origin(wanted) is tuple:
        return _tuple(value, arguments)
    if arguments and typing.get_origin(wanted) is not None:
        return convert(value, arguments[0])
    if wanted is Value:
        return value if isinstance(value, Value) else Value.of(_plain(value))
    if wanted is bool:
        return bool(value)
    if wanted is int:
        return _number(value)
    if wanted is str:
        return _known(value)
    raise TypeError(f"{value!r} can't be a {wanted}")


def _known(value: object) -> str:
    known = value.text if isinstance(value, Value) else str(value)
    if known is None:
        raise UnsuitedError(f"{value.shell() if isinstance(value, Value) else value} is known only at run time")
    return known


def _number(value: object) -> int:
    known = _known(value)
    if not known.isdecimal():
        raise UnsuitedError(f"{known} is not a number")
    return int(known)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        raise TypeError(f"one value is expected, not {value!r}")
    return str(value)


def _tuple(value: object, arguments: list[Any]) -> tuple[object, ...]:
    items: list[Any] = [value]
    if isinstance(value, dict | list | tuple):
        items = list(value.items()) if isinstance(value, dict) else list(value)
    inner = arguments[0]
    if typing.get_origin(inner) is tuple:
        types: tuple[Any, ...] = typing.get_args(inner)
        return tuple(tuple(convert(part, kind) for part, kind in zip(item, types, strict=True)) for item in items)
    return tuple(convert(item, inner) for item in items if item is not None)

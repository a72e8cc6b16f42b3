"""What a rule says as specs: evaluated fields become the types that the kind asks for."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from converter.match.expressions import evaluate, expression
from converter.match.rule import Rule
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
    wanted = _fields(kind)
    given: dict[str, object] = {}
    for field, template in fields.items():
        if field not in wanted:
            rule.fail(f"becomes.{kind}.{field}", f"{kind} has {', '.join(wanted)}")
        value = evaluate(template, names)
        if value is None:
            continue
        try:
            given[field] = convert(value, wanted[field])
        except (TypeError, ValueError) as problem:
            rule.fail(f"becomes.{kind}.{field}", str(problem))
    try:
        return KINDS[kind](**given)
    except TypeError as problem:
        rule.fail(f"becomes.{kind}", str(problem))
        raise


@cache
def _fields(kind: str) -> dict[str, Any]:
    cls = KINDS[kind]
    hints = typing.get_type_hints(cls)
    return {name: hints[name] for name in cls.__struct_fields__}


def convert(value: object, wanted: Any) -> object:
    """The value as the field's type; TypeError says what was expected."""
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
        return int(value.text or "") if isinstance(value, Value) else int(str(value))
    if wanted is str:
        if isinstance(value, Value):
            if value.text is None:
                raise TypeError("a known text is expected")
            return value.text
        return str(value)
    raise TypeError(f"{value!r} can't be a {wanted}")


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

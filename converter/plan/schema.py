"""The JSON Schema of a plan, made from the types that it is read into."""

from __future__ import annotations

from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.source import Span
from converter.model.trace import Host, Test
from converter.model.value import Value
from converter.resources import KINDS

Schema = dict[str, Any]
_TEXT = {"type": ["string", "number", "boolean"]}


def plan_schema() -> Schema:
    """The schema of the whole document, with every kind of resource."""
    definitions: dict[str, Schema] = {}
    root = _struct(Plan, definitions)
    root["properties"] = {
        "version": {"const": 1},
        "tests": {"type": "object", "additionalProperties": _struct(Test, definitions, leave=("id", "negated"))},
        **root["properties"],
    }
    root["required"] = ["version", *root["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of gitopsify",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _of(type_: Any, definitions: dict[str, Schema]) -> Schema:
    if type_ is Value or type_ is str:
        return dict(_TEXT)
    if type_ is bool:
        return {"type": "boolean"}
    if type_ is int:
        return {"type": "integer"}
    if type_ is Span:
        return {"type": "string", "pattern": r":\d+:\d+(-\d+:\d+)?$"}
    if type_ is Test:
        return {"type": "string", "description": "the name of a test, or `not` and its name"}
    if get_origin(type_) is tuple:
        return _tuple(get_args(type_), definitions)
    if get_origin(type_) in (Union, UnionType):
        return _union(get_args(type_), definitions)
    if isinstance(type_, type) and issubclass(type_, Enum):
        return {"enum": [item.value for item in type_]}
    return _named(type_, definitions)


def _named(type_: type[msgspec.Struct], definitions: dict[str, Schema]) -> Schema:
    name = type_.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _resource(definitions) if type_ is Resource else _struct(type_, definitions)
        if type_ is Host:
            definitions[name] = {"oneOf": [{"type": "string", "description": "[user@]address"}, definitions[name]]}
    return {"$ref": f"#/$defs/{name}"}


def _struct(type_: type[msgspec.Struct], definitions: dict[str, Schema], leave: tuple[str, ...] = ()) -> Schema:
    fields = [field for field in msgspec.structs.fields(type_) if field.name not in leave]
    properties = {field.name: _of(field.type, definitions) for field in fields}
    required = [field.name for field in fields if field.required]
    tag = type_.__struct_config__.tag
    if tag is not None:
        properties = {"type": {"const": tag}, **properties}
        required = ["type", *required]
    description = " ".join((type_.__doc__ or "").split())
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _resource(definitions: dict[str, Schema]) -> Schema:
    found = _struct(Resource, definitions, leave=("kind", "spec"))
    found["properties"] |= {"kind": {"enum": list(KINDS)}, "spec": {"type": "object"}}
    found["required"] = [*found["required"], "kind", "spec"]
    found["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}},
            "then": {"properties": {"spec": _named(KINDS[kind], definitions)}},
        }
        for kind in KINDS
    ]
    return found


def _tuple(of: tuple[Any, ...], definitions: dict[str, Schema]) -> Schema:
    inner = of[0]
    if get_origin(inner) is tuple and get_args(inner)[:1] == (str,) and Ellipsis not in get_args(inner):
        return {
            "type": ["object", "array"],
            "additionalProperties": _of(get_args(inner)[1], definitions),
            "maxItems": 0,
        }
    return {"type": "array", "items": _of(inner, definitions)}


def _union(types: tuple[Any, ...], definitions: dict[str, Schema]) -> Schema:
    options = [type_ for type_ in types if type_ is not type(None)]
    schemas = [_of(type_, definitions) for type_ in options]
    empty: list[Schema] = [{"type": "null"}] if len(options) < len(types) else []
    return schemas[0] if len(schemas) == 1 and not empty else {"anyOf": [*schemas, *empty]}

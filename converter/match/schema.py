"""The JSON Schema of rule files, by which editors complete and check them."""

from __future__ import annotations

import typing
from typing import Any

from converter.match.rule import FIELDS, HEAD
from converter.match.specs import kind_fields, required_fields
from converter.model.value import Value
from converter.resources import KINDS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_TEXT_OR_TEXTS: Schema = {"oneOf": [_TEXT, _TEXTS]}
_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_RESOURCES: Schema = {"$ref": "#/$defs/resources"}
_WRITTEN: dict[str, Schema] = {
    "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    "synopsis": _TEXT_OR_TEXTS,
    "pipeline": _TEXTS,
    "becomes": {"oneOf": [_RESOURCES, {"type": "array", "items": _RESOURCES}]},
    "phase": {"enum": ["build", "publish", ""]},
    "globs": _TEXTS,
    "append": _FLAG,
    "background": _FLAG,
    "anything": _FLAG,
    "bundled": _FLAG,
    "when": {"type": ["string", "boolean"]},
    "effect": {"type": "string"},
    "examples": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/example"}},
}


def rule_schema() -> Schema:
    """The schema of a whole file."""
    rule = {
        "type": "object",
        "properties": {field: _WRITTEN.get(field, _TEXT) for field in sorted(FIELDS)},
        "required": ["id", "description", "examples"],
        "additionalProperties": False,
        "allOf": [
            {"oneOf": [{"required": [field]} for field in ("becomes", "keep", "absorb")]},
            {"oneOf": [{"required": [field]} for field in ("synopsis", "pipeline")]},
        ],
    }
    head = {"tool": _TEXT_OR_TEXTS, "options": _TEXTS, "leading": _TEXTS, "description": _TEXT}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules of gitopsify",
        "type": "object",
        "properties": {**{field: head[field] for field in sorted(HEAD - {"rules"})}, "rules": _listed(rule)},
        "required": ["tool", "rules"],
        "additionalProperties": False,
        "$defs": {"resources": _resources(), "example": _example()},
    }


def _listed(rule: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": rule}


def _example() -> Schema:
    gives = {"oneOf": [{"enum": ["keep", "absorb"]}, {"type": "array", "items": _resources(partly=True)}]}
    return {
        "type": "object",
        "properties": {"run": _TEXT, "gives": gives},
        "required": ["run", "gives"],
        "additionalProperties": False,
    }


def _resources(*, partly: bool = False) -> Schema:
    """A mapping from kinds to their fields; in an example only those that matter are named."""
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {kind: _kind(kind, partly=partly) for kind in sorted(KINDS)},
        "additionalProperties": False,
    }


def _kind(kind: str, *, partly: bool) -> Schema:
    required = [] if partly else list(required_fields(kind))
    return {
        "type": "object" if required else ["object", "null"],
        "description": " ".join((KINDS[kind].__doc__ or "").split()),
        "properties": {name: _field(wanted) for name, wanted in kind_fields(kind).items()},
        "required": required,
        "additionalProperties": False,
    }


def _field(wanted: Any) -> Schema:
    """One value for most; a list or an expression that gives one where the kind takes several."""
    if typing.get_origin(wanted) is tuple:
        return {"type": ["string", "number", "boolean", "null", "array", "object"]}
    if wanted is bool:
        return {"type": ["boolean", "string"]}
    if wanted is Value or wanted is str:
        return {"type": ["string", "number", "boolean"]}
    return _SCALAR

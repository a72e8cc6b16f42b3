"""The fields of one resource as a person edits them: each a text, as `plan.yaml` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.resource import Spec
from converter.model.value import Value
from converter.plan.decode import decoded_field
from converter.plan.encode import plain

_WORDS = (Value, str)


def fields_of(spec: Spec) -> dict[str, str]:
    """Every field with its text, "" for one that is not set."""
    return {field.name: _text(getattr(spec, field.name)) for field in msgspec.structs.fields(type(spec))}


def with_fields(spec: Spec, given: Iterable[tuple[str, str]]) -> Spec:
    """The spec with those fields; a `ConverterError` says which is wrong, and why."""
    types: Mapping[str, Any] = {field.name: field.type for field in msgspec.structs.fields(type(spec))}
    changed = {}
    for name, text in given:
        if name not in types:
            raise ConverterError(f"{spec.kind} has no field {name}", f"fields: {', '.join(types)}")
        changed[name] = decoded_field(_node(text, types[name], name), types[name], name)
    return msgspec.structs.replace(spec, **changed)


def _text(thing: Any) -> str:
    if thing is None or thing == ():
        return ""
    data = plain(thing)
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")


def _node(text: str, type_: Any, name: str) -> yaml.Node:
    """Words are taken as they are typed; lists, numbers and choices are YAML."""
    optional = get_origin(type_) in (Union, UnionType) and any(option in _WORDS for option in get_args(type_))
    if type_ not in _WORDS and not (text and optional):
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            raise ConverterError(f"{name}: not YAML: {getattr(error, 'problem', error)}") from error
        if node is not None:
            return node
        return _empty(type_)
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, start_mark=_START, end_mark=_START, style="'")


_START = yaml.Mark("", 0, 0, 0, "", 0)


def _empty(type_: Any) -> yaml.Node:
    """What an empty text is: nothing, or a list of nothing."""
    if type(None) in get_args(type_):
        return yaml.ScalarNode("tag:yaml.org,2002:null", "", start_mark=_START, end_mark=_START)
    return yaml.SequenceNode("tag:yaml.org,2002:seq", [], start_mark=_START, end_mark=_START)

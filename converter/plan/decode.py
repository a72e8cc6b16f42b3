"""A plan from the nodes of its YAML: typed, strict, and with the line and field of whatever is wrong."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from types import UnionType
from typing import Any, NoReturn, Union, get_args, get_origin

import msgspec
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.resource import Resource, Spec
from converter.model.source import Span
from converter.model.trace import Host, Test
from converter.model.value import Value
from converter.resources import KINDS

_SPAN = re.compile(r"(?P<path>.*?):(?P<line>\d+):(?P<column>\d+)(?:-(?P<end>\d+):(?P<last>\d+))?", re.DOTALL)
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NULL = ("", "~", "null", "Null", "NULL")
_DEEPEST = 40
# What plain YAML resolves to by itself; anything else was written as a tag.
_TAGS = frozenset("str int float bool null map seq timestamp merge value".split())


def decoded(root: yaml.Node, path: str) -> Plan:
    """The plan that the nodes say."""
    return _Decoder(path).plan(root)


def decoded_field(node: yaml.Node, type_: Any, field: str) -> Any:
    """One field of a resource, by its type."""
    return _Decoder("").thing(node, type_, field)


class _Decoder:
    def __init__(self, path: str) -> None:
        self._path = path
        self._tests: dict[str, yaml.Node] = {}
        self._known: dict[str, Test] = {}
        self._open: list[str] = []

    def plan(self, root: yaml.Node) -> Plan:
        """The whole document."""
        fields = self._mapping(root, "")
        version = fields.pop("version", None)
        if version is None or self._text(version, "version") != "1":
            self._fail(version or root, "version", "expected 1: another version of gitopsify may have written it")
        if "tests" in fields:
            self._tests = self._mapping(fields.pop("tests"), "tests")
        found: Plan = self._fields(root, fields, Plan, "")
        return found

    def thing(self, node: yaml.Node, type_: Any, field: str) -> Any:
        """What a node says, as that type."""
        if len(field) > 400 or field.count(".") > _DEEPEST:
            self._fail(node, field[:60], "nested too deeply")
        if type_ is Value:
            return Value.parsed(self._text(node, field))
        if type_ is str:
            return self._text(node, field)
        if type_ is bool:
            return self._truth(node, field)
        if type_ is int:
            return self._number(node, field)
        if get_origin(type_) is tuple:
            return self._tuple(node, get_args(type_), field)
        if get_origin(type_) in (Union, UnionType):
            return self._union(node, get_args(type_), field)
        if isinstance(type_, type) and issubclass(type_, Enum):
            return self._choice(node, type_, field)
        return self._struct(node, type_, field)

    def _struct(self, node: yaml.Node, type_: Any, field: str) -> Any:
        if type_ is Span:
            return self._span(node, field)
        if type_ is Test:
            return self._test(node, field)
        if type_ is Host and isinstance(node, yaml.ScalarNode):
            user, _, address = self._text(node, field).rpartition("@")
            return Host(address=Value.parsed(address), user=Value.parsed(user) if user else None)
        if type_ is Resource:
            return self._resource(node, field)
        return self._fields(node, self._mapping(node, field), type_, field)

    def _fields(self, node: yaml.Node, given: dict[str, yaml.Node], type_: Any, field: str, **known: object) -> Any:
        types = _types(type_)
        values = dict(known)
        for name, inner in given.items():
            if name not in types:
                close = ", ".join(sorted(set(types) - set(values)))
                self._fail(inner, _join(field, name), "not a field here", f"fields: {close}")
            values[name] = self.thing(inner, types[name][0], _join(field, name))
        missing = [name for name, (_, required) in types.items() if required and name not in values]
        if missing:
            self._fail(node, _join(field, missing[0]), "is missing")
        return type_(**values)

    def _resource(self, node: yaml.Node, field: str) -> Resource:
        given = self._mapping(node, field)
        kind_node, spec_node = given.get("kind"), given.get("spec")
        if kind_node is None or spec_node is None:
            self._fail(node, _join(field, "spec" if kind_node is not None else "kind"), "is missing")
        kind = self._text(kind_node, _join(field, "kind"))
        if kind not in KINDS:
            self._fail(kind_node, _join(field, "kind"), f'no kind is called "{kind}"')
        spec_field = _join(field, "spec")
        spec: Spec = self._fields(spec_node, self._mapping(spec_node, spec_field), KINDS[kind], spec_field)
        rest = {name: inner for name, inner in given.items() if name not in ("kind", "spec")}
        found: Resource = self._fields(node, rest, Resource, field, kind=kind, spec=spec)
        return found

    def _test(self, node: yaml.Node, field: str) -> Test:
        text = self._text(node, field)
        negated = text.startswith("not ")
        name = text.removeprefix("not ").strip()
        if name not in self._tests or name in self._open:
            self._fail(node, field, f'no test is called "{name}"', f"tests: {', '.join(self._tests)}")
        if name not in self._known:
            self._open.append(name)
            inner, place = self._tests[name], f"tests.{name}"
            self._known[name] = self._fields(inner, self._mapping(inner, place), Test, place, id=name)
            self._open.pop()
        return msgspec.structs.replace(self._known[name], negated=negated)

    def _tuple(self, node: yaml.Node, of: tuple[Any, ...], field: str) -> tuple[Any, ...]:
        inner = of[0]
        if get_origin(inner) is tuple and get_args(inner)[:1] == (str,) and Ellipsis not in get_args(inner):
            return self._pairs(node, get_args(inner)[1], field)
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, field, "expected a list")
        self._plain(node, field)
        return tuple(self.thing(item, inner, f"{field}[{index}]") for index, item in enumerate(node.value))

    def _pairs(self, node: yaml.Node, type_: Any, field: str) -> tuple[Any, ...]:
        """A mapping of names to values; a list of such where a name stands twice."""
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        items = [item for part in parts for item in self._mapping(part, field).items()]
        return tuple((name, self.thing(value, type_, _join(field, name))) for name, value in items)

    def _union(self, node: yaml.Node, types: tuple[Any, ...], field: str) -> Any:
        options = [type_ for type_ in types if type_ is not type(None)]
        empty = isinstance(node, yaml.ScalarNode) and node.style is None and node.value in _NULL
        if empty and len(options) < len(types):
            return None
        if len(options) == 1:
            return self.thing(node, options[0], field)
        given = self._mapping(node, field)
        tags = {type_.__struct_config__.tag: type_ for type_ in options}
        tag = self._text(given.pop("type"), _join(field, "type")) if "type" in given else ""
        if tag not in tags:
            self._fail(node, _join(field, "type"), f"expected one of {', '.join(tags)}")
        return self._fields(node, given, tags[tag], field)

    def _mapping(self, node: yaml.Node, field: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._fail(node, field, "expected a mapping")
        self._plain(node, field)
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key, field)
            if name in found:
                self._fail(key, _join(field, name), "is given twice")
            found[name] = value
        return found

    def _text(self, node: yaml.Node, field: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._fail(node, field, "expected text")
        self._plain(node, field)
        return str(node.value)

    def _plain(self, node: yaml.Node, field: str) -> None:
        if node.tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            self._fail(node, field, f"tags such as {node.tag} are not used in a plan")

    def _truth(self, node: yaml.Node, field: str) -> bool:
        text = self._text(node, field).lower()
        if text not in _TRUTH:
            self._fail(node, field, "expected true or false")
        return _TRUTH[text]

    def _number(self, node: yaml.Node, field: str) -> int:
        text = self._text(node, field)
        if not re.fullmatch(r"-?\d{1,18}", text):
            self._fail(node, field, "expected a whole number")
        return int(text)

    def _choice(self, node: yaml.Node, type_: type[Enum], field: str) -> Enum:
        text = self._text(node, field)
        choices = [str(item.value) for item in type_]
        if text not in choices:
            self._fail(node, field, f"expected one of {', '.join(choices)}")
        return type_(text)

    def _span(self, node: yaml.Node, field: str) -> Span:
        found = _SPAN.fullmatch(self._text(node, field))
        if found is None:
            self._fail(node, field, "expected a place such as deploy.sh:12:1")
        line, column, end, last = (int(found[name] or 0) for name in ("line", "column", "end", "last"))
        return Span(path=found["path"], line=line, column=column, end_line=end, end_column=last)

    def _fail(self, node: yaml.Node, field: str, message: str, hint: str | None = None) -> NoReturn:
        place = f"{self._path}:{node.start_mark.line + 1}: " if self._path else ""
        raise ConverterError(f"{place}{field + ': ' if field else ''}{message}", hint)


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


@lru_cache(maxsize=512)
def _types(type_: type[msgspec.Struct]) -> dict[str, tuple[Any, bool]]:
    return {field.name: (field.type, field.required) for field in msgspec.structs.fields(type_)}

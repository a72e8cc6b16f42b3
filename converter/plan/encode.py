"""A plan as plain mappings, lists and texts: what differs from a default is left out, a condition is written once
and named."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.source import Span
from converter.model.trace import Host, Test
from converter.model.value import Value

Fields = tuple[tuple[str, object], ...]
_MISSING = object()


def encoded(plan: Plan) -> dict[str, object]:
    """The plan as plain data, in the order in which a person reads it."""
    encoder = _Encoder()
    fields = {name: encoder.thing(getattr(plan, name)) for name in plan.__struct_fields__ if getattr(plan, name) != ()}
    out: dict[str, object] = {"version": 1}
    for name, value in fields.items():
        if name == "resources" and encoder.tests:
            out["tests"] = encoder.tests
        out[name] = value
    return out


def plain(thing: object) -> object:
    """One part of a plan as plain data."""
    return _Encoder().thing(thing)


class _Encoder:
    def __init__(self) -> None:
        self.tests: dict[str, object] = {}

    def thing(self, thing: Any) -> object:
        """Any value of the model."""
        match thing:
            case Value():
                return thing.stored()
            case Enum():
                return str(thing.value)
            case tuple():
                return self._items(thing)
            case Span():
                return span_text(thing)
            case Test():
                return self._test(thing)
            case Host():
                return host_text(thing) or self._struct(thing)
            case msgspec.Struct():
                return self._struct(thing)
            case _:
                return thing

    def _items(self, items: tuple[Any, ...]) -> object:
        if items and all(isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str) for item in items):
            pairs = [{item[0]: self.thing(item[1])} for item in items]
            whole = {name: value for pair in pairs for name, value in pair.items()}
            return whole if len(whole) == len(pairs) else pairs
        return [self.thing(item) for item in items]

    def _struct(self, struct: msgspec.Struct) -> dict[str, object]:
        tag = struct.__struct_config__.tag
        out: dict[str, object] = {"type": tag} if tag is not None else {}
        for name, default in defaults(type(struct)):
            value = getattr(struct, name)
            if value != default or type(value) is not type(default):
                out[name] = self.thing(value)
        return out

    def _test(self, test: Test) -> str:
        if test.id not in self.tests:
            positive = msgspec.structs.replace(test, negated=False)
            fields = self._struct(positive)
            fields.pop("id")
            self.tests[test.id] = fields
        return f"not {test.id}" if test.negated else test.id


@lru_cache(maxsize=512)
def defaults(type_: type[msgspec.Struct]) -> Fields:
    """The fields of a type with their defaults; a required one has a default that equals nothing."""
    names = type_.__struct_fields__
    given = type_.__struct_defaults__
    missing = (_MISSING,) * (len(names) - len(given))
    values = (_MISSING if value is msgspec.NODEFAULT else value for value in given)
    return tuple(zip(names, (*missing, *values), strict=True))


def span_text(span: Span) -> str:
    """`deploy.sh:12:1` or, with its end, `deploy.sh:12:1-14:3`."""
    end = f"-{span.end_line}:{span.end_column}" if span.end_line or span.end_column else ""
    return f"{span.path}:{span.line}:{span.column}{end}"


def host_text(host: Host) -> str:
    """`user@address`, "" for a host that takes more to say."""
    if host.port is not None or host.identity_file is not None or host.jump is not None:
        return ""
    login = host.user.stored() if host.user is not None else ""
    text = host.address.stored()
    if "@" in login or "@" in text or (host.user is not None and not login) or not text:
        return ""
    return f"{login}@{text}" if login else text

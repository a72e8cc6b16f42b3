"""The text of compose files as plain data, in which whatever is not text is a mark; `$NAME` is put in afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from converter.model.value import Glob, Literal, Part, Value, Variable

# Of a private use area: no compose file has them.
_MARK = re.compile("\ue000(\\d+)\ue001")
_NAME = re.compile(r"[A-Za-z_]\w*")


class UnreadableError(Exception):
    """Why a compose file is not understood."""


class _Loader(yaml.SafeLoader):
    """Everything is text but nothing and `<<`: a port is no number, and `yes` is no truth value."""


# Of its own, so that no other library adds to what a file may say.
_Loader.yaml_constructors = dict(yaml.constructor.SafeConstructor.yaml_constructors)
_KEPT = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_Loader.yaml_implicit_resolvers = {
    first: kept
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [pair for pair in pairs if pair[0] in _KEPT])
}


class Marks:
    """Parts of values that stand in a text as marks."""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    def text(self, value: Value) -> str:
        """The value as text with marks."""
        return "".join(part.text if isinstance(part, Literal | Glob) else self._mark(part) for part in value.parts)

    def _mark(self, part: Part) -> str:
        self._parts.append(part)
        return f"\ue000{len(self._parts) - 1}\ue001"

    def value(self, text: str) -> Value:
        """The text with the parts in place of the marks."""
        pieces = _MARK.split(text)
        return Value(*(self._parts[int(piece)] if index % 2 else Literal(piece) for index, piece in enumerate(pieces)))


def read(text: str) -> dict[str, Any]:
    """A compose file as data."""
    try:
        data = _Loader(text).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        told = str(getattr(problem, "problem", None) or "it is no YAML").strip()
        raise UnreadableError(f"the compose file is not understood: {told}") from problem
    if not isinstance(data, dict) or not isinstance(data.get("services", {}), dict):
        raise UnreadableError("the compose file has no `services`")
    return {str(key): value for key, value in data.items()}


class Interpolation:
    """`${NAME}` and its forms: https://docs.docker.com/reference/compose-file/interpolation/"""

    def __init__(self, marks: Marks, known: Callable[[str], Value | None]) -> None:
        self._marks, self._known = marks, known
        self.defaults: dict[str, str] = {}
        self.missing: dict[str, None] = {}

    def of(self, thing: Any) -> Any:
        """The data with values in place of texts."""
        if isinstance(thing, dict):
            return {str(key): self.of(value) for key, value in thing.items()}
        if isinstance(thing, list):
            return [self.of(each) for each in thing]
        return None if thing is None else self.value(str(thing))

    def value(self, text: str) -> Value:
        """One text."""
        found: list[Value] = []
        rest = text
        while "$" in rest:
            before, _, rest = rest.partition("$")
            found.append(self._marks.value(before))
            one, rest = self._one(rest)
            found.append(one)
        return Value.join([*found, self._marks.value(rest)])

    def _one(self, rest: str) -> tuple[Value, str]:
        """What stands behind a dollar sign, and what comes after it."""
        if rest.startswith("$"):
            return Value.of("$"), rest[1:]
        plain = _NAME.match(rest)
        if plain is not None:
            return self._named(plain[0], "", ""), rest[plain.end() :]
        end = _closing(rest)
        inside = rest[1:end] if end else ""
        name = _NAME.match(inside)
        form = re.match(r":?[-?+]|$", inside[name.end() :]) if name is not None else None
        if name is None or form is None:
            raise UnreadableError(f"`${rest[: end + 1] if end else rest[:10]}` in the compose file is not understood")
        return self._named(name[0], form[0], inside[name.end() + len(form[0]) :]), rest[end + 1 :]

    def _named(self, name: str, form: str, more: str) -> Value:
        value = self._known(name)
        if form.endswith("+"):
            there = value is not None and not (form == ":+" and value.text == "")
            return self.value(more) if there else Value()
        if value is not None and not (form == ":-" and value.text == ""):
            return value
        if form.endswith("-"):
            default = self.value(more)
            if value is None and not any(isinstance(part, Variable) for part in default.parts):
                self.defaults[name] = default.shell()
            return default
        self.missing[name] = None
        return Value(Variable(name))


def _closing(text: str) -> int:
    """Where the brace ends that the text begins with, 0 where it does not."""
    depth = 0
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return place
    return 0

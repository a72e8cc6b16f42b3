"""Values as words of a shell command, quoted so that known text means itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from converter.model.resource import Spec
from converter.model.value import CommandOutput, Glob, Literal, Part, Value, Variable
from converter.render.delivery.shell.text import InexpressibleError, argument, inside, literal, raw

PROJECT = Value(Variable("project_dir"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def understood(spec: Spec, *fields: str) -> None:
    """Refuses a spec that says more than these fields: what a step leaves out would be lost without a word."""
    for field in msgspec.structs.fields(spec):
        given = getattr(spec, field.name)
        if field.name not in fields and not field.required and given != field.default:
            raise InexpressibleError(f"the pipeline's step can't say {field.name.replace('_', ' ')}")


def word(value: Value) -> str:
    """One word: bare where it can be, in quotes otherwise; only patterns stay open to the shell."""
    if not value.parts:
        return "''"
    if len(value.parts) == 1 and isinstance(value.parts[0], Literal):
        return literal(value.parts[0].text)
    if any(isinstance(part, Glob) for part in value.parts):
        return "".join(_part(part) for part in value.parts)
    return f'"{"".join(_inside(part) for part in value.parts)}"'


def words(*items: Value | str | None) -> str:
    """A command line of values and of words that are ready; None and "" leave nothing."""
    return " ".join(word(item) if isinstance(item, Value) else item for item in items if item)


def option(name: str, value: Value | None) -> str:
    """`--name value`, or nothing."""
    return f"{name} {word(value)}" if value is not None else ""


def options(name: str, values: Iterable[Value]) -> str:
    """The option once for each value."""
    return " ".join(option(name, value) for value in values)


def path(value: Value, cwd: Value) -> str:
    """A path as one word, relative where it lies under the directory in which the step runs."""
    return word(relative(value, cwd))


def rooted(value: Value) -> Value:
    """The path from the directory of the project, where a variable of the script stands for that."""
    first = value.parts[0] if value.parts else None
    if _is_project(value):
        return PROJECT + Value(*value.parts[1:])
    if isinstance(first, Variable) and first.value is not None:
        inner = rooted(first.value)
        if _is_project(inner):
            return inner + Value(*value.parts[1:])
    return value


def _is_project(value: Value) -> bool:
    first = value.parts[0] if value.parts else None
    return isinstance(first, Variable) and first.name == PROJECT.shell()[2:-1]


def relative(value: Value, cwd: Value) -> Value:
    """The path as seen from `cwd`, unchanged where it lies elsewhere."""
    found = _relative(rooted(value), rooted(cwd))
    return value if found == rooted(value) else found


def _relative(value: Value, cwd: Value) -> Value:
    head, rest = value.parts[: len(cwd.parts)], value.parts[len(cwd.parts) :]
    if cwd.parts and head == cwd.parts:
        if not rest:
            return Value.of(".")
        if isinstance(rest[0], Literal) and rest[0].text.startswith("/"):
            return _under(Value(*rest))
    return _relative_text(value, cwd)


def _relative_text(value: Value, cwd: Value) -> Value:
    """The case in which the last part of `cwd` is text that goes on in `value`."""
    if not cwd.parts or len(value.parts) < len(cwd.parts) or value.parts[: len(cwd.parts) - 1] != cwd.parts[:-1]:
        return value
    mine, base = value.parts[len(cwd.parts) - 1], cwd.parts[-1]
    if not isinstance(mine, Literal) or not isinstance(base, Literal):
        return value
    if not mine.text.startswith(base.text.rstrip("/") + "/"):
        return value
    return _under(Value(Literal(mine.text[len(base.text.rstrip("/")) :]), *value.parts[len(cwd.parts) :]))


def _under(value: Value) -> Value:
    first = value.parts[0]
    text = first.text.lstrip("/") if isinstance(first, Literal) else ""
    rest = Value(Literal(text), *value.parts[1:])
    if not rest.parts:
        return Value.of("./")
    return Value.of("./") + rest if text.startswith("-") else rest


def _part(part: Part) -> str:
    match part:
        case Glob(text):
            return _glob(text)
        case Literal(text):
            return literal(text)
        case _:
            return f'"{_inside(part)}"'


def _glob(text: str) -> str:
    """A pattern with everything but its own signs quoted."""
    return re.sub(r"[^A-Za-z0-9_@%+=:,./*?\[\]!^-]", lambda found: "\\" + found.group(), text)


def _inside(part: Part) -> str:
    """A part within double quotes."""
    match part:
        case Literal(text) | Glob(text):
            return inside(text)
        case Variable(name):
            return f"${{{name}}}" if _NAME.fullmatch(name) else _positional(part)
        case CommandOutput(text):
            return f"$({raw(text)})"
        case _:
            raise InexpressibleError(f"nobody can know a part of it from the script alone: {part.reason}")


def _positional(part: Variable) -> str:
    if part.value is not None and part.value.text is not None:
        return _inside(Literal(part.value.text))
    return f"${{{argument(part.name)}}}"

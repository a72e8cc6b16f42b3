"""Values in Ansible's syntax: variables become `{{ app_dir }}`, text of the script stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable

HOME = "ansible_facts['user_dir']"
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


class UnrenderableError(Exception):
    """A part of the value is not known, so that nothing may be written for it."""


def template(value: Value, names: Mapping[str, str]) -> str:
    """The value as a template; braces of the script are written so that Ansible leaves them alone."""
    return "".join(_part(part, names) for part in value.parts)


def shell_template(value: Value, names: Mapping[str, str]) -> str:
    """The same for shell text, in which `$(command)` may stay."""
    return "".join(
        inert(f"$({part.text})") if isinstance(part, CommandOutput) else _part(part, names) for part in value.parts
    )


def _part(part: Part, names: Mapping[str, str]) -> str:
    match part:
        case Literal(text) | Glob(text):
            return inert(text)
        case Variable(name):
            return f"{{{{ {reference(name, names)} }}}}"
        case CommandOutput(text):
            raise UnrenderableError(f"$({text}) is computed at run time")
        case Unknown(reason):
            raise UnrenderableError(reason)


def reference(name: str, names: Mapping[str, str]) -> str:
    """The name of a variable in an expression."""
    if name == "HOME":
        return names.get(name, HOME)
    if name not in names:
        raise UnrenderableError(f"${name} is not known")
    return names[name]


def inert(text: str) -> str:
    """Text that stays itself in a template."""
    return _BRACES.sub(lambda found: "{{ '" + found.group() + "' }}", text)


def expression(value: Value, names: Mapping[str, str]) -> str:
    """The value as a Jinja expression, for conditions."""
    pieces = [reference(part.name, names) if isinstance(part, Variable) else _quoted(part) for part in value.parts]
    return " ~ ".join(pieces) if pieces else "''"


def _quoted(part: Part) -> str:
    if not isinstance(part, Literal | Glob):
        raise UnrenderableError("a part is known only at run time")
    return quoted(part.text)


def quoted(text: str) -> str:
    """A Jinja string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return "'" + escaped.replace("{{", "{' ~ '{").replace("{%", "{' ~ '%").replace("{#", "{' ~ '#") + "'"

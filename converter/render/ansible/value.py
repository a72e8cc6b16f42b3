"""Values in Ansible's syntax: variables become `{{ app_dir }}`, text of the script stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable

HOME = "ansible_facts['user_dir']"
_OPENS = re.compile(r"\{[{%#]|\{(?=\r)|\r")
_TEMPLATE = re.compile(r"\{[{%#]")
# What a shell and a unit file take as one word wherever it stands.
_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


class UnrenderableError(Exception):
    """A part of the value is not known, so that nothing may be written for it."""


def template(value: Value, names: Mapping[str, str]) -> str:
    """The value as a template; braces of the script are written so that Ansible leaves them alone."""
    return joined(_piece(part, names) for part in value.parts)


def joined(given: Iterable[tuple[str, bool]]) -> str:
    """A template of pieces, each with whether it is an expression; all other text stays itself."""
    pieces = _merged(given)
    out: list[str] = []
    braces = any(code for _, code in pieces) or any(_TEMPLATE.search(text) for text, _ in pieces)
    for index, (text, code) in enumerate(pieces):
        if code:
            out.append(f"{{{{ {text} }}}}")
            continue
        before_code = index + 1 < len(pieces) and pieces[index + 1][1]
        out.append(_inert(text, before_code) if braces else text)
    return "".join(out)


def _inert(text: str, before_code: bool) -> str:
    """Jinja would join a brace with those that follow, and write every line end as a line feed."""
    text = _OPENS.sub(lambda found: "{{ " + repr(found.group()) + " }}", text)
    return text[:-1] + "{{ '{' }}" if before_code and text.endswith("{") else text


def inert(text: str) -> str:
    """Text that stays itself in a template."""
    return joined([(text, False)])


def _piece(part: Part, names: Mapping[str, str]) -> tuple[str, bool]:
    match part:
        case Literal(text) | Glob(text):
            return text, False
        case Variable(name):
            return reference(name, names), True
        case CommandOutput(text):
            raise UnrenderableError(f"$({text}) is computed at run time")
        case Unknown(reason):
            raise UnrenderableError(reason)


def reference(name: str, names: Mapping[str, str]) -> str:
    """The expression that a variable of the script is in Ansible."""
    if name not in names:
        if name == "HOME":
            return HOME
        raise UnrenderableError(f"${name} is not known")
    return names[name]


def expression(value: Value, names: Mapping[str, str]) -> str:
    """The value as a Jinja expression, for conditions."""
    pieces = [reference(part.name, names) if isinstance(part, Variable) else _quoted(part) for part in value.parts]
    return " ~ ".join(pieces) if pieces else "''"


def _quoted(part: Part) -> str:
    if not isinstance(part, Literal | Glob):
        raise UnrenderableError("a part of it is known only at run time")
    return quoted(part.text)


def quoted(text: str) -> str:
    """A Jinja string literal without double braces, which Ansible would take for a template."""
    escaped = (
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return "'" + re.sub(r"(?<=[{}%#])[{}%#]", lambda found: f"\\x{ord(found.group()):02x}", escaped) + "'"


def shell(value: Value, names: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Shell text, and the variables that it finds in its environment.

    A variable with a plain word in it is written in place. Anything else comes through the environment, so that no
    value can become code."""
    pieces: list[tuple[str, bool]] = []
    environment: dict[str, str] = {}
    for part in value.parts:
        if isinstance(part, CommandOutput):
            pieces.append((f"$({part.text})", False))
        elif not isinstance(part, Variable) or _in_place(part):
            pieces.append(_piece(part, names))
        else:
            name = part.name if re.fullmatch(r"[A-Za-z_]\w*", part.name, re.ASCII) else f"argument_{part.name}"
            environment[name] = f"{{{{ {reference(part.name, names)} }}}}"
            pieces.append((f"${{{name}}}", False))
    return joined(pieces), environment


def _in_place(part: Variable) -> bool:
    text = part.value.text if part.value is not None else None
    return part.name == "HOME" or (text is not None and _PLAIN.fullmatch(text) is not None)


def _merged(pieces: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Neighbouring texts as one, so that braces at their border are seen together."""
    out: list[tuple[str, bool]] = []
    for text, code in pieces:
        if out and not code and not out[-1][1]:
            out[-1] = (out[-1][0] + text, False)
        else:
            out.append((text, code))
    return out

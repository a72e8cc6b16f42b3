"""The host that scp and rsync copy to or from, read from their words."""

from __future__ import annotations

import re
import shlex

from converter.model.trace import Host, Step
from converter.model.value import Literal, Value, Variable

_PROGRAMS = frozenset({"scp", "rsync", "sftp"})
_TAKES_VALUE = {"scp": set("cDFiJlopPSX"), "rsync": set("efBMT"), "sftp": set("BbcDFiJloPRSsX")}
_KINDS = frozenset({"upload", "sync"})


def host_of(step: Step, kind: str) -> Host | None:
    """The far host of a transfer, None if the step is no transfer or stays on one machine."""
    program = (step.argv[0].text or "").rpartition("/")[2] if step.argv else ""
    if kind not in _KINDS or program not in _PROGRAMS:
        return None
    operands, options = _words(program, step.argv[1:])
    for operand in operands:
        found = _remote(operand)
        if found is not None:
            user, address = found
            return _host(user, address, program, options)
    return None


def _words(program: str, words: tuple[Value, ...]) -> tuple[list[Value], dict[str, Value]]:
    operands: list[Value] = []
    options: dict[str, Value] = {}
    pending = ""
    for word in words:
        text = word.text or word.shell()
        if pending:
            options[pending], pending = word, ""
        elif text.startswith("--"):
            name, equals, value = text[2:].partition("=")
            if name == "rsh":
                options["e"] = Value.of(value) if equals else word
                pending = "" if equals else "e"
        elif text.startswith("-") and len(text) > 1:
            letter = next((letter for letter in text[1:] if letter in _TAKES_VALUE[program]), "")
            attached = text[text.index(letter) + 1 :] if letter else ""
            if letter and attached:
                options[letter] = Value.of(attached)
            pending = letter if letter and not attached else ""
        else:
            operands.append(word)
    return operands, options


def _remote(operand: Value) -> tuple[Value | None, Value] | None:
    """`[user@]host:path`, where no slash stands before the colon."""
    for index, part in enumerate(operand.parts):
        if (
            isinstance(part, Variable)
            and index == 0
            and re.match(r"[^/:]+:", (part.value.text or "") if part.value else "")
        ):
            return _remote(part.value) if part.value is not None else None
        if not isinstance(part, Literal):
            continue
        colon, slash = part.text.find(":"), part.text.find("/")
        if slash >= 0 and (colon < 0 or slash < colon):
            return None
        if colon >= 0:
            return _login(Value(*operand.parts[:index], Literal(part.text[:colon])))
    return None


def _login(value: Value) -> tuple[Value | None, Value] | None:
    if not value:
        return None
    only = value.parts[0] if len(value.parts) == 1 else None
    if (
        isinstance(only, Variable)
        and only.value is not None
        and (len(only.value.parts) > 1 or "@" in (only.value.text or ""))
    ):
        return _login(only.value)
    for index, part in enumerate(value.parts):
        if isinstance(part, Literal) and "@" in part.text:
            left, _, right = part.text.rpartition("@")
            return Value(*value.parts[:index], Literal(left)), Value(Literal(right), *value.parts[index + 1 :])
    return None, value


def _host(user: Value | None, address: Value, program: str, options: dict[str, Value]) -> Host:
    inner = _shell_options(options["e"]) if program == "rsync" and "e" in options else {}
    port = inner.get("p") if program == "rsync" else options.get("P")
    identity = inner.get("i") if program == "rsync" else options.get("i")
    jump = inner.get("J") if program == "rsync" else options.get("J")
    return Host(address=address, user=user or inner.get("l"), port=port, identity_file=identity, jump=jump)


def _shell_options(command: Value) -> dict[str, Value]:
    """`-e "ssh -p 2222 -i key"`; a variable in it stays one."""
    names = {f"\ue000{index}\ue001": part for index, part in enumerate(command.parts) if isinstance(part, Variable)}
    marks = {part: mark for mark, part in names.items()}
    text = "".join(marks[part] if isinstance(part, Variable) else getattr(part, "text", "") for part in command.parts)
    try:
        words = shlex.split(text)
    except ValueError:
        return {}
    found: dict[str, Value] = {}
    for index, word in enumerate(words):
        match = re.fullmatch(r"-\w*([pilJ])(.*)", word, re.DOTALL)
        if match and (match[2] or index + 1 < len(words)):
            found[match[1]] = _value(match[2] or words[index + 1], names)
    return found


def _value(text: str, names: dict[str, Variable]) -> Value:
    pieces = re.split("(\ue000\\d+\ue001)", text)
    return Value(*(names[piece] if piece in names else Literal(piece) for piece in pieces))

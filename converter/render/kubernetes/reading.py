"""Commands that are about containers, where they stand as words in a kept command or a crontab line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

from converter.model.value import Literal, Part, Value, Variable
from converter.resources.container import Container

# https://docs.docker.com/reference/cli/docker/container/run/ - those without a value.
_SWITCHES = {
    *("-d", "--detach", "-i", "--interactive", "-t", "--tty", "--rm", "--init", "--privileged", "--read-only", "-q"),
    *("--quiet", "-P", "--publish-all", "--no-healthcheck", "--oom-kill-disable"),
}
_SHORT = {
    "-p": "publish",
    "-v": "volume",
    "-e": "env",
    "-l": "label",
    "-m": "memory",
    "-u": "user",
    "-w": "workdir",
    "-h": "hostname",
    "-c": "cpu-shares",
    "--net": "network",
    "-d": "detach",
    "-i": "interactive",
    "-t": "tty",
    "-P": "publish-all",
    "-q": "quiet",
}
_LISTS = {
    "publish": "ports",
    "volume": "volumes",
    "env-file": "env_files",
    "network": "networks",
    "cap-add": "capabilities",
}
_LISTS |= {"add-host": "extra_hosts"}
_ONE = ("name", "entrypoint", "memory", "cpus", "user", "workdir", "hostname", "restart")
_BOOLEAN = ("interactive", "tty", "privileged")
_KNOWN_FLAGS = re.compile(r"--[a-z][a-z0-9-]*")


def run_of(argv: Sequence[Value]) -> tuple[Container, bool] | None:
    """The container of `docker run ..`, and whether it goes on in the background; None where it is not understood."""
    words = list(argv)
    texts = [word.text for word in words[:3]]
    if texts[:1] not in (["docker"], ["podman"]):
        return None
    start = 3 if texts[1:3] == ["container", "run"] else 2 if texts[1:2] == ["run"] else 0
    return _read(words[start:]) if start else None


def exec_of(argv: Sequence[Value]) -> tuple[Value, tuple[Value, ...]] | None:
    """Container and command of `docker exec ..`, where nothing but a terminal is asked for."""
    texts = [word.text or "" for word in argv]
    if len(argv) < 4 or texts[0] not in ("docker", "podman") or texts[1] != "exec":
        return None
    rest = list(argv[2:])
    while rest and re.fullmatch(r"-[it]+|--interactive|--tty", rest[0].text or ""):
        rest.pop(0)
    if len(rest) < 2 or (rest[0].text or "-").startswith("-"):
        return None
    return rest[0], tuple(rest[1:])


def words_of(line: Value) -> list[Value] | None:
    """The words of a command line without pipes; what only catches its output is left out."""
    marked = ""
    held: list[Part] = []
    for part in line.parts:
        if isinstance(part, Literal):
            marked += part.text
        else:
            marked += f"\x00{len(held)}\x00"
            held.append(part)
    plain = re.sub(r"\s*(?:&?>>?\s*\S+|2>&1|2>>?\s*\S+|1?>>?\s*\S+)", "", marked)
    if re.search(r"[|;&<>`]|\$\(", plain):
        return None
    try:
        return [_word(text, held) for text in shlex.split(plain)]
    except ValueError:
        return None


def _word(text: str, held: list[Part]) -> Value:
    pieces = re.split("\x00(\\d+)\x00", text)
    return Value(*(held[int(piece)] if index % 2 else Literal(piece) for index, piece in enumerate(pieces)))


def _read(words: list[Value]) -> tuple[Container, bool] | None:
    given: list[tuple[str, Value]] = []
    while words:
        head = words[0].text if words[0].text is not None else _head(words[0])
        if not head.startswith("-"):
            break
        found = _option(words, head)
        if found is None:
            return None
        given += found
    if not words:
        return None
    return _container(given, words[0], tuple(words[1:]))


def _head(word: Value) -> str:
    """The text before the first variable."""
    first = word.parts[0] if word.parts else None
    return first.text if isinstance(first, Literal) else "" if isinstance(first, Variable) else "-?"


def _option(words: list[Value], head: str) -> list[tuple[str, Value]] | None:
    """Takes one option, or several switches in one word, from the words."""
    word = words.pop(0)
    name, equals, _ = head.partition("=")
    if head in _SWITCHES:
        return [(_SHORT.get(head, head.lstrip("-")), Value.of("true"))]
    if re.fullmatch(r"-[dit]{2,}", head):
        return [(_SHORT[f"-{letter}"], Value.of("true")) for letter in head[1:]]
    if equals and _KNOWN_FLAGS.fullmatch(name):
        return [(_SHORT.get(name, name[2:]), _after(word, len(name) + 1))]
    known = _SHORT.get(head[:2]) if not head.startswith("--") else _SHORT.get(head) or head[2:]
    if known is None or (head.startswith("--") and not _KNOWN_FLAGS.fullmatch(head)):
        return None
    if not head.startswith("--") and len(head) > 2:
        return [(known, _after(word, 2))]
    return [(known, words.pop(0))] if words else None


def _after(word: Value, length: int) -> Value:
    first = word.parts[0]
    text = first.text if isinstance(first, Literal) else ""
    return Value(Literal(text[length:]), *word.parts[1:])


def _container(
    given: list[tuple[str, Value]], image: Value, command: tuple[Value, ...]
) -> tuple[Container, bool] | None:
    fields: dict[str, Any] = {}
    for option, field in _LISTS.items():
        fields[field] = tuple(value for name, value in given if name == option)
    pairs = [_pair(value) for name, value in given if name in ("env", "label")]
    if any(pair is None for pair in pairs):
        return None
    for option, field in (("env", "environment"), ("label", "labels")):
        fields[field] = tuple(pair for name, value in given if name == option and (pair := _pair(value)))
    for name, value in given:
        if name in _ONE:
            fields[name] = value
        elif name in _BOOLEAN:
            fields[name] = value.text != "false"
    used = {*_LISTS, *_ONE, *_BOOLEAN, "env", "label", "rm", "detach", "quiet", "pull", "log-driver", "log-opt"}
    pulls = next((value.text or "" for name, value in given if name == "pull"), "")
    rest = tuple((name, value) for name, value in given if name not in used)
    fields |= {"flags": rest, "pull": pulls, "image": image, "command": command}
    fields.setdefault("name", Value())
    return Container(**fields), any(name == "detach" for name, _ in given)


def _pair(value: Value) -> tuple[str, Value] | None:
    """`NAME=text`; a name alone is taken from the environment of whoever runs it."""
    first = value.parts[0] if value.parts else None
    name, equals, _ = first.text.partition("=") if isinstance(first, Literal) else ("", "", "")
    return (name, _after(value, len(name) + 1)) if equals else None

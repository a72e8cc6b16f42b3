"""What an image is built from: a folder in an archive, its Dockerfile, and options; nothing of it is run.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from converter.verify.recorders.engine.messages import RefusedError, Request, Thing

_OPTIONS = ("target", "platform", "networkmode")


@dataclass(frozen=True, slots=True)
class Build:
    """The first line of the Dockerfile, what is configured in the image, and what tells it from others."""

    first: str
    config: Thing
    made_of: Thing


def read(request: Request) -> Build:
    """What is asked for."""
    if request.query.get("remote"):
        raise RefusedError(501, "the recorder that stands for the engine builds from folders only")
    name = request.query.get("dockerfile") or "Dockerfile"
    with tarfile.open(fileobj=io.BytesIO(request.body)) as tar:
        files = {each.name.removeprefix("./"): _content(tar, each) for each in tar if each.isfile()}
    if name not in files:
        raise RefusedError(500, f"Cannot locate specified Dockerfile: {name}")
    text = files[name].decode("utf-8", "replace")
    arguments = json.loads(request.query.get("buildargs") or "{}")
    labels = json.loads(request.query.get("labels") or "{}")
    config = configured(text, arguments)
    if labels:
        config["Labels"] = {**(config.get("Labels") or {}), **labels}
    made_of = {
        "files": _digest(files),
        "dockerfile": hashlib.sha256(text.encode()).hexdigest()[:16],
        "arguments": arguments,
        "labels": labels,
        **{option: request.query[option] for option in _OPTIONS if request.query.get(option) not in (None, "default")},
    }
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return Build(first, config, made_of)


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _digest(files: Mapping[str, bytes]) -> str:
    """Of names and contents, without what git notes for itself, and what the client renames at random."""
    found = hashlib.sha256()
    for name in sorted(files):
        if not name.startswith((".git/", ".dockerfile.", ".dockerignore.")):
            found.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\0".encode())
    return found.hexdigest()[:16]


def configured(text: str, arguments: Mapping[str, str]) -> Thing:
    """What the last stage of a Dockerfile configures for the containers of its image."""
    found: Thing = {}
    joined = re.sub(r"\\[ \t]*\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    known = dict(arguments)
    for line in joined.splitlines():
        word, _, rest = line.strip().partition(" ")
        word, rest = word.upper(), rest.strip()
        if word == "FROM":
            found = {}
        elif word == "ARG":
            name, sign, value = rest.partition("=")
            known.setdefault(name, value.strip("\"'") if sign else "")
        elif word in _READ:
            _READ[word](found, re.sub(r"\$\{?(\w+)\}?", lambda name: known.get(name[1], name[0]), rest))
    return found


def _command(name: str) -> Callable[[Thing, str], None]:
    def read(found: Thing, rest: str) -> None:
        found[name] = json.loads(rest) if rest.startswith("[") else ["/bin/sh", "-c", rest]

    return read


def _text(name: str) -> Callable[[Thing, str], None]:
    def read(found: Thing, rest: str) -> None:
        found[name] = rest

    return read


def _set(name: str) -> Callable[[Thing, str], None]:
    def read(found: Thing, rest: str) -> None:
        words = json.loads(rest) if rest.startswith("[") else rest.split()
        keys = [f"{word}/tcp" if name == "ExposedPorts" and "/" not in word else word for word in words]
        found[name] = {**found.get(name, {}), **{key: {} for key in keys}}

    return read


def _pairs(rest: str) -> dict[str, str]:
    words = shlex.split(rest)
    if words and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])}
    return dict(word.partition("=")[::2] for word in words)


def _environment(found: Thing, rest: str) -> None:
    default = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    found["Env"] = [*found.get("Env", default), *(f"{name}={value}" for name, value in _pairs(rest).items())]


def _labels(found: Thing, rest: str) -> None:
    found["Labels"] = {**found.get("Labels", {}), **_pairs(rest)}


_READ: Mapping[str, Callable[[Thing, str], None]] = {
    "CMD": _command("Cmd"),
    "ENTRYPOINT": _command("Entrypoint"),
    "WORKDIR": _text("WorkingDir"),
    "USER": _text("User"),
    "EXPOSE": _set("ExposedPorts"),
    "VOLUME": _set("Volumes"),
    "ENV": _environment,
    "LABEL": _labels,
}

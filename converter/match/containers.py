"""Containers that are looked up by their name: `docker rm $(docker ps -aq -f name=web)` is about `web`."""

from __future__ import annotations

import re

from converter.match.unsuited import UnsuitedError
from converter.model.value import Value

_LOOKUP = re.compile(
    r"(?:docker|podman) ps(?: -(?:a|q|aq|qa)| --all| --quiet)* (?:-f|--filter)[ =]([\"']?)name=([^\"'$]+\$?)\1"
    r"(?: -(?:a|q|aq|qa)| --all| --quiet)*(?: 2> ?/dev/null)?(?: \|\| true)?"
)
_NAME = re.compile(r"\^?/?([\w][\w.-]*)\$?")
_LISTS = (["docker", "ps"], ["podman", "ps"], ["docker", "container"], ["docker", "compose"])
ENDS = {"stop": "stopped", "kill": "stopped", "rm": "absent"}


def container_name(value: Value) -> Value:
    """The name that a container is looked up by; the value itself where nothing lists containers."""
    outputs = value.outputs
    if not outputs:
        return value
    found = _LOOKUP.fullmatch(outputs[0].text.strip()) if len(outputs) == 1 else None
    if found is None and any(output.text.split()[:2] in _LISTS for output in outputs):
        raise UnsuitedError(value.shell())
    return filtered_name(Value.of(f"name={found[2]}")) if found is not None else value


def filtered_name(filter_: Value) -> Value:
    """`web` for `name=web` and `name=^/web$`."""
    known = filter_.text or ""
    found = _NAME.fullmatch(known.removeprefix("name="))
    if found is None or not known.startswith("name="):
        raise UnsuitedError(filter_.shell())
    return Value.of(found[1])


def container_end(command: list[Value]) -> str:
    """The state in which `docker stop`, `docker rm -f` and their like leave a container; "" for any other command."""
    program, *words = [word.text or "" for word in command]
    verbs = [word for word in words if not word.startswith("-")]
    flags = {word for word in words if word.startswith("-")}
    fits = program in ("docker", "podman") and len(verbs) == 1 and flags <= {"-f", "--force"}
    return ENDS.get(verbs[0], "") if fits else ""

"""`docker run` as composerize reads it and as our pod does: the same environment, ports, volumes, command and user."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cases import Compared
from converter.pipeline import scripts_to_plan
from oracle import node
from oracle.test_composerize import LINES
from render.clusters import built, environment_of, expanded, of_kind, pod, rendered, written

Container = dict[str, Any]
# Where composerize says something else than `docker run --help`, by what stands in the line: the part, and why.
EXCEPTIONS = {
    "-eE=5": ("environment", "in one word, it is read as -e true"),
    "readonly": ("mounts", "it is left out"),
    "--tmpfs=/tmp": ("mounts", "two --tmpfs become one path with a comma"),
    "-q nginx": ("image", "the image is taken for the argument of -q"),
}


@cache
def theirs() -> dict[str, Container]:
    """What composerize makes of each line, as a container."""
    lines = [line.replace("docker container run", "docker run") for line in LINES]
    texts: list[str] = json.loads(node.run("composerize.cjs", str(node.PACKAGES), stdin=json.dumps(lines)))
    services = [next(iter(yaml.safe_load(text)["services"].values())) for text in texts]
    return {line: of_service(each) for line, each in zip(LINES, services, strict=True)}


def of_service(service: dict[str, Any]) -> Container:
    """The parts of a service that a container is made of."""
    command = service.get("command", [])
    entrypoint = service.get("entrypoint", [])
    return {
        "image": service.get("image", ""),
        "environment": dict(each.partition("=")[::2] for each in service.get("environment", ())),
        "ports": {port for text in service.get("ports", ()) for port in _inside(text)}
        | {port for text in service.get("expose", ()) for port in _inside(str(text))},
        "mounts": _mounts(service),
        "command": shlex.split(command) if isinstance(command, str) else command,
        "entrypoint": [entrypoint] if isinstance(entrypoint, str) else entrypoint,
        "user": str(service.get("user", "")),
        "workdir": service.get("working_dir", ""),
        "terminal": (bool(service.get("stdin_open")), bool(service.get("tty"))),
        "capabilities": (service.get("cap_add", []), service.get("cap_drop", [])),
        "privileged": bool(service.get("privileged")),
        "read_only": bool(service.get("read_only")),
    }


def _inside(text: str) -> list[tuple[int, str]]:
    """`127.0.0.1:8080:80/udp` as the port of the container."""
    plain, _, protocol = text.partition("/")
    first, _, last = plain.rpartition(":")[2].partition("-")
    return [(number, (protocol or "tcp").upper()) for number in range(int(first), int(last or first) + 1)]


def _mounts(service: dict[str, Any]) -> set[tuple[str, bool]]:
    """Each place in the container, and whether it can only be read."""
    found = set()
    for one in service.get("volumes", ()):
        if isinstance(one, str):
            source, _, rest = one.partition(":")
            target, _, options = rest.partition(":")
            found.add((target or source, "ro" in options.split(",")))
        else:
            target = one.get("target") or one.get("dst") or one.get("destination")
            found.add((target, bool(one.get("read_only"))))
    tmpfs = service.get("tmpfs", [])
    found |= {(each.partition(":")[0], False) for each in ([tmpfs] if isinstance(tmpfs, str) else tmpfs)}
    return found | ({("/dev/shm", False)} if "shm_size" in service else set())


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Container], dict[str, str]]:
    """Our containers as kubectl builds them, and what is left of each for a person."""
    lines = [re.sub(r"--name[ =]c ", f"--name c{number} ", line) for number, line in enumerate(LINES)]
    script = "\n".join(["ssh root@web1 <<'EOF'", *lines, "EOF", ""])
    tree = rendered(scripts_to_plan([("run.sh", script.encode())], name="shop"))
    root: Path = tmp_path_factory.mktemp("cluster")
    objects = built(written(tree, root))
    workloads = of_kind(objects, "Deployment")
    made = {line: of_pod(workloads[f"c{number}"], objects) for number, line in enumerate(LINES)}
    left = {
        line: "\n".join(each.reason for each in tree.unsupported if each.address == f"container.c{number}")
        for number, line in enumerate(LINES)
    }
    return made, left


def of_pod(workload: dict[str, Any], objects: list[dict[str, Any]]) -> Container:
    """The parts of a pod in the same words."""
    own = pod(workload)["containers"][0]
    environment = environment_of(workload, objects)
    security = own["securityContext"]
    user = [str(security[name]) for name in ("runAsUser", "runAsGroup") if name in security]
    capabilities = security.get("capabilities", {})
    return {
        "image": own["image"].removesuffix(":to-be-set"),
        "environment": {name: text for name, text in environment.items() if not text.startswith("<")},
        "ports": {(port["containerPort"], port.get("protocol", "TCP")) for port in own.get("ports", ())},
        "mounts": {(each["mountPath"], each.get("readOnly", False)) for each in own.get("volumeMounts", ())},
        "command": [expanded(word, environment) for word in own.get("args", ())],
        "entrypoint": [expanded(word, environment) for word in own.get("command", ())],
        "user": ":".join(user),
        "workdir": own.get("workingDir", ""),
        "terminal": (own.get("stdin", False), own.get("tty", False)),
        "capabilities": (capabilities.get("add", []), capabilities.get("drop", [])),
        "privileged": security.get("privileged", False),
        "read_only": security.get("readOnlyRootFilesystem", False),
    }


def differences(line: str, ours: dict[str, Container], left: str) -> dict[str, tuple[Any, Any]]:
    """The parts in which the two part, without what is left for a person by its name."""
    mine, other = ours[line], dict(theirs()[line])
    other["mounts"] = {each for each in other["mounts"] if f":{each[0]}" not in left}
    if "--user " in left:
        other["user"] = ""
    return {part: (mine[part], other[part]) for part in mine if mine[part] != other[part]}


@node.needs("composerize")
@pytest.mark.parametrize("line", LINES)
def test_both_read_the_same_container(line: str, ours: tuple[dict[str, Container], dict[str, str]]) -> None:
    made, left = ours
    found = differences(line, made, left[line])
    excepted = {part for words, (part, _) in EXCEPTIONS.items() if words in line}
    assert {part: both for part, both in found.items() if part not in excepted} == {}
    assert excepted <= found.keys(), "an exception is not needed"


def test_every_option_is_said_or_left(ours: tuple[dict[str, Container], dict[str, str]]) -> None:
    """Of the options that a pod has nothing for, each is named with its reason."""
    from converter.render.kubernetes.flags import UNSUPPORTED

    _, left = ours
    told = "\n".join(left.values())
    asked = {name for line in LINES for name in re.findall(r" --([a-z0-9-]+)", line)}
    unsaid = [name for name in sorted(asked & UNSUPPORTED.keys()) if f"`--{name}" not in told]
    assert unsaid == []


@node.needs("composerize")
def test_it_compares_much(compared: Compared, ours: tuple[dict[str, Container], dict[str, str]]) -> None:
    made, _ = ours
    compared(f"docker run, composerize and pods: {len(made)} commands, {sum(map(len, made.values()))} parts")

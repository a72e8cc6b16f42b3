"""A program of a host as the container that `docker run` would start of its image: the rest is as for any container."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from converter.model.value import Value
from converter.render.kubernetes.app import App
from converter.render.kubernetes.dockerfile.writing import USER, WEB_USER, command_of, shown
from converter.render.kubernetes.marking import Marking
from converter.render.kubernetes.processes.program import Line, Program, Source
from converter.render.kubernetes.quantities import memory
from converter.render.kubernetes.texts import UnknownTextError
from converter.resources.container import Container

_LOWEST = 1024
_NO_SERVER = re.compile(r"work|queue|sched|cron|beat|celery|consum|sidekiq|job|daemon|bot\b")


def as_container(program: Program, source: Source, marking: Marking, configured: list[str]) -> Container:
    """Its container; `configured` are files that the script writes for it."""
    kept = [f"{path}:{path}" for path in source.writes]
    files = [f"{path}:{path}:ro" for path in configured]
    port = program.port
    return Container(
        name=Value.of(program.name),
        image=Value.of(source.image(program)),
        command=tuple(marking.value(word) for word in command_of(program)),
        workdir=marking.value(program.workdir) if program.workdir else None,
        environment=tuple((name, marking.value(text)) for name, text in program.environment.items()),
        env_files=tuple(marking.value(path) for path in program.env_files),
        ports=(Value.of(f"{port}:{port}" if program.public else f"127.0.0.1:{port}:{port}"),) if port else (),
        volumes=tuple(marking.value(text) for text in (*kept, *source.fleeting, *files)),
        memory=_memory(program),
        user=Value.of(f"{WEB_USER}:{WEB_USER}" if program.serves else f"{USER}:{USER}"),
    )


def _memory(program: Program) -> Value | None:
    """As docker writes it; systemd's `512M` and pm2's are the same amounts."""
    if not program.memory:
        return None
    try:
        memory(program.memory.removesuffix("i"))
    except UnknownTextError:
        program.left.append(f"`{program.memory}` of memory is no amount that a pod can be given")
        return None
    return Value.of(program.memory.removesuffix("i"))


def fs_group(spec: Container) -> dict[str, int]:
    """Claims belong to the group of the user, who could not write to them otherwise."""
    return {"fsGroup": int(USER)} if spec.volumes else {}


def settle(app: App, program: Program, source: Source, spec: Container) -> None:
    """What the manifests of a program say beyond those of a container, and what a person has to know."""
    app.pod["securityContext"] |= fs_group(spec)
    if program.port is not None and program.port < _LOWEST:
        app.left.append(f"port {program.port} is for root alone: let it listen on one above {_LOWEST - 1}")
    if program.port is None and not _NO_SERVER.search(program.name):
        app.left.append(
            "which port it listens on, if any, is not in the script: add it to the Deployment and a Service, if others"
            " reach it"
        )
    if program.user == "root":
        app.left.append("on the host it runs as root, here as a user of its own: what needs root has to change")
    if program.serves:
        name = f"{program.name}.conf"
        app.files[name] = program.serves
        app.volumes.append({"name": "files", "configMap": {"name": f"{app.name}-files"}})
        app.mounts.append(
            {"name": "files", "mountPath": "/etc/nginx/conf.d/default.conf", "subPath": name, "readOnly": True}
        )
    elif not source.steps and not source.copied:
        app.left.append(
            f"the script builds nothing: how its packages come into the image, `images/{source.name}/Dockerfile` has"
            " yet to say"
        )
    app.left += map(shown, program.left)
    app.used += program.used


def job_container(spec: Any, line: Line, cwd: Value, environment: tuple[tuple[str, Value], ...]) -> Any:
    """The container of a command in the image of a program. What is done once acts elsewhere, so that it needs none of
    the volumes, which may be mounted in one place only."""
    own = dict(spec.environment)
    known = tuple((name, value) for name, value in environment if name not in own and name not in _OF_SHELL)
    return msgspec.structs.replace(
        spec,
        command=line.words,
        workdir=cwd if cwd.parts else None,
        entrypoint=None,
        ports=(),
        volumes=spec.volumes if line.times else (),
        memory=None,
        environment=(*known, *spec.environment),
    )


_OF_SHELL = ("PATH", "HOME", "VIRTUAL_ENV", "PWD", "USER", "SHELL", "DEBIAN_FRONTEND")

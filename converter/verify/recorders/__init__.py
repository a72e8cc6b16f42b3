"""Recorders: programs on the hosts of a world in the place of those that have no counterpart there.

In: which programs. Out: the files that hosts are given before they start, and, after a run, what was called and what
state is left, so written that it can be compared. Docker's clients are real and talk to an engine that runs nothing;
other programs only write down how they are called, and keep what their next call asks for.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from converter.verify.recorders.calls import Recorded, calls, tools
from converter.verify.recorders.state import State, processes, state

__all__ = [
    "DOCKER",
    "ENVIRONMENT",
    "PACKAGES",
    "PREPARE",
    "Recorded",
    "State",
    "calls",
    "files_for",
    "needs_docker",
    "processes",
    "state",
]

# What leads to the engine, with the real clients of `Clients.with_docker`.
DOCKER = frozenset(("docker", "docker-compose"))
# What Ansible's modules for docker need besides.
PACKAGES = ("python3-requests",)
ENVIRONMENT = ("NODE_ENV", "APP_ENV", "RAILS_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")
# To be run as root on a host that is up, once: the logs are everyone's, and the engine answers.
PREPARE = """\
install -d -m 777 /var/log/world /var/lib/world
[ -e /var/log/world/calls.jsonl ] || install -m 666 /dev/null /var/log/world/calls.jsonl
[ ! -e /etc/systemd/system/docker.service ] || systemctl enable --quiet --now docker.service
"""
_LIBRARY = "/usr/local/lib/world"
_PACKAGE = "converter/verify/recorders"
_LAUNCH = """\
#!/usr/bin/python3
import sys

sys.path.insert(0, "{library}")
sys.dont_write_bytecode = True
from {module} import main

main()
"""
_UNIT = f"""\
[Unit]
Description=Stands for the container engine
After=network.target

[Service]
Type=notify
Environment=PYTHONPATH={_LIBRARY} PYTHONDONTWRITEBYTECODE=1
ExecStart=/usr/bin/python3 -m converter.verify.recorders.engine
ExecReload=/bin/true
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""
# Compose has BuildKit's client built in.
_COMPOSE = '#!/bin/sh\nDOCKER_BUILDKIT=0 exec /usr/libexec/docker/cli-plugins/docker-compose "$@"\n'
_PLUGINS = "/usr/local/lib/docker/cli-plugins"


def needs_docker(programs: Sequence[str]) -> bool:
    """Whether hosts need the engine and its clients."""
    return not DOCKER.isdisjoint(programs)


def files_for(programs: Sequence[str], environment: Sequence[str] = ()) -> Mapping[str, tuple[str, int]]:
    """Text and mode of each file by its path; `environment` are variables whose values are noted with each call."""
    return dict(_files(programs, environment))


def _files(programs: Sequence[str], environment: Sequence[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    recorded = [name for name in programs if name not in DOCKER]
    if needs_docker(programs):
        yield from _package("engine")
        yield "/etc/systemd/system/docker.service", (_UNIT, 0o644)
        yield f"{_PLUGINS}/docker-buildx", (_launch("buildx"), 0o755)
        yield from _package("", "buildx.py")
        for path in (f"{_PLUGINS}/docker-compose", "/usr/local/bin/docker-compose"):
            yield path, (_COMPOSE, 0o755)
    if recorded:
        yield from _package("program")
        known = {"programs": recorded, "tools": tools(), "environment": [*ENVIRONMENT, *environment]}
        yield f"{_LIBRARY}/tools.json", (json.dumps(known, indent=1) + "\n", 0o644)
        for name in recorded:
            yield f"/usr/local/bin/{name}", (_launch("program.calling"), 0o755)


def _launch(module: str) -> str:
    return _LAUNCH.format(library=_LIBRARY, module=f"{_PACKAGE.replace('/', '.')}.{module}")


def _package(folder: str, pattern: str = "*.py") -> Iterator[tuple[str, tuple[str, int]]]:
    for file in sorted((Path(__file__).parent / folder).glob(pattern)):
        path = posixpath.join(_LIBRARY, _PACKAGE, folder, file.name)
        yield path, (file.read_text(encoding="utf-8"), 0o644)

"""Two hosts with recorders on them: one runs a line of a script, the other the tasks that were made of it."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.trace import RunsOn
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.verify.doctor import needs
from converter.verify.proof import ansible
from converter.verify.recorders import PACKAGES, PREPARE, calls, files_for, processes, state
from converter.verify.recorders.clients import Clients
from converter.verify.sandbox.rootfs import cache_directory
from converter.verify.sandbox.world import HostSpec, World, room

PROGRAMS = "docker docker-compose npm yarn pm2 composer php bundle aws kubectl".split()
SCRIPT, MANIFESTS = "script", "manifests"
_COLLECTIONS = "collections: [{name: community.docker}, {name: community.general}]\n"
_PLAYBOOK = (
    "cd /root/manifests && PYTHONPATH=/opt/ansible/lib ANSIBLE_COLLECTIONS_PATH=/opt/ansible/collections"
    " PYTHONDONTWRITEBYTECODE=1 ANSIBLE_NOCOLOR=1 ANSIBLE_PIPELINING=1 python3 -m ansible playbook"
    " -c local -i inventories/production -e @told.json site.yml look.yml site.yml"
)
_LEFT = "; echo; echo @@@; ".join(
    (
        "cat /var/lib/docker-engine/state.json",
        "cat /var/log/world/calls.jsonl",
        "cat /var/lib/world/pm2-root.json 2>/dev/null",
        "cd /srv/shop && find . -type f -exec sha256sum {} + | sort -k 2",
    )
)
# What the first run has left, before the second.
_LOOK = f"""\
- name: Look
  hosts: app
  gather_facts: false
  tasks:
    - name: Keep what is left
      ansible.builtin.shell:
        cmd: |
          {{ {_LEFT}; }} > /root/manifests/left
      changed_when: false
"""
_ANEW = f"""\
set -e
systemctl stop docker.service
rm -rf /var/lib/docker-engine /var/log/world /var/lib/world /srv/shop /root/.docker /root/.pm2 /root/manifests
mkdir -p /srv/shop
{PREPARE}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What a line and its tasks came to, in the same words, and the tasks that changed something the second time."""

    script: Mapping[str, Any]
    manifests: Mapping[str, Any]
    again: tuple[str, ...]
    output: str


class Hosts:
    """Runs the line here and the tasks there."""

    def __init__(self, world: World) -> None:
        self._world = world

    def bash(self, host: str, line: str) -> str:
        """What a line prints, which must go well."""
        done = self._world.run(host, ["bash", "-c", line], limit=60)
        if not done.well:
            raise RuntimeError(f"{line}\n{done.stopped}\n{done.output}")
        return done.output

    def compared(self, line: str, given: Mapping[str, str], before: str = "") -> Ends:
        """Both, from the same start; `before` has been run on each."""
        ground = "\n".join([_ANEW, "cd /srv/shop", *_written("/srv/shop", given), before])
        with ThreadPoolExecutor(2) as pool:
            here = pool.submit(self._script, ground, line)
            there = pool.submit(self._manifests, ground, line)
            manifests, again, output = there.result()
            return Ends(script=here.result(), manifests=manifests, again=again, output=output)

    def _script(self, ground: str, line: str) -> Mapping[str, Any]:
        self.bash(SCRIPT, ground)
        self.bash(SCRIPT, f"cd /srv/shop\n{line}")
        return _read(self.bash(SCRIPT, _LEFT))

    def _manifests(self, ground: str, line: str) -> tuple[Mapping[str, Any], tuple[str, ...], str]:
        source = f"#!/bin/bash\ncd /srv/shop\n{line}\n"
        plan = scripts_to_plan([("deploy.sh", source.encode())], name="shop", runs_on=RunsOn.SERVER)
        tree = plan_to_tree(plan, target="ansible", deliveries=[])
        secrets = [file.text for file in tree.files if file.path.endswith("/vault.yml.example")]
        told = {name: "hunter2" for text in secrets for name in yaml.safe_load(text) or {}}
        # None of these tasks asks for facts, and gathering them takes longer than most of them.
        files = {
            file.path: file.text.replace("gather_facts: true", "gather_facts: false")
            for file in tree.files
            if not file.path.startswith(".")
        }
        own = {"told.json": json.dumps({**told, "project_dir": "/srv/shop"}), "look.yml": _LOOK}
        self.bash(MANIFESTS, "\n".join([ground, *_written("/root/manifests", {**files, **own})]))
        output = self.bash(MANIFESTS, _PLAYBOOK)
        again = output.partition("PLAY [Look]")[2]
        end = self.bash(MANIFESTS, "cat /root/manifests/left")
        return _read(end), tuple(_changed(again)), f"{output}\n{files['roles/shop/tasks/main.yml']}"


def _read(text: str) -> Mapping[str, Any]:
    engine, log, running, files = text.split("\n@@@\n")
    return {
        "calls": [str(call) for call in calls(log)],
        "processes": processes(running.strip()),
        "files": [line for line in files.splitlines() if line],
        **state(engine),
    }


def _written(folder: str, files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        place = shlex.quote(f"{folder}/{path}")
        coded = base64.b64encode(text.encode()).decode()
        yield f"mkdir -p $(dirname {place}) && base64 -d > {place} <<< {coded!r}"


def _changed(output: str) -> Iterator[str]:
    task = ""
    for line in output.splitlines():
        if line.startswith(("TASK [", "RUNNING HANDLER [")):
            task = line.partition("[")[2].rpartition("]")[0]
        elif line.startswith("changed:"):
            yield task


def _spec(name: str, address: str, lower: Sequence[str]) -> HostSpec:
    files = {path: text for path, (text, _) in files_for(PROGRAMS).items()}
    return HostSpec(name=name, addresses=(address,), lower=tuple(lower), files=files)


@pytest.fixture(scope="session")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """The hosts, if this machine can have any, and has Ansible with its collections."""
    missing = [f"{need.name}: {need.about}" for need in needs() if need.level == "apply" and not need.found]
    if missing:
        pytest.skip(f"no sandbox here: {'; '.join(missing)}")
    cache = cache_directory()
    systems = Clients(cache)
    folder = tmp_path_factory.mktemp("repository")
    (folder / "requirements.yml").write_text(_COLLECTIONS, encoding="utf-8")
    base = systems.base()
    try:
        own = ansible.layer(systems, Path(folder))
    except ConverterError as missing_one:
        pytest.skip(missing_one.message)
    packages = systems.with_packages([base], PACKAGES)
    clients = systems.with_docker([packages, base])
    lower = [layer.path for layer in (own, clients, packages, base)]
    with (
        room(cache) as place,
        place.world([_spec(SCRIPT, "10.0.0.2", lower), _spec(MANIFESTS, "10.0.0.3", lower)]) as up,
    ):
        modes = " && ".join(f"chmod {mode:o} {path}" for path, (_, mode) in files_for(PROGRAMS).items())
        both = Hosts(up)
        for host in (SCRIPT, MANIFESTS):
            both.bash(host, f"{modes} && {PREPARE}")
        yield both

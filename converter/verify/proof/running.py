"""Runs the script, or the manifests, in a world."""

from __future__ import annotations

import base64
import io
import json
import re
import shlex
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.model.diagnostic import ConverterError
from converter.model.world import Surroundings
from converter.verify.proof import ansible
from converter.verify.proof.repository import SOURCES, Repository, dummy
from converter.verify.sandbox.running import Finished
from converter.verify.sandbox.world import World
from converter.verify.world.shape import OUTSIDE, Machine

WORKSTATION = "workstation"
_MANIFESTS = "/root/manifests"
_LONGEST = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How a run of the manifests ended, and the tasks that changed something: where, and their names."""

    finished: Finished
    changed: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


def script_at(found: Repository) -> str:
    """The machine that the script runs on."""
    return WORKSTATION if found.on_workstation else found.machines[0].name


def with_dummies(text: str, secrets: Sequence[str]) -> str:
    """The kept copy of a script, with something in the place of each secret."""
    for name in secrets:
        text = re.sub(rf"\$\{{{re.escape(name)}\}}", dummy(name), text)
    return text


def put_script(world: World, found: Repository, around: Surroundings) -> None:
    """Puts the script where it is run, with what else it was converted from."""
    directory = around.script.directory or f"/opt/{found.plan.name}"
    sources = sorted(path for path in (found.root / SOURCES).rglob("*") if path.is_file())
    if not sources:
        raise ConverterError(f"{found.root / SOURCES} holds no script", "give it with --script FILE")
    lines = ["set -e", f"mkdir -p {shlex.quote(directory)}"]
    for path in sources:
        text = with_dummies(path.read_text(encoding="utf-8"), found.secrets)
        place = shlex.quote(f"{directory}/{path.name}")
        lines.append(f"base64 -d > {place} <<< {base64.b64encode(text.encode()).decode()}\nchmod 755 {place}")
    lines.append(f"chown -R {around.script.user}: {shlex.quote(directory)}")
    for target in _targets(found):
        done = world.run(target.name, ["bash", "-s"], given="\n".join(lines).encode())
        if done.code:
            raise ConverterError(f"the script can't be put on {target.name}: {done.output.strip()}")


def run_script(world: World, found: Repository, around: Surroundings) -> Finished:
    """Runs the script as a person would who logs in over ssh; where it runs on hosts, on one after the other."""
    asked = around.script
    main = found.plan.sources[0].path.rpartition("/")[2]
    environment = {**{name: dummy(name) for name in found.secrets if name.isidentifier()}, **asked.environment}
    exports = "".join(f"export {name}={shlex.quote(value)}; " for name, value in environment.items())
    words = " ".join(map(shlex.quote, [f"./{main}", *asked.arguments.get(found.name, ())]))
    command = f"{exports}cd {shlex.quote(asked.directory or f'/opt/{found.plan.name}')} && {words}"
    finished = Finished(0, "")
    for target in _targets(found):
        login = f"{asked.user}@{target.address}"
        argv = ["ssh", "-o", "BatchMode=yes", "-p", str(target.port), login, command]
        finished = world.run(OUTSIDE, argv, given=asked.input.encode(), limit=asked.seconds)
        if finished.code or finished.stopped:
            break
    return finished


def _targets(found: Repository) -> tuple[Machine, ...]:
    return (Machine(name=WORKSTATION, address=WORKSTATION),) if found.on_workstation else found.machines


def put_manifests(world: World, found: Repository) -> None:
    """Copies the working tree to where Ansible runs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(found.root.rglob("*")):
            inside = path.relative_to(found.root)
            if inside.parts[0] != ".git" and not path.is_dir():
                tar.add(path, str(inside))
    done = world.run(OUTSIDE, ["sh", "-c", f"mkdir -p {_MANIFESTS} && tar -x -C {_MANIFESTS}"], given=packed.getvalue())
    if done.code:
        raise ConverterError(f"the manifests can't be put into the world: {done.output.strip()}")


def apply(world: World, found: Repository, around: Surroundings, *, check: bool = False) -> Applied:
    """Applies the manifests over ssh, or with `check` only asks what that would change."""
    variables = {f"{store}_{_snake(name)}": dummy(name) for name in found.secrets for store in ("vault", "sops")}
    arguments = ["-i", found.inventory, "--extra-vars", json.dumps(variables), "site.yml"]
    arguments += ["--check", "--diff"] if check else []
    environment = {
        **ansible.ENVIRONMENT,
        **{name: dummy(name) for name in found.secrets if name.isidentifier()},
        **found.environment,
        **around.script.environment,
    }
    line = f"cd {_MANIFESTS} && exec {' '.join(map(shlex.quote, ansible.playbook(arguments)))}"
    finished = world.run(OUTSIDE, ["sh", "-c", line], environment=environment, limit=_LONGEST)
    return Applied(finished=finished, **_tasks(finished.output))


def _tasks(output: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """The tasks that changed or failed, read from what the default callback prints."""
    found: dict[str, list[tuple[str, str]]] = {"changed": [], "failed": []}
    task = ""
    for line in output.splitlines():
        if named := re.match(r"(?:TASK|RUNNING HANDLER) \[(.*)\] \**$", line):
            task = named[1]
        elif ended := re.match(r"(changed|fatal|failed): \[([^\]]+)\]", line):
            found["changed" if ended[1] == "changed" else "failed"].append((ended[2].partition(" ->")[0], task))
    return {name: tuple(dict.fromkeys(tasks)) for name, tasks in found.items()}


def _snake(name: str) -> str:
    return re.sub(r"\W+", "_", name).lower()

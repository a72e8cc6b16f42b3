"""Runs the script, or the manifests, in a world."""

from __future__ import annotations

import io
import json
import posixpath
import re
import shlex
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from converter.model.diagnostic import ConverterError
from converter.model.resource import Purpose
from converter.model.runner import TOLD, Told
from converter.model.world import Surroundings
from converter.verify.proof import pipeline
from converter.verify.proof.repository import SOURCES, Repository
from converter.verify.sandbox.running import Finished
from converter.verify.sandbox.world import World
from converter.verify.world.ground import APPLICATION, MANIFESTS
from converter.verify.world.secrets import dummy
from converter.verify.world.shape import OUTSIDE, WORKSTATION, Machine
from converter.verify.world.starting import SPELLINGS

_HANDED = ("inputs.json", "results.json")
_LONGEST = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How a run of the manifests ended, and the tasks that changed something: where, and their names."""

    finished: Finished
    changed: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


def script_at(found: Repository) -> str:
    """The machine that the script runs on; "" where there is no script."""
    if not found.plan.scripted:
        return ""
    return WORKSTATION if found.on_workstation else found.machines[0].name


def with_dummies(text: str, secrets: Sequence[str]) -> str:
    """The kept copy of a script, with something in the place of each secret."""
    for name in secrets:
        text = re.sub(rf"\$\{{{re.escape(name)}\}}", dummy(name), text)
    return text


def scripts(found: Repository) -> tuple[str, ...]:
    """The paths of the scripts that are run, in their order: those that prepare, then those that deploy; where each
    environment has one of its own, that one. What another script reads is none of them."""
    texts = {source.path: source.text for source in found.plan.sources}
    if not texts:
        raise ConverterError(f"{found.root / SOURCES} holds no script", "give it with --script FILE")
    read = {path for path in texts for other, text in texts.items() if other != path and _reads(text, path)}
    acting = {span.path for each in found.plan.resources for span in each.origin.spans}
    own = [path for path in texts if path not in read and path in acting] or list(texts)
    names = (found.name, *SPELLINGS.get(found.name, ()))
    chosen = [path for path in own if any(name in posixpath.basename(path) for name in names)]
    if chosen:
        return tuple(chosen)
    by_purpose = {
        purpose: {span.path for each in found.plan.resources if each.purpose is purpose for span in each.origin.spans}
        for purpose in Purpose
    }
    ordered = [path for purpose in (Purpose.PROVISION, Purpose.DEPLOY) for path in own if path in by_purpose[purpose]]
    return tuple(dict.fromkeys(ordered)) or tuple(own[:1])


def _reads(text: str, path: str) -> bool:
    name = re.escape(posixpath.basename(path))
    return re.search(rf"(^|[;&|\s])(\.|source|bash|sh)\s[^\n;]*\b{name}|\./{name}", text, re.MULTILINE) is not None


def project(found: Repository) -> dict[str, str]:
    """The script and what else it was converted from, by paths seen from its folder, with something for each secret."""
    if not found.plan.scripted and not found.script:
        return {}
    home = posixpath.dirname(scripts(found)[0]) or "."
    texts = {}
    for path in sorted(path for path in (found.root / SOURCES).rglob("*") if path.is_file()):
        inside = posixpath.relpath(path.relative_to(found.root / SOURCES).as_posix(), home)
        texts[inside] = with_dummies(path.read_text(encoding="utf-8"), found.secrets)
    if found.script:
        texts[posixpath.basename(scripts(found)[0])] = found.script.read_text(encoding="utf-8")
    return texts


def run_script(world: World, found: Repository, around: Surroundings) -> Finished:
    """Runs the scripts as a person would who logs in over ssh; where they run on hosts, on one after the other."""
    finished = Finished(0, "")
    for path in scripts(found):
        for target in _targets(found):
            finished = _run_one(world, found, around, target, path)
            if not finished.well:
                return finished
    return finished


def _run_one(world: World, found: Repository, around: Surroundings, target: Machine, path: str) -> Finished:
    asked = around.script
    environment = {name: dummy(name) for name in found.secrets if name.isidentifier()}
    environment |= _of_run(world, found)
    environment |= {**asked.environment, **asked.selecting.get(found.name, {})}
    exports = "".join(f"export {name}={shlex.quote(value)}; " for name, value in environment.items())
    inside = posixpath.relpath(path, posixpath.dirname(scripts(found)[0]) or ".")
    words = " ".join(map(shlex.quote, [f"./{inside}", *asked.arguments.get(found.name, ())]))
    command = f"{exports}cd {shlex.quote(asked.directory)} && {words}"
    argv = ["ssh", "-o", "BatchMode=yes", "-p", str(target.port), f"{asked.user}@{target.address}", command]
    return world.run(OUTSIDE, argv, given=asked.input.encode(), limit=asked.seconds)


def _targets(found: Repository) -> tuple[Machine, ...]:
    return (Machine(name=WORKSTATION, address=WORKSTATION),) if found.on_workstation else found.machines


def put_manifests(world: World, found: Repository, around: Surroundings) -> None:
    """Copies the working tree to where Ansible runs; what is encrypted there stays here, and dummies take its place.
    What a release is told by a commit is told."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(found.root.rglob("*")):
            inside = path.relative_to(found.root)
            if inside.parts[0] != ".git" and not path.is_dir() and not _encrypted(path):
                tar.add(path, str(inside))
        for name, text in {**_secrets(found, _login_key(world)), **_versions(found, around)}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
    script = f"mkdir -p {MANIFESTS} && tar -x -C {MANIFESTS} && chown -R root: {MANIFESTS}"
    done = world.run(OUTSIDE, ["sh", "-c", script], given=packed.getvalue())
    if done.code:
        raise ConverterError(f"the manifests can't be put into the world: {done.output.strip()}")


def deploy(world: World, found: Repository, around: Surroundings, *, check: bool = False) -> Applied:
    """Does what the pipeline does for a deployment: all of its jobs, or Ansible alone where there is none to run; with
    `check` it builds, and asks what applying that would change."""
    told = _told(found, around)
    known = {**told, **_settings(world)}
    output = ""
    stages = ("build",) if check else pipeline.STAGES
    for name, (script, variables) in pipeline.jobs(found.root, found.name, stages).items():
        # Variables of GitLab may hold others.
        given = "".join(
            f'export {key}="{value}"\n' for key, value in variables.items() if value and not key.startswith("DOCKER_")
        )
        text = f"cd {MANIFESTS}\n{given}{_exports(told)}{script}\n"
        finished = world.run(OUTSIDE, ["bash", "-c", text], environment=known, limit=_LONGEST)
        output += f"\n--- {name} ---\n{finished.output}"
        if not finished.well:
            return Applied(finished=Finished(finished.code, output, finished.stopped))
    if check or not output:
        return apply(world, found, around, check=check)
    return Applied(finished=Finished(0, output), **_tasks(output))


def apply(world: World, found: Repository, around: Surroundings, *, check: bool = False) -> Applied:
    """Applies the manifests over ssh, or with `check` only asks what that would change."""
    files = [f"--extra-vars=@{name}" for name in _HANDED]
    more = " ".join(f'$([ ! -f {name} ] || echo "{option}")' for name, option in zip(_HANDED, files, strict=True))
    arguments = ["-i", found.inventory, "--extra-vars", json.dumps(_variables(around)), "site.yml"]
    arguments += ["--check", "--diff"] if check else []
    line = f"cd {MANIFESTS} && exec ansible-playbook {more} {' '.join(map(shlex.quote, arguments))}"
    finished = world.run(OUTSIDE, ["sh", "-c", line], environment=_told(found, around), limit=_LONGEST)
    return Applied(finished=finished, **_tasks(finished.output))


def _encrypted(path: Path) -> bool:
    """By ansible-vault or sops, whose keys nobody has here."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(14) == b"$ANSIBLE_VAULT" or (path.match("*.sops.*") and path.suffix != ".example")


def _login_key(world: World) -> str:
    """The one private key that lets in to every machine of the world."""
    return world.run(OUTSIDE, ["cat", "/root/.ssh/id_ed25519"]).output.strip()


def _secrets(found: Repository, key: str) -> dict[str, bytes]:
    """Files of the inventory for the variables that a person would encrypt, as their templates name them; what is named
    for the key of a login is one."""
    files = {}
    for template in found.root.glob("inventories/*/group_vars/all/*.example"):
        names = re.findall(r"^(\w+):", template.read_text(encoding="utf-8"), re.MULTILINE)
        known = {name: name.partition("_")[2] for name in names}
        values = {name: key if re.search(r"(deploy|ssh)_key$", own) else dummy(own) for name, own in known.items()}
        text = yaml.safe_dump(values)
        files[str(template.with_name("zz-dummies.yml").relative_to(found.root))] = text.encode()
    return files


def _versions(found: Repository, around: Surroundings) -> dict[str, bytes]:
    """What a person would write into files of versions, beside them."""
    told = _variables(around)
    files = {}
    for file in found.root.glob("inventories/*/group_vars/all/versions.yml"):
        names = re.findall(r"^(\w+):", file.read_text(encoding="utf-8"), re.MULTILINE)
        values = {name: told[name] for name in names if name in told}
        files[str(file.with_name("zz-versions.yml").relative_to(found.root))] = yaml.safe_dump(values).encode()
    return files


def _variables(around: Surroundings) -> dict[str, str]:
    """Variables of the manifests: what the script is told too."""
    return {_snake(name): value for name, value in around.script.inputs.items()}


def _told(found: Repository, around: Surroundings) -> dict[str, str]:
    """What the pipeline has in its environment: its settings, and the secrets that it keeps itself."""
    return {
        **{name: dummy(name) for name in found.secrets if name.isidentifier()},
        **{_snake(name).upper(): value for name, value in around.script.inputs.items()},
        **found.environment,
        **around.script.environment,
    }


def _facts(world: World) -> dict[Told, str]:
    """What a build service tells of its run: here, of the first one for what the application is now."""
    application = f"/srv/git/{APPLICATION.partition('://')[2]}"
    commit = world.run(OUTSIDE, ["git", "-C", application, "rev-parse", "HEAD"]).output.strip()
    path = APPLICATION.removesuffix(".git").partition(".invalid/")[2]
    return {
        Told.COMMIT: commit,
        Told.BRANCH: "main",
        Told.TAG: "",
        Told.NUMBER: "1",
        Told.REPOSITORY: path,
        Told.ACTOR: "world",
    }


def _of_run(world: World, found: Repository) -> dict[str, str]:
    """The same in the words of the service that the script was written for, where its plan asks for it at each run."""
    asked = [each.name for each in found.plan.variables if each.name in TOLD and each.value is None]
    facts = _facts(world) if asked else {}
    return {name: facts[TOLD[name]] for name in asked}


def _settings(world: World) -> dict[str, str]:
    """What GitLab itself tells a job, and what a person has set in the project."""
    key = world.run(OUTSIDE, ["cat", "/root/.ssh/id_ed25519"]).output
    hosts = world.run(OUTSIDE, ["cat", "/etc/ssh/ssh_known_hosts"]).output
    facts = _facts(world)
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_SERVER_URL": f"{APPLICATION.partition('.invalid/')[0]}.invalid",
        "CI_PROJECT_PATH": facts[Told.REPOSITORY],
        "CI_PROJECT_DIR": MANIFESTS,
        "CI_COMMIT_SHA": facts[Told.COMMIT],
        "CI_COMMIT_SHORT_SHA": facts[Told.COMMIT][:8],
        "CI_COMMIT_BRANCH": facts[Told.BRANCH],
        "CI_DEFAULT_BRANCH": facts[Told.BRANCH],
        "CI_COMMIT_REF_NAME": facts[Told.BRANCH],
        "CI_PIPELINE_IID": facts[Told.NUMBER],
        "CI_PIPELINE_SOURCE": "push",
        "CI_JOB_TOKEN": "dummy",
        "GITLAB_USER_LOGIN": facts[Told.ACTOR],
        "ANSIBLE_VAULT_PASSWORD": "dummy",
        "SOPS_AGE_KEY": "dummy",
        "SSH_PRIVATE_KEY": key,
        "KNOWN_HOSTS": hosts,
    }


def _exports(told: dict[str, str]) -> str:
    """A setting of the project wins over the default that the file has for it."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in told.items())


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

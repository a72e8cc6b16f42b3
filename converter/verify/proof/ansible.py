"""The caller's Ansible, taken along into a world: the version that is installed here, with the collections it needs."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution
from pathlib import Path

import yaml

from converter.model.diagnostic import ConverterError
from converter.verify.programs import find, run
from converter.verify.sandbox.rootfs import Layer, Systems

HOME = "/opt/ansible"
COLLECTIONS = f"{HOME}/collections"
_INSTALL = "pip install 'gitopsify[verify]'"
# What a collection needs besides itself; its galaxy.yml says so, which an installed one does not hold.
_OPTIONAL = frozenset(("cryptography", "cffi", "pycparser"))


def layer(systems: Systems, repository: Path, *more: str) -> Layer:
    """A layer with Ansible, the collections of the repository's requirements.yml, and more distributions, if asked."""
    packages = dict(_distributions("ansible-core", *more))
    wanted = _collections(repository)
    names = [f"{name} {found.version}" for name, found in packages.items()] + [str(path) for path in wanted.values()]
    key = hashlib.sha256("\0".join(sorted(names)).encode()).hexdigest()[:12]
    files: dict[str, Path] = {}
    for found in packages.values():
        for file in found.files or ():
            if file.parts[0] not in ("..", "/") and "__pycache__" not in file.parts:
                files[f"{HOME}/lib/{file}"] = Path(str(found.locate_file(file)))
    files |= {f"{COLLECTIONS}/ansible_collections/{name.replace('.', '/')}": path for name, path in wanted.items()}
    core = packages["ansible-core"].version
    return systems.copied(f"ansible-{core}-{key}", files, f"ansible-core {core}")


def version() -> str:
    """That of Ansible's core; ConverterError where there is none."""
    return dict(_distributions("ansible-core"))["ansible-core"].version


def _distributions(*names: str) -> Iterator[tuple[str, Distribution]]:
    """The distributions and all that they need, as they are installed here."""
    paths = _paths()
    waiting, seen = list(names), set()
    while waiting:
        each = waiting.pop()
        if each in seen or each in _OPTIONAL:
            continue
        seen.add(each)
        found = next(iter(Distribution.discover(name=each, path=paths)), None)
        if found is None:
            problem = f"{each} is not installed, and the manifests can't be applied without it"
            raise ConverterError(problem, _INSTALL)
        yield each, found
        needs = [need for need in found.requires or () if "extra ==" not in need and "python_version" not in need]
        waiting += [re.split(r"[ <>=!~;\[(]", need, maxsplit=1)[0] for need in needs]


@cache
def _paths() -> list[str]:
    """Where Ansible's distributions are: beside us, or with the Python of the `ansible-playbook` on PATH."""
    if next(iter(Distribution.discover(name="ansible-core", path=sys.path)), None):
        return sys.path
    program = find("ansible-playbook")
    first = Path(program).read_bytes().splitlines()[:1] if program else []
    python = first[0].removeprefix(b"#!").decode("utf-8", "replace").strip() if first else ""
    if not python.startswith("/"):
        return sys.path
    told = run([*python.split(), "-c", "import json, sys; print(json.dumps(sys.path))"], Path("/"))
    return list(json.loads(told.output)) if told.code == 0 else sys.path


def _collections(repository: Path) -> dict[str, Path]:
    """Where the collections are that the repository asks for, each of them installed here."""
    file = repository / "requirements.yml"
    asked = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
    waiting = [entry["name"] for entry in (asked or {}).get("collections") or ()]
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        place = next((path for path in _search(name) if path.is_dir()), None)
        if place is None:
            raise ConverterError(
                f"the collection {name} is not installed", "ansible-galaxy collection install -r requirements.yml"
            )
        found[name] = place
        manifest = place / "MANIFEST.json"
        about = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        waiting += list(about.get("collection_info", {}).get("dependencies") or ())
    return found


def _search(name: str) -> Iterator[Path]:
    inside = name.replace(".", "/")
    told = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
    for root in [*told.split(os.pathsep), "~/.ansible/collections", "/usr/share/ansible/collections"]:
        if root:
            yield Path(root).expanduser() / "ansible_collections" / inside
    for found in Distribution.discover(name="ansible", path=_paths()):
        yield Path(str(found.locate_file(f"ansible_collections/{inside}")))

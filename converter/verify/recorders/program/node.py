"""npm, yarn and pnpm: packages are installed in name, so that a next call knows that they are.

https://docs.npmjs.com/cli/v10/commands/npm-install
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from converter.verify.recorders.program.call import NOTES, Call, Done, release, replaced, versioned

_LOCK = {"npm": ".package-lock.json", "yarn": ".yarn-integrity", "pnpm": ".modules.yaml"}
_NOTHING_NEW = {"npm": "up to date", "yarn": "success Already up-to-date.", "pnpm": "Already up to date"}
_LOCKS = {"npm": "package-lock.json", "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml"}
_SAVED = {"-D": "devDependencies", "--save-dev": "devDependencies", "--dev": "devDependencies"}


def run(call: Call) -> Done:
    """Installs, removes or lists; whatever else is asked for is only written down."""
    everywhere = call.has("-g", "--global") or call.words[:1] == ("global",)
    if everywhere:
        return _everywhere(call)
    match call.command:
        case "install" | "ci" | "add" | "uninstall" | "update" | "":
            return _install(call) if call.command or call.program == "yarn" else Done(code=1)
        case "list":
            return _list(call) if call.program == "npm" else Done(output='{"type":"tree","data":{"trees":[]}}\n')
        case "root" | "bin" | "prefix":
            return Done(output=f"{call.place}{'' if call.command == 'prefix' else '/node_modules'}\n")
        case _:
            return Done()


def _package(call: Call) -> dict[str, Any]:
    file = call.place / "package.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def _wanted(package: Mapping[str, Any], *, production: bool) -> dict[str, str]:
    kinds = ("dependencies", "optionalDependencies", *(() if production else ("devDependencies",)))
    return {name: version for kind in kinds for name, version in (package.get(kind) or {}).items()}


def _install(call: Call) -> Done:
    place, kind = call.place, call.program
    if problem := _problem(call):
        return Done(output=problem + "\n", code=1)
    package = _package(call)
    for name, version in map(versioned, call.operands):
        _save(call, package, name, version)
    changed = bool(call.operands) and replaced(place / "package.json", json.dumps(package, indent=2) + "\n")
    wanted = {name: release(version) for name, version in _wanted(package, production=call.production).items()}
    modules = place / "node_modules"
    lock = modules / _LOCK[kind]
    before = lock.read_text(encoding="utf-8") if lock.exists() else ""
    if call.command == "ci" and modules.is_dir():
        shutil.rmtree(modules)
    changed |= _write(modules, lock, wanted, before, package)
    if not (place / _LOCKS[kind]).exists() and not call.has("--no-package-lock", "--no-lockfile", "--pure-lockfile"):
        changed |= replaced(place / _LOCKS[kind], "{}\n" if kind == "npm" else "")
    added = f"added {len(wanted)} packages" if kind == "npm" else "success Saved lockfile."
    return Done(output=(added if changed or call.command == "ci" else _NOTHING_NEW[kind]) + "\n", changed=changed)


def _problem(call: Call) -> str:
    there = (call.place / "package.json").exists()
    if not there and (call.program != "npm" or call.command == "ci"):
        return f"{call.program} error: no package.json in {call.place}"
    frozen = call.command == "ci" or call.has("--frozen-lockfile")
    lock = _LOCKS[call.program]
    if frozen and not (call.place / lock).exists() and not (call.place / "npm-shrinkwrap.json").exists():
        return f"{call.program} error: it can only install with an existing {lock}"
    return ""


def _save(call: Call, package: dict[str, Any], name: str, version: str) -> None:
    """Into package.json, or out of it."""
    kinds = [kind for option, kind in _SAVED.items() if call.has(option)] or ["dependencies"]
    if call.command == "uninstall":
        for kind in ("dependencies", "devDependencies", "optionalDependencies"):
            package.get(kind, {}).pop(name, None)
    elif name not in _wanted(package, production=False) or version:
        package.setdefault(kinds[0], {})[name] = version or "^1.0.0"


def _write(modules: Path, lock: Path, wanted: Mapping[str, str], before: str, package: Mapping[str, Any]) -> bool:
    """The folder of each package; whether the folder of all holds others than before."""
    if modules.is_dir():
        for folder in [*modules.glob("[!.@]*"), *modules.glob("@*/*")]:
            if folder.relative_to(modules).as_posix() not in wanted:
                shutil.rmtree(folder)
    for name, version in wanted.items():
        about = {"name": name, "version": version}
        replaced(modules / name / "package.json", json.dumps(about, indent=2) + "\n")
    packages = {f"node_modules/{name}": {"version": version} for name, version in sorted(wanted.items())}
    whole = {"name": package.get("name", ""), "lockfileVersion": 3, "requires": True, "packages": packages}
    text = json.dumps(whole, indent=2) + "\n"
    replaced(lock, text)
    return text != before


def _list(call: Call) -> Done:
    """As `npm ls` tells it: what is asked for and not there is missing, for development too unless that is left out."""
    package = _package(call)
    lock = call.place / "node_modules" / _LOCK["npm"]
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"] if lock.exists() else {}
    there = {path.removeprefix("node_modules/"): about for path, about in packages.items()}
    found: dict[str, Any] = {name: about for name, about in there.items() if not call.operands or name in call.operands}
    for name, version in _wanted(package, production=call.production).items():
        if name not in there and not call.operands:
            found[name] = {"required": version, "missing": True}
    top = {"name": package.get("name", ""), "version": package.get("version", "")}
    return _listed(call, {**top, **({"dependencies": found} if found else {})}, found)


def _listed(call: Call, whole: Mapping[str, Any], found: Mapping[str, Any]) -> Done:
    missing = any(about.get("missing") for about in found.values()) or (call.operands and not found)
    lines = [f"├── {name}@{about.get('version', '')}" for name, about in found.items()] or ["└── (empty)"]
    output = json.dumps(whole, indent=2) if call.has("--json") else "\n".join([str(call.place), *lines])
    return Done(output=output + "\n", code=1 if missing else 0)


def _everywhere(call: Call) -> Done:
    """Packages for all, which stand in the notes."""
    file = NOTES / f"{call.program}-global.json"
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    words = [word for word in call.words if word != "global"]
    command = call.tool.get("commands", {}).get(words[0], words[0]) if words else ""
    if command in ("list", "root", "bin", "dir", "prefix"):
        found = {name: {"version": version} for name, version in known.items() if name in (words[1:] or known)}
        plain = Done(output="/usr/local/lib/node_modules\n")
        return _listed(call, {"dependencies": found}, found) if command == "list" else plain
    after = dict(known)
    for name, version in map(versioned, words[1:]):
        if command in ("uninstall", "remove"):
            after.pop(name, None)
        elif command in ("install", "add") and (name not in after or version):
            after[name] = release(version)
    changed = replaced(file, json.dumps(after, indent=2) + "\n") if after != known else False
    return Done(output=f"{'changed' if changed else _NOTHING_NEW[call.program]}\n", changed=changed)

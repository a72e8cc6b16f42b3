"""Composer and Bundler: libraries are installed in name, so that a next call knows that they are.

https://getcomposer.org/doc/03-cli.md, https://bundler.io/man/bundle-install.1.html
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from converter.verify.recorders.program.call import NOTES, Call, Done, release, replaced

_NOTHING_NEW = "Nothing to install, update or remove"
# The options of the commands that the module of Ansible asks for.
_OPTIONS = (
    "prefer-source prefer-dist dry-run no-dev no-scripts no-progress no-plugins optimize-autoloader no-ansi"
    " classmap-authoritative apcu-autoloader ignore-platform-reqs no-interaction working-dir"
).split()
_SIMPLE = ("dump-autoload", "run-script", "clear-cache")


def composer(call: Call) -> Done:
    """Installs, or tells of itself."""
    match call.command:
        case "help":
            names = _OPTIONS if call.operands[:1] not in [(name,) for name in _SIMPLE] else _OPTIONS[2:]
            options = {name: {"name": f"--{name}"} for name in names}
            return Done(output=json.dumps({"definition": {"options": options}}) + "\n")
        case "install" | "update" | "require" | "remove":
            return _composed(call)
        case _:
            return Done()


def _composed(call: Call) -> Done:
    place = call.place
    file = place / "composer.json"
    if not file.exists() and call.command != "require":
        return Done(output=f"Composer could not find a composer.json file in {place}\n", code=1)
    package: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kind = "require-dev" if call.has("--dev") else "require"
    for word in call.operands if call.command in ("require", "remove") else ():
        name, _, version = word.partition(":")
        if call.command == "remove":
            package.get(kind, {}).pop(name, None)
        else:
            package.setdefault(kind, {})[name] = version or "^1.0"
    changed = call.command in ("require", "remove") and replaced(file, json.dumps(package, indent=4) + "\n")
    wanted = {**package.get("require", {}), **({} if call.production else package.get("require-dev", {}))}
    installed = {name: release(version) for name, version in wanted.items() if "/" in name}
    about = {"packages": installed, "dev": not call.production, "lock": _digest(place / "composer.lock")}
    file, text = place / "vendor/composer/installed.json", json.dumps(about, indent=4) + "\n"
    if call.has("--dry-run"):
        same = file.exists() and file.read_text(encoding="utf-8") == text
        return Done(output=f"{_NOTHING_NEW}\n" if same else "Package operations: some\n", changed=False)
    changed |= replaced(file, text)
    replaced(place / "vendor/autoload.php", "<?php\n")
    return Done(output="Generating autoload files\n" if changed else f"{_NOTHING_NEW}\n", changed=changed)


def bundle(call: Call) -> Done:
    """Installs, where the list of gems or the options are others than before."""
    if call.command not in ("install", "update", ""):
        return Done(code=0 if call.command != "check" or _noted(call).exists() else 1)
    if not (call.place / "Gemfile").exists() and not call.value("--gemfile"):
        return Done(output="Could not locate Gemfile\n", code=10)
    options = sorted({word for word in call.arguments if word.startswith("-")})
    text = json.dumps({"gems": _digest(call.place / "Gemfile.lock"), "options": options})
    changed = replaced(_noted(call), text)
    return Done(output="Installing gems\n" if changed else "Bundle complete!\n", changed=changed)


def _noted(call: Call) -> Path:
    return NOTES / f"bundle-{hashlib.sha256(str(call.place).encode()).hexdigest()[:12]}.json"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""

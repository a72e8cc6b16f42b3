"""A rendered repository on disk, its tasks as data, and the tools of Ansible that judge it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cases import ROOT
from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.render import render

BIN = Path(sys.executable).parent
COLLECTIONS = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".venv" / "collections"))
# Words of a task that are no module.
KEYWORDS = frozenset(
    """name become become_user become_method when register changed_when failed_when check_mode notify listen loop
    loop_control delegate_to run_once no_log until retries delay environment block
    rescue always vars tags args diff""".split()
)


def rendered(plan: Plan) -> FileTree:
    """The repository of a plan, without a pipeline."""
    return render(plan, target="ansible", deliveries=())


def write(tree: FileTree, directory: Path) -> Path:
    """The files of the tree."""
    for file in tree.files:
        path = directory / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="")
    return directory


def text_of(tree: FileTree, path: str) -> str:
    """The text of one file."""
    return next(file.text for file in tree.files if file.path == path)


def plays(tree: FileTree) -> list[dict[str, Any]]:
    """The plays of `site.yml`."""
    found: list[dict[str, Any]] = yaml.safe_load(text_of(tree, "site.yml"))
    return found


def tasks(tree: FileTree, *, handlers: bool = True) -> Iterator[dict[str, Any]]:
    """All tasks, also those in blocks and before the roles."""
    for play in plays(tree):
        yield from _flat(play.get("pre_tasks", ()))
    for file in tree.files:
        if file.path.endswith("/tasks/main.yml") or (handlers and file.path.endswith("/handlers/main.yml")):
            yield from _flat(yaml.safe_load(file.text) or ())


def _flat(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if "block" not in item:
            yield item
        for part in ("block", "rescue", "always"):
            yield from _flat(item.get(part, ()))


def module_of(task: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The module of a task and its arguments."""
    (name,) = (key for key in task if key not in KEYWORDS)
    return name, task[name] or {}


def tool(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the virtual environment there, with a home of its own."""
    home = directory.parent / "home"
    home.mkdir(exist_ok=True)
    kept = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
    env = {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    env["ANSIBLE_INVENTORY_UNPARSED_WARNING"] = "false"
    return subprocess.run(
        [str(BIN / words[0]), *words[1:]], cwd=directory, env=env, capture_output=True, text=True, check=False
    )


@cache
def about(modules: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What `ansible-doc` tells of modules."""
    done = tool(ROOT, "ansible-doc", "-j", *modules)
    assert done.returncode == 0, done.stderr
    return {module: told["doc"] for module, told in json.loads(done.stdout).items()}

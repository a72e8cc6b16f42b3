"""Our own reading of playbooks: modules before commands, and nothing said of a change that isn't so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from converter.verify.table import module, reads
from converter.verify.tasks import Task, tasks
from converter.verify.words import Simple, commands, in_text

# What stands in a comment above a command that is one on purpose, with the reason behind it.
KEPT = "Kept as a command: "
_COMMANDS = ("ansible.builtin.command", "ansible.builtin.shell", "ansible.builtin.raw")
_SERVICES = (
    "ansible.builtin.service",
    "ansible.builtin.systemd",
    "ansible.builtin.systemd_service",
    "community.general.supervisorctl",
)
_AGAIN = ("restarted", "reloaded")


def has_playbooks(directory: Path) -> bool:
    """Whether there is something to read."""
    return any(directory.glob("site.yml")) or any(directory.glob("playbooks/*.yml"))


def findings(directory: Path) -> list[str]:
    """What is wrong, a line each: file, line, name of the finding, what to do."""
    return [
        f"{task.path}:{task.line}: {finding} - {task.data.get('name', 'a task')}"
        for task in tasks(directory)
        for finding in _of(task)
    ]


def _of(task: Task) -> Iterator[str]:
    yield from _honest(task)
    found = list(run_by(task))
    wanted = dict.fromkeys(name for command in found if not reads(command) and (name := module(command)))
    if wanted and not any(line.startswith(KEPT) for line in task.comments):
        hint = f'use {" or ".join(wanted)}, or say why not in a comment "{KEPT}..."'
        yield f"command-instead-of-module: {hint}"
    if found and _says_unchanged(task) and not all(map(reads, found)):
        changer = next(command for command in found if not reads(command))
        yield f"claims-no-change: {_short(changer)} is not known to change nothing, so changed_when can't be false"


def _honest(task: Task) -> Iterator[str]:
    if task.data.get("ignore_errors") not in (None, False):
        yield "ignore-errors: say with failed_when which end is no failure"
    service = task.arguments(*_SERVICES)
    again = isinstance(service, dict) and service.get("state") in _AGAIN
    if again and re.search(r"\bis changed\b|\.changed\b", str(task.data.get("when", ""))):
        yield "no-handler: notify a handler instead of asking what has changed"


def run_by(task: Task) -> Iterator[Simple]:
    """The commands of a task that is none but commands."""
    arguments: Any = task.arguments(*_COMMANDS)
    if arguments is None:
        return
    if isinstance(arguments, str):
        yield from in_text(arguments)
    elif arguments.get("argv"):
        yield from commands([str(word) for word in arguments["argv"]])
    else:
        yield from in_text(str(arguments.get("cmd", "")))


def _says_unchanged(task: Task) -> bool:
    return task.data.get("changed_when") in (False, "false", "False")


def _short(command: Simple) -> str:
    text = " ".join(" ".join(command.argv).split())
    return repr(text if len(text) <= 60 else f"{text[:57]}...")

"""Starting validators: found on PATH or beside our own Python, without a shell, with a limit of time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 600
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended and all that it printed."""

    code: int
    output: str


def find(program: str) -> str | None:
    """The path of a program; one that pipx or uv installed with us is not on PATH but stands beside our Python."""
    return shutil.which(program, path=_path())


def run(argv: Sequence[str], directory: Path) -> Ended:
    """Runs it there until it ends, or too long."""
    surroundings = {**os.environ, "PATH": _path(), "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_NOCOWS": "1"}
    try:
        done = subprocess.run(
            list(argv),
            cwd=directory,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ended(124, f"stopped after {LONGEST} seconds")
    return Ended(done.returncode, _COLOUR.sub("", done.stdout.decode("utf-8", "replace")).strip())


def version(program: str, asked: Sequence[str] = ("--version",)) -> str:
    """The version that the program tells, or nothing."""
    found = re.search(r"\d+\.\d+(?:\.\d+)?", run([program, *asked], Path.cwd()).output)
    return found.group() if found else ""


def _path() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))

"""Node and the packages from npm that the tests compare with; `make test` installs them into `build/node`."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from cases import ROOT

PACKAGES = ROOT / "build" / "node" / "node_modules"


@cache
def is_there() -> bool:
    """Whether there is a node that reads modules as the packages are written."""
    asked = ["node", "-e", "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)"]
    return shutil.which("node") is not None and subprocess.run(asked, check=False).returncode == 0


def needs(package: str) -> pytest.MarkDecorator:
    """Skips a test where there is no node, or npm could not install the package."""
    there = (PACKAGES / package).is_dir() and is_there()
    return pytest.mark.skipif(not there, reason=f"{package} and node 18 or newer could not be installed: see make test")


def run(program: str, *arguments: str, stdin: str = "") -> str:
    """What a program of this folder prints."""
    path = Path(__file__).with_name(program)
    done = subprocess.run(
        ["node", str(path), *arguments], input=stdin, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

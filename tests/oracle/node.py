"""Node and the packages from npm that the tests compare with; `make test` installs them into `build/node`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cases import ROOT

PACKAGES = ROOT / "build" / "node" / "node_modules"


def needs(package: str) -> pytest.MarkDecorator:
    """Skips a test where there is no node, or npm could not install the package."""
    there = shutil.which("node") is not None and (PACKAGES / package).is_dir()
    return pytest.mark.skipif(not there, reason=f"node and {package} could not be installed: see make test")


def run(program: str, *arguments: str, stdin: str = "") -> str:
    """What a program of this folder prints."""
    path = Path(__file__).with_name(program)
    done = subprocess.run(
        ["node", str(path), *arguments], input=stdin, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

"""Steps of a build that ask how an earlier one ended: bash runs what the script runs, whichever of them fail."""

from __future__ import annotations

import subprocess
from itertools import combinations
from pathlib import Path

import pytest

from converter.model.trace import RunsOn
from converter.model.tree import FileTree
from converter.pipeline import scripts_to_plan
from converter.render.delivery.outline import outline

SCRIPT = """\
if ./fetch; then ./unpack; else ./mirror; fi
./verify && ./tag || ./untag
[ -f there ] && ./first || ./second
if ! ./lint; then ./format; else ./seal; fi
"""
PROGRAMS = "fetch unpack mirror verify tag untag first second lint format seal".split()


def ran(folder: Path, text: str, failing: tuple[str, ...]) -> list[str]:
    """The programs that bash runs, in order, where some of them fail."""
    for name in PROGRAMS:
        stub = folder / name
        stub.write_text(f'#!/bin/sh\necho {name} >> "$LOG"\nexit {int(name in failing)}\n')
        stub.chmod(0o755)
    log = folder / "log"
    log.write_text("")
    environment = {"PATH": "/usr/bin:/bin", "LOG": str(log), "project_dir": str(folder)}
    subprocess.run(["bash", "-c", text], cwd=folder, env=environment, check=True, capture_output=True)
    return log.read_text().split()


@pytest.mark.parametrize(
    "failing",
    [(), *combinations(("fetch", "verify", "tag", "lint"), 1), *combinations(("fetch", "verify", "first", "lint"), 2)],
    ids="-".join,
)
def test_the_build_runs_what_the_script_runs(tmp_path: Path, failing: tuple[str, ...]) -> None:
    plan = scripts_to_plan([("build.sh", SCRIPT.encode())], name="app", runs_on=RunsOn.WORKSTATION)
    found = outline(plan, FileTree(), delivery="gitlab-ci")
    assert found.unsupported == ()
    steps = "set -e\n" + "\n".join(step.script for step in found.build)
    (tmp_path / "there").touch()
    assert ran(tmp_path, steps, failing) == ran(tmp_path, SCRIPT + "true\n", failing)

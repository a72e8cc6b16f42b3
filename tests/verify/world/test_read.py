"""Makefiles that stand around a script which only calls make."""

from __future__ import annotations

import subprocess
from pathlib import Path

from converter.model.trace import RunsOn
from converter.pipeline import scripts_to_plan
from converter.verify.world.guess import surroundings


def test_make_has_the_targets_that_the_script_names(tmp_path: Path) -> None:
    script = b"#!/bin/bash\nmake\nmake test lint\nmake -C docs html\n"
    plan = scripts_to_plan([("build.sh", script)], name="app", runs_on=RunsOn.WORKSTATION)
    found = {place.path: place.text or "" for place in surroundings(plan).places if place.path.endswith("Makefile")}
    assert list(found) == ["/home/deploy/app/Makefile", "/home/deploy/app/docs/Makefile"]
    for number, (targets, text) in enumerate(zip((["test", "lint"], ["html"]), found.values(), strict=True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "Makefile").write_text(text)
        subprocess.run(["make", *targets], cwd=folder, check=True)
        assert subprocess.run(["make", "other"], cwd=folder, check=False, capture_output=True).returncode == 2

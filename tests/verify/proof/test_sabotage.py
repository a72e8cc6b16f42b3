"""Faithful manifests compare equal to their script, and what is done to them is caught."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bench import Bench, damage
from scripts import CASES, Case

from converter.model.trace import RunsOn
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.verify.proof.repository import Repository, repository
from converter.verify.sandbox.world import room
from converter.verify.world.guess import surroundings


def converted(case: Case, folder: Path) -> Repository:
    """The repository of a script that runs on the host itself."""
    plan = scripts_to_plan([("deploy.sh", case.script.encode())], name="case", runs_on=RunsOn.SERVER)
    for file in plan_to_tree(plan, target="ansible", deliveries=()).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return repository(folder, plan, "")


@pytest.mark.parametrize("name", CASES)
def test_faithful_manifests_compare_equal_and_sabotage_is_caught(name: str, cache: Path, tmp_path: Path) -> None:
    found = converted(CASES[name], tmp_path / "faithful")
    missed = []
    with room(cache) as place:
        worlds = Bench(cache, found, surroundings(found.plan), place)
        assert worlds.differences(found) == []
        for kind, (pattern, old, new) in CASES[name].sabotage.items():
            broken = tmp_path / kind
            shutil.copytree(found.root, broken)
            damage(broken, pattern, old, new)
            if not worlds.differences(repository(broken, found.plan, "")):
                missed.append(kind)
    total = len(CASES[name].sabotage)
    print(f"sabotage of {name}: {total - len(missed)} of {total} caught")
    assert missed == []

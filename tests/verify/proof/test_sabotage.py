"""Faithful manifests compare equal to their script, and what is done to them is caught."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from scripts import CASES, Case

from converter.model.report import Start
from converter.model.trace import RunsOn
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.verify.compare.differences import differences, unstable
from converter.verify.proof.prove import Asked, States, _Proving
from converter.verify.proof.repository import Repository, repository
from converter.verify.proof.running import deploy, put_manifests
from converter.verify.sandbox.world import HostSpec, Room, room
from converter.verify.world.guess import surroundings


def converted(case: Case, folder: Path) -> Repository:
    """The repository of a script that runs on the host itself."""
    plan = scripts_to_plan([("deploy.sh", case.script.encode())], name="case", runs_on=RunsOn.SERVER)
    for file in plan_to_tree(plan, target="ansible", deliveries=()).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return repository(folder, plan, "")


class Bench:
    """The states after two runs of a script, and worlds to run manifests in that are like theirs."""

    def __init__(self, cache: Path, found: Repository, place: Room) -> None:
        self._proving = _Proving(cache, found, surroundings(found.plan), Asked())
        self._place = place
        self._specs: list[HostSpec] = self._proving._ground(place, *self._proving._systems())
        self._proving._script(place, self._specs)
        self._proving._manifests_after_script(place, self._specs)

    def differences(self, found: Repository) -> list[str]:
        """What is different after these manifests, or that they fail."""
        with self._place.world(self._specs) as world:
            marks = self._proving._marks(world)
            put_manifests(world, found)
            if not deploy(world, found, self._proving._around).finished.well:
                return ["they fail"]
            states: States = self._proving._captured(world, marks)
        script, again = self._proving._outcomes.script, self._proving._outcomes.script_elsewhere
        assert script
        assert again
        return [
            f"{each.kind} {each.thing}: {each.script} / {each.manifests}"
            for host in script
            for each in differences(
                script[host], states[host], unstable(script[host], again[host]), host=host, start=Start.FRESH
            )
        ]


@pytest.mark.parametrize("name", CASES)
def test_faithful_manifests_compare_equal_and_sabotage_is_caught(name: str, cache: Path, tmp_path: Path) -> None:
    found = converted(CASES[name], tmp_path / "faithful")
    missed = []
    with room(cache) as place:
        worlds = Bench(cache, found, place)
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


def damage(folder: Path, pattern: str, old: str, new: str) -> None:
    """Changes the first place that matches, which has to be there."""
    for path in sorted(folder.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        changed = re.sub(old, lambda _: new, text, count=1)
        if changed != text:
            path.write_text(changed, encoding="utf-8")
            return
    raise AssertionError(f"nothing in {pattern} matches {old}")

"""Worlds in which manifests are run beside their script, as they are and after something was done to them."""

from __future__ import annotations

import re
from pathlib import Path

from converter.model.report import Ended, Start
from converter.model.world import Surroundings
from converter.verify.compare.differences import differences, unstable
from converter.verify.proof.prove import Asked, States, _Proving
from converter.verify.proof.repository import Repository
from converter.verify.proof.running import deploy, put_manifests
from converter.verify.proof.verdict import concluded
from converter.verify.sandbox.world import HostSpec, Room


class Bench:
    """The states after two runs of a script, and worlds to run manifests in that are like theirs."""

    def __init__(self, cache: Path, found: Repository, around: Surroundings, place: Room) -> None:
        self._found = found
        self._proving = _Proving(cache, found, around, Asked())
        self._place = place
        self._specs: list[HostSpec] = self._proving._ground(place, *self._proving._systems())
        self._proving._script(place, self._specs)
        self._proving._manifests_after_script(place, self._specs)

    def against(self) -> list[str]:
        """All that stands against the manifests: what fails, what is different, what is not quiet."""
        self._proving._manifests(self._place, self._specs)
        proof = concluded(self._proving._outcomes, self._found)
        return [
            *(f"{each.run} ended with {each.code} {each.stopped}\n{each.output}" for each in self._failures()),
            *(f"{each.kind} {each.thing}: {each.script} / {each.manifests}" for each in proof.differences),
            *(f"a second run changes {each}" for each in proof.changing),
            *(f"--check would change {each}" for each in proof.unclean),
        ]

    def _failures(self) -> list[Ended]:
        return self._proving._course.failures

    def differences(self, found: Repository) -> list[str]:
        """What is different after these manifests on a fresh host, or that they fail."""
        with self._place.world(self._specs) as world:
            marks = self._proving._marks(world)
            put_manifests(world, found, self._proving._around)
            if not deploy(world, found, self._proving._around).finished.well:
                return ["they fail"]
            states: States = self._proving._captured(world, marks)
        script, again = self._proving._outcomes.script, self._proving._outcomes.script_elsewhere
        assert script, self._failures()
        assert again, self._failures()
        return [
            f"{each.kind} {each.thing}: {each.script} / {each.manifests}"
            for host in script
            for each in differences(
                script[host], states[host], unstable(script[host], again[host]), host=host, start=Start.FRESH
            )
        ]


def damage(folder: Path, pattern: str, old: str, new: str) -> None:
    """Changes the first place that matches, which has to be there."""
    for path in sorted(folder.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        changed = re.sub(old, lambda _: new, text, count=1)
        if changed != text:
            path.write_text(changed, encoding="utf-8")
            return
    raise AssertionError(f"nothing in {pattern} matches {old}")

"""Runs the script and the manifests in worlds that are the same, each from a fresh and from a deployed host."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from converter.model.report import Difference, Ended, Proof, Start, Uncompared
from converter.model.world import Surroundings
from converter.verify.compare.capture import State, capture, clock
from converter.verify.compare.differences import ONCE, differences, same
from converter.verify.proof import ansible
from converter.verify.proof.origin import traced
from converter.verify.proof.repository import Repository
from converter.verify.proof.running import (
    WORKSTATION,
    Applied,
    apply,
    put_manifests,
    put_script,
    run_script,
    script_at,
)
from converter.verify.sandbox.rootfs import SUITE, Layer, Systems
from converter.verify.sandbox.running import Finished
from converter.verify.sandbox.world import HostSpec, Room, World, room
from converter.verify.world.ground import set_up
from converter.verify.world.shape import OUTSIDE, Machine, Network, network

_SHOWN = 3000
States = dict[str, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`compare`: run the script too; the system is of a suite, or in a tarball."""

    compare: bool = True
    suite: str = SUITE
    tarball: Path | None = None


@dataclass(slots=True)
class Course:
    """What has come of it so far."""

    failures: list[Ended] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Notes how long a part takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[part] = round(self.seconds.get(part, 0) + time.monotonic() - begun, 1)

    def went_well(self, run: str, finished: Finished) -> bool:
        """Notes it where not."""
        ended = Ended(run=run, code=finished.code, output=finished.output[-_SHOWN:], stopped=finished.stopped)
        if not ended.well:
            self.failures.append(ended)
        return ended.well


def prove(cache: Path, found: Repository, around: Surroundings, asked: Asked) -> Proof:
    """The proof, or what stands against it."""
    return _Proving(cache, found, around, asked).result()


class _Proving:
    def __init__(self, cache: Path, found: Repository, around: Surroundings, asked: Asked) -> None:
        self._cache, self._found, self._around, self._asked = cache, found, around, asked
        self._course = Course()
        self._machines = list(found.machines)
        if found.on_workstation:
            self._machines.append(Machine(name=WORKSTATION, address=WORKSTATION, user=around.script.user))
        self._network: Network = network(self._machines, around.names)
        self._before: States = {}

    def result(self) -> Proof:
        """All runs, then what they came to."""
        with self._course.timed("systems"):
            layers, own = self._systems()
        with room(self._cache) as place:
            with self._course.timed("world"):
                specs = self._ground(place, layers, own)
            runs: list[Callable[[], object]] = [lambda: self._manifests(place, specs)]
            if self._asked.compare:
                runs += [lambda: self._script(place, specs), lambda: self._manifests_after_script(place, specs)]
            with self._course.timed("runs"), ThreadPoolExecutor(len(runs)) as pool:
                done = [each.result() for each in [pool.submit(run) for run in runs]]
        applied, *others = done
        return self._concluded(layers, applied, others)

    def _systems(self) -> tuple[list[Layer], list[Layer]]:
        """The layers of the hosts and of the machine outside, the uppermost first."""
        systems = Systems(self._cache)
        base = systems.base(suite=self._asked.suite, tarball=self._asked.tarball)
        layers = [base]
        if self._around.packages:
            layers.insert(0, systems.with_packages(layers, self._around.packages))
        if self._around.installable:
            layers.insert(0, systems.with_repository(layers, self._around.installable))
        return layers, [ansible.layer(systems, self._found.root), base]

    def _specs(self, layers: Sequence[Layer], own: Sequence[Layer]) -> list[HostSpec]:
        made = []
        for machine in (*self._machines, None):
            name, address = (machine.name, machine.address) if machine else (OUTSIDE, OUTSIDE)
            files = {
                "/etc/hostname": f"{machine.short if machine else OUTSIDE}\n",
                "/etc/hosts": self._network.hosts_file(machine),
            }
            below = tuple(layer.path for layer in (layers if machine else own))
            made.append(HostSpec(name=name, addresses=(self._network.addresses[address],), lower=below, files=files))
        return made

    def _ground(self, place: Room, layers: Sequence[Layer], own: Sequence[Layer]) -> list[HostSpec]:
        """The hosts as they are before each run."""
        specs = self._specs(layers, own)
        with place.world(specs) as world:
            set_up(world, self._machines, self._around, at=script_at(self._found), root=self._found.root)
            put_script(world, self._found, self._around)
            put_manifests(world, self._found)
            self._before = self._captured(world, self._marks(world))
            uppers = {name: world.upper(name) for name in world.hosts}
        return [HostSpec(name=each.name, addresses=each.addresses, lower=(uppers[each.name], *each.lower)) for each in specs]

    def _marks(self, world: World) -> dict[str, float]:
        return {machine.name: clock(world, machine.name) for machine in self._found.machines}

    def _captured(self, world: World, marks: dict[str, float]) -> States:
        return {machine.name: capture(world, machine.name, marks[machine.name]) for machine in self._found.machines}

    def _manifests(self, place: Room, specs: list[HostSpec]) -> tuple[States, Applied, Applied] | None:
        """Applied, applied again, asked what it would still change."""
        with self._course.timed("manifests"), place.world(specs) as world:
            marks = self._marks(world)
            if not self._course.went_well("the manifests", apply(world, self._found, self._around).finished):
                return None
            states = self._captured(world, marks)
            again = apply(world, self._found, self._around)
            if not self._course.went_well("the manifests, a second time", again.finished):
                return None
            checked = apply(world, self._found, self._around, check=True)
            self._course.went_well("the manifests with --check", checked.finished)
            return states, again, checked

    def _script(self, place: Room, specs: list[HostSpec]) -> tuple[States, States | None] | None:
        """The states after the script, and after it has run again."""
        with self._course.timed("script"), place.world(specs) as world:
            marks = self._marks(world)
            if not self._course.went_well("the script", run_script(world, self._found, self._around)):
                return None
            first = self._captured(world, marks)
            marks = self._marks(world)
            if not self._course.went_well("the script, a second time", run_script(world, self._found, self._around)):
                return first, None
            return first, self._captured(world, marks)

    def _manifests_after_script(self, place: Room, specs: list[HostSpec]) -> States | None:
        """The state after the manifests on hosts that the script has deployed."""
        with self._course.timed("manifests on a deployed host"), place.world(specs) as world:
            if run_script(world, self._found, self._around).code:
                return None
            marks = self._marks(world)
            applied = apply(world, self._found, self._around)
            if not self._course.went_well("the manifests on a deployed host", applied.finished):
                return None
            return self._captured(world, marks)

    def _concluded(self, layers: Sequence[Layer], applied: object, others: Sequence[object]) -> Proof:
        states, again, checked = applied or ({}, None, None)
        found: list[Difference] = []
        equal = 0
        if others and others[0] and states:
            fresh, deployed = others[0]
            for host, state in fresh.items():
                found += differences(state, states[host], host=host, start=Start.FRESH)
                equal += same(state, states[host], self._before[host])
            for host, state in (deployed or {}).items() if others[1] else ():
                found += differences(state, others[1][host], host=host, start=Start.DEPLOYED)
        return Proof(
            environment=self._found.name,
            compared=self._asked.compare,
            system=tuple(layer.about for layer in reversed(layers)),
            failures=tuple(self._course.failures),
            changing=_tasks(again),
            unclean=_tasks(checked),
            equal=equal,
            differences=tuple(traced(each, self._found.plan, self._found.root) for each in found),
            uncompared=self._uncompared(),
            replaced=tuple(
                Uncompared(thing=name, reason="it was recorded, not run") for name in self._around.recorded
            ),
            seconds=self._course.seconds,
        )

    def _uncompared(self) -> tuple[Uncompared, ...]:
        if not self._asked.compare:
            return ()
        return (Uncompared(thing="restarts on a deployed host", reason=ONCE),)


def _tasks(applied: Applied | None) -> tuple[str, ...]:
    return tuple(f"{host}: {task}" for host, task in applied.changed) if applied else ()

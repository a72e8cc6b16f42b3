"""Runs the script and the manifests in worlds that are the same, each from a fresh and from a deployed host."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from converter.model.report import Ended, Proof, Uncompared
from converter.model.world import Surroundings
from converter.verify.compare.capture import asked_outside, capture, clock, seen
from converter.verify.compare.times import State
from converter.verify.proof import ansible
from converter.verify.proof.repository import Repository
from converter.verify.proof.running import Applied, deploy, project, put_manifests, run_script, script_at
from converter.verify.proof.verdict import Outcomes, concluded
from converter.verify.recorders import PACKAGES, needs_docker
from converter.verify.recorders.clients import Clients
from converter.verify.sandbox.backends import chosen_here, named
from converter.verify.sandbox.rootfs import SUITE, Layer
from converter.verify.sandbox.running import Finished
from converter.verify.sandbox.world import HostSpec, Room, World, room
from converter.verify.world.ground import APPLICATION, Ground, location
from converter.verify.world.shape import OUTSIDE, WORKSTATION, Machine, network

_SHOWN = 3000
States = dict[str, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`compare`: run the script too. The system is of a suite, or in a tarball. `keep`: leave what the hosts wrote.
    `backend` "" is the first that works here."""

    compare: bool = True
    backend: str = ""
    suite: str = SUITE
    tarball: Path | None = None
    keep: bool = False


@dataclass(slots=True)
class Course:
    """What has gone wrong so far, and how long each part took."""

    failures: list[Ended] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    _noting: Lock = field(default_factory=Lock)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Notes how long it takes, besides what it took before; runs go on side by side."""
        begun = time.monotonic()
        try:
            yield
        finally:
            taken = time.monotonic() - begun
            with self._noting:
                self.seconds[part] = round(self.seconds.get(part, 0.0) + taken, 1)

    def went_well(self, run: str, finished: Finished) -> bool:
        """Notes it where not."""
        if not finished.well:
            output = finished.output[-_SHOWN:]
            self.failures.append(Ended(run=run, code=finished.code, output=output, stopped=finished.stopped))
        return finished.well


# Packages that the jobs of a pipeline install for what they build with.
_OF_BUILDS = frozenset(("make", "gettext-base", "dos2unix"))


def prove(cache: Path, found: Repository, around: Surroundings, asked: Asked) -> Proof:
    """The proof, or what stands against it."""
    return _Proving(cache, found, around, asked).result()


class _Proving:
    """One proof: the systems, the ground, and the runs."""

    def __init__(self, cache: Path, found: Repository, around: Surroundings, asked: Asked) -> None:
        self._cache, self._found, self._around, self._asked = cache, found, around, asked
        self._backend = named(asked.backend) if asked.backend else chosen_here()
        self._course = Course()
        workstation = Machine(name=WORKSTATION, address=WORKSTATION, user=around.script.user)
        self._machines = [*found.machines, *([workstation] if found.on_workstation else [])]
        self._network = network(self._machines, (*around.names, location(APPLICATION)[0]))
        self._outcomes = Outcomes()

    def result(self) -> Proof:
        """All runs at once, then what they came to."""
        begun = time.monotonic()
        with self._course.timed("making systems"):
            layers, own = self._systems()
        with room(self._cache, keep=self._asked.keep, backend=self._backend) as place:
            with self._course.timed("setting up the world"):
                specs = self._ground(place, layers, own)
            runs = [self._manifests]
            if self._asked.compare:
                runs += [self._script, self._manifests_after_script]
            with ThreadPoolExecutor(len(runs)) as pool:
                pending: list[Future[None]] = [pool.submit(run, place, specs) for run in runs]
                for each in pending:
                    each.result()
            kept = str(place.folder) if self._asked.keep else ""
        self._course.seconds["all"] = round(time.monotonic() - begun, 1)
        proof = concluded(self._outcomes, self._found)
        return Proof(
            environment=self._found.name,
            compared=self._asked.compare,
            backend=self._backend.name,
            system=tuple(layer.about for layer in reversed(layers)),
            tools={"ansible-core": ansible.version()},
            failures=tuple(self._course.failures),
            changing=proof.changing,
            again=proof.again,
            unclean=proof.unclean,
            equal=proof.equal,
            differences=proof.differences,
            uncompared=proof.uncompared,
            unseen=tuple(Uncompared(thing=kind, reason=self._backend.why) for kind in self._backend.unseen),
            replaced=tuple(Uncompared(thing=name, reason=_RECORDED) for name in self._around.recorded),
            seconds=self._course.seconds,
            kept=kept,
        )

    def _systems(self) -> tuple[list[Layer], list[Layer]]:
        """The layers of the hosts and of the machine outside, the uppermost first."""
        systems = Clients(self._cache)
        base = systems.base(suite=self._asked.suite, tarball=self._asked.tarball)
        layers = [base]
        docker = needs_docker(self._around.recorded)
        if packages := {*self._around.packages, *(PACKAGES if docker else ())}:
            layers.insert(0, systems.with_packages(layers, packages))
        if docker:
            layers.insert(0, systems.with_docker(layers))
        if self._around.installable or self._around.stand_ins:
            layers.insert(0, systems.with_repository(layers, self._around.installable, self._around.stand_ins))
        outside = [systems.with_docker([base]), base] if docker else [base]
        if tools := _OF_BUILDS & {*self._around.packages}:
            outside.insert(0, systems.with_packages(outside, tools))
        own = [ansible.layer(systems, self._found.root), *outside]
        return layers, [systems.compiled(own, ansible.HOME), *own]

    def _ground(self, place: Room, layers: Sequence[Layer], own: Sequence[Layer]) -> list[HostSpec]:
        """The hosts as they are before each run."""
        fresh = [self._spec(machine, layers) for machine in self._machines] + [self._spec(None, own)]
        with self._world(place, fresh) as world:
            ground = Ground(
                machines=self._machines, around=self._around, at=script_at(self._found), root=self._found.root
            )
            ground.set_up(world, project(self._found))
            put_manifests(world, self._found, self._around)
            self._outcomes.before = self._captured(world, self._marks(world))
            uppers = {name: world.upper(name) for name in world.hosts}
        return [
            HostSpec(name=each.name, addresses=each.addresses, lower=(uppers[each.name], *each.lower)) for each in fresh
        ]

    def _spec(self, machine: Machine | None, layers: Sequence[Layer]) -> HostSpec:
        name, address, short = (machine.name, machine.address, machine.short) if machine else (OUTSIDE,) * 3
        files = {"/etc/hostname": f"{short}\n", "/etc/hosts": self._network.hosts_file(machine)}
        below = tuple(layer.path for layer in layers)
        return HostSpec(name=name, addresses=(self._network.addresses[address],), lower=below, files=files)

    def _marks(self, world: World) -> dict[str, float]:
        return {machine.name: clock(world, machine.name) for machine in self._found.machines}

    def _captured(self, world: World, marks: dict[str, float]) -> States:
        with self._course.timed("reading hosts"):
            found = {
                machine.name: seen(capture(world, machine.name, marks[machine.name]), self._backend.unseen)
                for machine in self._found.machines
            }
            return {**found, OUTSIDE: asked_outside(world)}

    @contextmanager
    def _world(self, place: Room, specs: list[HostSpec]) -> Iterator[World]:
        with ExitStack() as ending:
            with self._course.timed("starting hosts"):
                world = ending.enter_context(place.world(specs))
            yield world

    def _applied(self, world: World, run: str, *, check: bool = False) -> Applied | None:
        """The manifests are applied, or asked what they would change; nothing where that does not go well."""
        with self._course.timed(run):
            applied = deploy(world, self._found, self._around, check=check)
        return applied if self._course.went_well(run, applied.finished) else None

    def _ran(self, world: World, run: str) -> bool:
        with self._course.timed(run):
            finished = run_script(world, self._found, self._around)
        return self._course.went_well(run, finished)

    def _manifests(self, place: Room, specs: list[HostSpec]) -> None:
        """Applied, applied again, asked what they would still change."""
        with self._world(place, specs) as world:
            marks = self._marks(world)
            if not self._applied(world, "the manifests"):
                return
            self._outcomes.manifests = self._captured(world, marks)
            if again := self._applied(world, "the manifests, a second time"):
                self._outcomes.again = again.changed
                checked = self._applied(world, "the manifests with --check", check=True)
                self._outcomes.checked = checked.changed if checked else ()

    def _script(self, place: Room, specs: list[HostSpec]) -> None:
        """The script, and the script again."""
        with self._world(place, specs) as world:
            marks = self._marks(world)
            if not self._ran(world, "the script"):
                return
            self._outcomes.script = self._captured(world, marks)
            marks = self._marks(world)
            if self._ran(world, "the script, a second time"):
                self._outcomes.script_twice = self._captured(world, marks)

    def _manifests_after_script(self, place: Room, specs: list[HostSpec]) -> None:
        """Another run of the script, and then the manifests on the hosts that it has deployed."""
        with self._world(place, specs) as world:
            marks = self._marks(world)
            with self._course.timed("the script, elsewhere"):
                if not run_script(world, self._found, self._around).well:
                    return
            self._outcomes.script_elsewhere = self._captured(world, marks)
            marks = self._marks(world)
            if self._applied(world, "the manifests on a deployed host"):
                self._outcomes.manifests_after_script = self._captured(world, marks)


_RECORDED = "it was written down, not run"

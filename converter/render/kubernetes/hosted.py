"""Programs of hosts among the applications of an environment: deployments, jobs, and the images that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.render.kubernetes import jobs
from converter.render.kubernetes.app import Image, Surroundings
from converter.render.kubernetes.images import UNSET
from converter.render.kubernetes.names import Unique, label
from converter.render.kubernetes.processes.outside import outside
from converter.render.kubernetes.processes.program import Program, Source, Taken, within
from converter.render.kubernetes.processes.reading import Processes
from converter.render.kubernetes.programs import as_container, job_container, settle
from converter.render.kubernetes.texts import UnknownTextError

if TYPE_CHECKING:
    from converter.render.kubernetes.building import Building


class Hosted:
    """The programs of one environment; `names` are those that applications have, of containers and of programs."""

    def __init__(self, plan: Plan, around: Surroundings, names: dict[str, str]) -> None:
        self._processes = Processes(plan, around.texts)
        self._marking = self._processes.marking
        self._around, self._names = around, names
        self._specs: dict[int, Any] = {}
        self._resources = plan.resources
        outside(plan, self._processes.sources, self._marking, around)

    @property
    def sources(self) -> list[Source]:
        """The applications that become images."""
        return self._processes.sources

    def start(self, building: Building) -> None:
        """Makes the containers ready, since jobs that come before them run in the same images."""
        for source in self.sources:
            configured = self._configured(source)
            for program in source.programs:
                self._specs[id(program)] = as_container(program, source, self._marking, configured)
            for path in source.writes:
                known = dict(self._around.mounted)
                self._around.mounted = {**known, path: known.get(path, 0) + len(source.programs)}

    def _configured(self, source: Source) -> list[str]:
        """Files that the script writes for it, and that are no variables."""
        used = {id(one) for program in source.programs for one in program.used}
        named = " ".join(word for program in source.programs for word in program.argv)
        found = []
        for each in self._resources:
            spec: Any = each.spec
            if each.kind != "file" or id(each) in used:
                continue
            path = self._marking.text(spec.path)
            inside = not source.local and within(path, source.root)
            if inside or (path in named and path.startswith("/")):
                found.append(path)
        return found

    def take(self, building: Building, each: Resource) -> bool:
        """Whether it has to do with a program, so that everything is said of it."""
        taken = self._processes.of(each)
        if taken is None:
            return False
        try:
            self._take(building, each, taken)
        except UnknownTextError as problem:
            building.leave(each, problem.reason)
        return True

    def _take(self, building: Building, each: Resource, taken: Taken) -> None:
        for program in taken.programs:
            source = next(one for one in self.sources if program in one.programs)
            app = building.deployment(each, self._specs[id(program)], self._name(program), program.times)
            settle(app, program, source)
        if taken.job and taken.source is not None:
            self._job(building, each, taken.source, taken.job)
        if taken.covered:
            building.cover(each, taken.covered)
        if taken.left:
            building.leave(each, taken.left, part=taken.part)

    def _job(self, building: Building, each: Resource, source: Source, words: tuple[Any, ...]) -> None:
        program = source.programs[0]
        known = self._specs[id(program)]
        spec = job_container(known, words, each.context.environment, lasting=each.kind == "cron_job")
        own: Any = each.spec
        times = None
        if each.kind == "cron_job":
            times = jobs.schedule(own, self._around.texts)
            if times is None:
                raise UnknownTextError("a cluster has no such time")
        made = jobs.of_run(each, building.free(self._name(program), words), spec, self._around)
        building.apps.append(jobs.scheduled(made, times) if times is not None else made)

    def _name(self, program: Program) -> str:
        """The same in every environment, and none that a container has."""
        key = f"{program.by.address} {program.name}"
        if key not in self._names:
            self._names[key] = Unique(self._names.values()).name(label(program.name))
        return self._names[key]

    def finish(self, building: Building) -> None:
        """Nobody knows the registry yet that the images will be pushed to."""
        names = {source.name for source in self.sources}
        for app in building.apps:
            if app.image.name in names and app.image.tag in ("", UNSET):
                app.image = Image(
                    name=app.image.name,
                    why=f"it is built of `images/{app.image.name}/Dockerfile`: `newName` and `newTag` say where it is"
                    " pushed to",
                )

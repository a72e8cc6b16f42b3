"""Programs of hosts among the applications of an environment: deployments, jobs, and the images that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converter.model.plan import Plan
from converter.model.resource import Phase, Resource
from converter.render.kubernetes import jobs
from converter.render.kubernetes.app import Image, Surroundings
from converter.render.kubernetes.images import UNSET
from converter.render.kubernetes.names import Unique, label
from converter.render.kubernetes.processes.listening import told
from converter.render.kubernetes.processes.outside import outside
from converter.render.kubernetes.processes.program import Line, Program, Source, Taken, within
from converter.render.kubernetes.processes.reading import Processes
from converter.render.kubernetes.programs import as_container, fs_group, job_container, settle
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
        told([program for source in self._processes.sources for program in source.programs])
        around.sites = {
            **around.sites,
            **{
                str(program.port): program.domains
                for source in self._processes.sources
                for program in source.webs
                if program.domains
            },
        }
        outside(plan, self._processes.sources, self._marking, around)
        for source in self._processes.sources:
            source.programs.sort(key=lambda program: (bool(program.serves), program.port is None))

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
            mounting = len(source.programs) + self._scheduled(source)
            for path in source.writes:
                known = dict(self._around.mounted)
                self._around.mounted = {**known, path: known.get(path, 0) + mounting}

    def _scheduled(self, source: Source) -> int:
        """How many lines of crontabs run in its image."""
        taken = [self._processes.of(each) for each in self._resources if each.kind in ("cron_job", "file")]
        return sum(len(one.jobs) for one in taken if one is not None and one.source is source)

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
            settle(app, program, source, self._specs[id(program)])
            # Nginx does not start while nobody answers to the name that it passes requests on to.
            app.after += [self._name(one) for one in source.own if one.name == program.fpm]
        if taken.source is not None:
            for line in taken.jobs:
                self._job(building, each, taken.source, line)
        if taken.covered:
            building.cover(each, taken.covered)
        if taken.left:
            building.leave(each, taken.left, part=taken.part)

    def _job(self, building: Building, each: Resource, source: Source, line: Line) -> None:
        program = (source.own or source.programs)[0]
        known = self._specs[id(program)]
        cwd = self._marking.value(line.cwd or program.workdir)
        spec = job_container(known, line, cwd, each.context.environment)
        made = jobs.of_run(each, building.free(self._name(program), line.words), spec, self._around)
        made.pod |= {"securityContext": {**made.pod["securityContext"], **fs_group(spec)}}
        building.apps.append(jobs.scheduled(made, line.times) if line.times else made)

    def _name(self, program: Program) -> str:
        """The same in every environment, and none that a container has."""
        key = f"{program.by.address} {program.name}"
        if key not in self._names:
            self._names[key] = Unique(self._names.values()).name(label(program.name))
        return self._names[key]

    def finish(self, building: Building) -> None:
        """Nobody knows the registry yet that the images will be pushed to. What is built for an image where the script
        runs is no longer built there."""
        for each in self._resources:
            taken = self._processes.of(each)
            if each.phase is not Phase.DEPLOY and taken is not None and taken.source is not None:
                building.cover(each, f"`images/{taken.source.name}/Dockerfile` does it")
        names = {source.image(program): source.name for source in self.sources for program in source.programs}
        for app in building.apps:
            if app.image.name in names and app.image.tag in ("", UNSET):
                app.image = Image(
                    name=app.image.name,
                    why=f"it is built of `images/{names[app.image.name]}/Dockerfile`: `newName` and `newTag` say where"
                    " it is pushed to",
                )

"""What becomes of each resource that has to do with a program: its start, a line of its image's build, a job, or
nothing, since an image or a cluster sees to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Phase, Purpose, Resource
from converter.model.value import Value
from converter.render.kubernetes.dockerfile.bases import of_host
from converter.render.kubernetes.jobs import schedule
from converter.render.kubernetes.marking import Marking, marked
from converter.render.kubernetes.processes import steps
from converter.render.kubernetes.processes.listening import listen
from converter.render.kubernetes.processes.program import Line, Source, Taken, within
from converter.render.kubernetes.processes.sources import Sources
from converter.render.kubernetes.processes.starts import Starts
from converter.render.kubernetes.processes.surroundings import Around
from converter.render.kubernetes.processes.trail import Trail
from converter.render.kubernetes.reading import words_of
from converter.render.kubernetes.texts import Texts, UnknownTextError

_ANEW = "it is started anew where its image or its manifests change, and only then"
_MANAGERS = ("pm2_saved", "supervisor_update", "systemd_reload")


class Processes:
    """The programs of an environment, from a plan that is narrowed to it."""

    def __init__(self, plan: Plan, texts: Texts) -> None:
        self.marking = Marking(texts)
        trail = Trail(self.marking)
        mine = [each for each in plan.resources if each.purpose is not Purpose.ROLLBACK and not each.handler]
        trail.follow(mine)
        self._starts = Starts(trail)
        self._sources = Sources(trail, mine)
        self._taken: dict[str, Taken] = {}
        self._begin([each for each in mine if each.phase is Phase.DEPLOY])
        self._around = Around(plan, trail, self.sources)
        for each in mine if self.sources else ():
            if each.address not in self._taken:
                self._place(each)
        self._around.finish(mine)

    @property
    def sources(self) -> list[Source]:
        """The applications that become images."""
        return self._sources.found

    def of(self, each: Resource) -> Taken | None:
        """What becomes of it, None where it has nothing to do with any program."""
        return self._taken.get(each.address)

    def _begin(self, deployed: Sequence[Resource]) -> None:
        for each in deployed:
            self._starts.read(each)
        self._starts.finish()
        for program in sorted(self._starts.found, key=lambda one: bool(one.serves)):
            if program.argv:
                listen(program)
            try:
                self._sources.add(program)
            except UnknownTextError as problem:
                self._starts.left[program.by.address] = problem.reason
        self._sources.name()
        for address, reason in self._starts.left.items():
            self._taken[address] = Taken(left=reason)
        for source in self.sources:
            for program in source.programs:
                known = self._taken.get(program.by.address, Taken())
                self._taken[program.by.address] = Taken(programs=(*known.programs, program))
                for used in program.used:
                    self._taken.setdefault(used.address, Taken(source=source))

    def _place(self, each: Resource) -> None:
        place: Callable[[Resource, Any], Taken | None] | None = getattr(self, f"_{each.kind}", None)
        if each.kind in steps.KINDS:
            place = self._step
        elif each.kind in _MANAGERS:
            self._taken[each.address] = Taken(covered="a cluster keeps programs running, and has no manager of its own")
            return
        try:
            found = place(each, each.spec) if place is not None else self._around.of(each)
        except UnknownTextError as problem:
            found = Taken(left=problem.reason)
        if found is not None:
            self._taken[each.address] = found

    def _step(self, each: Resource, _spec: Any) -> Taken | None:
        where = steps.place(each, self.marking)
        roots = {source.root: source for source in self.sources if within(where, source.root)}
        local = each.phase is not Phase.DEPLOY
        source = roots[max(roots, key=len)] if roots else None
        if source is None or source.local is not local:
            return None
        line = steps.words(each, self.marking)
        text = " ".join(line)
        if steps.CHOOSES.match(text):
            return Taken(
                source=source, covered=f"`images/{source.name}/Dockerfile` begins with an image of that version"
            )
        if each.kind in ("command", "django_command") and steps.MIGRATES.search(text):
            if not local and not each.guard:
                return Taken(source=source, jobs=(Line(tuple(self.marking.value(word) for word in line), where),))
            return None
        why = steps.why_not(each, text)
        if why:
            return Taken(left=why)
        found = steps.step(each, source, self.marking)
        source.steps.append(found)
        for name, value in each.context.environment:
            known = self.marking.text(value)
            if not marked(known) and name not in ("PATH", "HOME", "VIRTUAL_ENV", "PWD", "DEBIAN_FRONTEND"):
                source.environment.setdefault(name, known)
        return Taken(source=source)

    def _file_attributes(self, each: Resource, spec: Any) -> Taken | None:
        """Modes of what lies in the image are set by its build; the rest is about who owns it."""
        path = self.marking.text(spec.path)
        source = next((one for one in self.sources if within(path, one.root) and not one.local), None)
        found = self._around.of(each)
        if source is None or spec.mode is None or any(within(path, one) for one in source.writes):
            return found
        if self._around.written(path):
            return Taken(left="the mode of a file in a config map is said by `defaultMode` of its volume")
        alone = msgspec.structs.replace(each, spec=msgspec.structs.replace(spec, owner=None, group=None))
        source.steps.append(steps.step(alone, source, self.marking))
        return Taken(source=source)

    def _cron_job(self, each: Resource, spec: Any) -> Taken | None:
        found = self._read_line(self.marking.text(spec.job))
        if found is None or spec.state != "present" or spec.variables:
            return None
        times = schedule(spec, self.marking.texts)
        if times is None:
            raise UnknownTextError("a cluster has no such time: a program that starts with the host is a Deployment")
        source, words, cwd = found
        return Taken(source=source, jobs=(Line(words, cwd, times),))

    def _file(self, each: Resource, spec: Any) -> Taken | None:
        """Lines of a file under `/etc/cron.d`, where all of them are about an application."""
        if not self.marking.text(spec.path).startswith("/etc/cron.d/"):
            return None
        text = self.marking.text(spec.content)
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        read = [re.fullmatch(r"\s*((?:\S+\s+){4}\S+|@[a-z]+)\s+\S+\s+(.*)", line) for line in lines]
        found = [(each[1], self._read_line(each[2])) for each in read if each is not None]
        known = [(times, *one) for times, one in found if one is not None and times != "@reboot"]
        if len(known) != len(lines) or len({source.name for _, source, _, _ in known}) != 1:
            return None
        lines_of = tuple(Line(words, cwd, " ".join(times.split())) for times, _, words, cwd in known)
        return Taken(source=known[0][1], jobs=lines_of)

    def _read_line(self, line: str) -> tuple[Source, tuple[Value, ...], str] | None:
        """`cd FOLDER && command`, or a command with the full path of something in the folder."""
        found = re.match(r"\s*cd\s+(\S+)\s*&&\s*", line)
        words = words_of(self.marking.value(line[found.end() :] if found else line))
        paths = [found[1]] if found else re.findall(r"/[^\s]+", line)
        source = next((one for one in self.sources for path in paths if within(path, one.root)), None)
        if not words or source is None or source.local:
            return None
        return source, tuple(words), found[1] if found else ""

    def _package(self, each: Resource, spec: Any) -> Taken | None:
        """Packages that an image needs, and those that are about the host."""
        names = [name for name in map(self.marking.text, spec.names) if not marked(name)]
        if spec.state == "absent" or len(names) < len(spec.names):
            return None
        if spec.manager != "apt":
            return None
        inside = [name for name in names if not of_host(name)]
        for source in self.sources:
            source.packages += [name for name in inside if name not in source.packages]
            source.recommends = source.recommends and spec.recommends is not False
            source.installed += [span.lines() for span in each.origin.spans]
        if not inside:
            return None
        rest = [name for name in names if of_host(name)]
        reason = f"{', '.join(rest)}: of the host, and not in the image" if rest else ""
        return Taken(source=self.sources[0], left=reason, part=bool(rest))

    def _service(self, each: Resource, spec: Any) -> Taken | None:
        return self._again(self.marking.text(spec.name).removesuffix(".service"))

    def _supervised_program(self, each: Resource, spec: Any) -> Taken | None:
        return self._again(self.marking.text(spec.name).partition(":")[0])

    def _process(self, each: Resource, spec: Any) -> Taken | None:
        return self._again(self.marking.text(spec.name))

    def _pm2_process(self, each: Resource, spec: Any) -> Taken | None:
        return self._again(self.marking.text(spec.name))

    def _again(self, name: str) -> Taken | None:
        known = any(program.name == name for source in self.sources for program in source.programs)
        return Taken(covered=_ANEW) if known or name == "all" else None

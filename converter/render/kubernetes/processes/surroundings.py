"""What stands around programs on their hosts: folders, users, files of settings, and what is sent there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.render.kubernetes.dockerfile.bases import BASES
from converter.render.kubernetes.processes.program import Program, Source, Taken, within
from converter.render.kubernetes.processes.trail import Trail
from converter.render.kubernetes.processes.units import assignments

_FLEETING = re.compile(r"/(logs?|caches?|te?mp|run|pids?|sessions)(/|$)")


class Around:
    """Finds what belongs to which application."""

    def __init__(self, plan: Plan, trail: Trail, sources: list[Source]) -> None:
        self._plan, self._trail, self._sources = plan, trail, sources
        self._text = trail.marking.text
        for source in sources:
            for program in source.programs:
                self._settings(source, program)

    def _settings(self, source: Source, program: Program) -> None:
        """Files of variables whose text the script has; a `.env` is read by the application itself."""
        known = self._trail.texts
        for path in program.env_files:
            if path in known:
                program.environment |= assignments(known[path][0])
                program.used.append(known[path][1])
        program.env_files = tuple(path for path in program.env_files if path not in known)
        own = known.get(f"{source.root}/.env") if not source.local else None
        if own is not None:
            program.environment = {**assignments(own[0]), **program.environment}
            program.used.append(own[1])
            program.assumed.append(
                f"`{program.name}` gets the variables of `{source.root}/.env` as its environment, which what reads such"
                " files puts before them."
            )

    def of(self, each: Resource) -> Taken | None:
        """What becomes of a resource."""
        place: Callable[[Resource, Any], tuple[Source, str] | None] | None = getattr(self, f"_{each.kind}", None)
        found = place(each, each.spec) if place is not None else None
        return Taken(source=found[0], covered=found[1]) if found is not None else None

    def _git_checkout(self, each: Resource, spec: Any) -> tuple[Source, str] | None:
        source = next((one for one in self._sources if one.checkout is each), None)
        return (source, f"`images/{source.name}` is built from a checkout of it") if source is not None else None

    def _directory(self, each: Resource, spec: Any) -> tuple[Source, str] | None:
        path = self._text(spec.path).rstrip("/")
        source = self._owner(path, self._text(spec.owner))
        if source is None:
            return None
        if within(source.root, path):
            return source, "the image has it"
        (source.fleeting if _FLEETING.search(path) else source.writes).append(path)
        source.making += [span.lines() for span in each.origin.spans]
        return source, ""

    def _file_attributes(self, each: Resource, spec: Any) -> tuple[Source, str] | None:
        path = self._text(spec.path).rstrip("/")
        source = self._owner(path, self._text(spec.owner))
        known = any(within(path, one) or within(one, path) for one in (source.writes if source else ()))
        if source is None or not (known or within(path, source.root) or within(source.root, path) or self._used(path)):
            return None
        if spec.owner is not None and not any(one in path for one in "*?["):
            source.given.append(path)
        return source, "in the image it belongs to the user that the program runs as"

    def written(self, path: str) -> bool:
        """Whether the script writes the text of that file, which then is mounted."""
        return path in self._trail.texts

    def _used(self, path: str) -> bool:
        """Whether it is a file that says how a program is started, or what it is sent as."""
        used = {id(one) for source in self._sources for program in source.programs for one in program.used}
        return path in self._trail.texts and id(self._trail.texts[path][1]) in used

    def _user(self, each: Resource, spec: Any) -> tuple[Source, str] | None:
        name = self._text(spec.name)
        for source in self._sources:
            if any(program.user == name for program in source.programs):
                return source, "the image has a user of its own"
        return None

    _group = _user

    def _link(self, each: Resource, spec: Any) -> tuple[Source, str] | None:
        path, target = self._text(spec.path), self._text(spec.target)
        for source in self._sources:
            if source.root == path.rstrip("/"):
                return source, "a version of the image is what it leads to"
            if any(self._trail.texts.get(target, ("", None))[1] is program.by for program in source.webs):
                return source, "the site is there as long as its manifests are"
        return None

    def _upload(self, each: Resource, spec: Any) -> tuple[Source, str] | None:
        """Also a copy or a move on the host of what was sent."""
        for source in self._sources:
            for copied in source.copied:
                arrived = self._trail.arrived.get(copied.dest)
                if arrived is not None and any(one is each for one in arrived.by):
                    source.sending += [span.lines() for span in each.origin.spans]
                    return source, ""
        return None

    _sync = _file_copy = _file_move = _upload

    def _owner(self, path: str, owner: str) -> Source | None:
        """The application that a folder belongs to: by its place, its owner, or by who names it."""
        for source in self._sources:
            roots = [source.root] if not source.local else [copied.dest for copied in source.copied]
            if any(within(path, root) or within(root, path) for root in roots):
                return source
        for source in self._sources:
            if any(self._names(program, path, owner) for program in source.programs):
                return source
        return None

    def _names(self, program: Program, path: str, owner: str) -> bool:
        told = [*program.argv, *program.environment.values()]
        named = re.search(rf"(^|/){re.escape(program.name)}(/|$)", path)
        return bool(named) or (owner != "" and owner == program.user) or any(path in text for text in told)

    def finish(self, resources: Sequence[Resource]) -> None:
        """What is only known once every resource has its place."""
        for source in self._sources:
            source.writes = [
                path
                for path in dict.fromkeys(source.writes)
                if not any(within(one, path) and one != path for one in source.writes)
            ]
            source.fleeting = list(dict.fromkeys(source.fleeting))
            self._environments(source, resources)
            source.versions = self.versions([*BASES])

    def _environments(self, source: Source, resources: Sequence[Resource]) -> None:
        """Virtual environments of Python that the application is run in."""
        paths = []
        for each in resources:
            spec: Any = each.spec
            given = spec.path if each.kind == "virtualenv" else getattr(spec, "virtualenv", None)
            told = given or dict(each.context.environment).get("VIRTUAL_ENV")
            path = self._text(told) if told is not None else ""
            mine = any(one.by is each for one in source.steps) or any(one.by is each for one in source.programs)
            if path and "\x00" not in path and mine:
                paths.append(path)
        source.brought = list(dict.fromkeys(paths))
        source.path = [f"{path}/bin" for path in source.brought]

    def versions(self, languages: Sequence[str]) -> dict[str, str]:
        """Which version of each language the script names anywhere."""
        text = "\n".join(entry.text for entry in self._plan.ledger)
        text += "\n".join(" ".join(program.argv) for source in self._sources for program in source.programs)
        found = {}
        for language in languages:
            match = re.search(BASES[language].told, text)
            if match:
                found[language] = next(group for group in match.groups() if group)
        return found

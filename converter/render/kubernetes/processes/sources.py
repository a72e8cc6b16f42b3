"""Where the files of a program come from: a checkout on the host, or what the script sends there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from converter.model.resource import Resource
from converter.render.kubernetes.dockerfile.bases import language
from converter.render.kubernetes.marking import marked
from converter.render.kubernetes.names import Unique, label
from converter.render.kubernetes.processes.program import Copied, Program, Source, within
from converter.render.kubernetes.processes.trail import Trail
from converter.render.kubernetes.texts import UnknownTextError

_BUILT_AT = "/src"
_USUAL = ("src", "app", "current", "www", "html", "public-html", "public", "site", "backend", "code", "repo", "server")
_OF_SYSTEM = re.compile(r"/(?:usr|bin|sbin|etc|var/log|var/run|run|tmp|dev|proc|snap)(?:/.*)?|/(?:opt|home|srv|var)/?")


class Sources:
    """Finds the application of each program; programs of one folder are one application."""

    def __init__(self, trail: Trail, resources: Sequence[Resource]) -> None:
        self._trail = trail
        self._checkouts: dict[str, Resource] = {}
        links: dict[str, str] = {}
        text = trail.marking.text
        for each in resources:
            spec: Any = each.spec
            if each.kind == "git_checkout" and not spec.bare:
                self._checkouts[text(spec.dest).rstrip("/")] = each
            elif each.kind == "link":
                links[text(spec.path).rstrip("/")] = text(spec.target).rstrip("/")
        for path, target in links.items():
            if target in self._checkouts:
                self._checkouts[path] = self._checkouts[target]
        self.found: list[Source] = []

    def add(self, program: Program) -> None:
        """Gives the program to its application; raises where nothing says what that is."""
        new = self._checked_out(program) or self._sent(program) or self._there(program)
        places = [program.cwd, *(copied.dest for copied in new.copied), "" if new.local else new.root]
        if any(marked(place) for place in places):
            raise UnknownTextError(
                "where its files lie is only known when the script runs, and an image needs their path: write a"
                " Dockerfile for it, or give the script a full path"
            )
        source = next((each for each in self.found if each.root == new.root and each.local == new.local), None)
        if source is None:
            source = new
            self.found.append(new)
        elif new.copied:
            source.copied += [each for each in new.copied if each not in source.copied]
        source.programs.append(program)

    def name(self) -> None:
        """The folder's name, or that of the only program."""
        unique = Unique()
        for each in self.found:
            folder = label(each.root.rpartition("/")[2])
            only = (
                len({one.fpm or one.name for one in each.programs}) == 1
                or folder in _USUAL
                or each.local
                or "\x00" in each.root
            )
            each.name = unique.name(label(each.programs[0].name) if only else folder)

    def _checked_out(self, program: Program) -> Source | None:
        roots = [root for root in self._checkouts if any(within(path, root) for path in program.paths)]
        if not roots:
            return None
        root = max(roots, key=len)
        checkout = self._checkouts[root]
        spec: Any = checkout.spec
        repository = self._trail.marking.text(spec.repo)
        shown = "" if "\x00" in repository else repository
        return Source(name="", root=root, workdir=root, checkout=checkout, repository=shown)

    def _sent(self, program: Program) -> Source | None:
        found = {
            dest: one
            for dest, one in self._trail.arrived.items()
            if one.local and any(within(path, dest) or path == dest for path in program.paths)
        }
        inside = {dest for dest in self._trail.arrived if program.cwd and within(dest, program.cwd)}
        found |= {dest: one for dest, one in self._trail.arrived.items() if one.local and dest in inside}
        found = {dest: one for dest, one in found.items() if not dest.startswith("/etc/")}
        if not found:
            return None
        first = next(iter(found.values()))
        # Everything is sent from the folder in which the script runs.
        root = self._trail.marking.text(first.by[0].context.cwd).rstrip("/")
        if not root or not all(within(one.source, root) for one in found.values()):
            root = first.source if first.within else first.source.rpartition("/")[0]
        copied = [
            Copied(one.source.replace(root, _BUILT_AT, 1), dest, one.within)
            for dest, one in found.items()
            if within(one.source, root)
        ]
        specs: list[Any] = [each.spec for one in found.values() for each in one.by]
        excluded = [self._trail.marking.text(name) for spec in specs for name in getattr(spec, "excludes", ())]
        ignored = [name.strip("/") for name in excluded if "\x00" not in name]
        return Source(name="", root=root, workdir=_BUILT_AT, copied=copied, ignored=ignored)

    def _there(self, program: Program) -> Source:
        """A folder of the host whose content the script takes for granted."""
        paths = [path for path in program.paths if not _OF_SYSTEM.fullmatch(path) and "\x00" not in path]
        root = program.cwd if program.cwd in paths else next((path.rpartition("/")[0] for path in paths), "")
        # What PHP serves is a folder of the application, whose classes lie beside it.
        root = (
            re.sub(r"/(public|web|pub|webroot)$", "", root) if program.fpm or program.workdir != program.cwd else root
        )
        root = next((one.root for one in self.found if not one.local and within(root, one.root)), root)
        if not root or not (language(program.argv) or program.serves) or _OF_SYSTEM.fullmatch(root):
            raise UnknownTextError(
                "a cluster runs images only, and what this program is made of is not in the script: write a Dockerfile"
                " for it, and run that instead"
            )
        source = Source(name="", root=root, workdir=root)
        source.assumed.append(f"The content of `{root}` is not in the script: the image is built in a copy of it.")
        return source

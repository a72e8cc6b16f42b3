"""Guesses which files and folders have to be there, and what is in the repositories that are checked out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

import msgspec

from converter.model.paths import absolute
from converter.model.resource import Resource
from converter.model.trace import PathTest, RunsOn
from converter.model.value import Value
from converter.model.world import Place, Repository
from converter.resources.archive import Archive
from converter.resources.assertion import Assertion
from converter.resources.command import Command
from converter.resources.container import Container
from converter.resources.directory import Directory
from converter.resources.file_attributes import FileAttributes
from converter.resources.file_copy import FileCopy
from converter.resources.git_checkout import GitCheckout
from converter.resources.line import Line
from converter.resources.python_packages import PythonPackages
from converter.resources.replacement import Replacement
from converter.resources.sync import Sync
from converter.resources.user import User
from converter.verify.world.kept import expected
from converter.verify.world.known import Known
from converter.verify.world.paths import SETTINGS, below, content, home_of, is_there, system
from converter.verify.world.python import programs_of
from converter.verify.world.read import compose_files, makefiles
from converter.verify.world.samples import sample
from converter.verify.world.sites import SITE

_LONGEST = 4000
_WRITING = (
    "file file_copy file_move upload download archive touched_file directory git_checkout link archive_create absent"
).split()
_PROGRAM = "#!/bin/sh\nexit 0\n"


class Places(Known):
    """What a script finds on its hosts, beside itself, and in its repositories."""

    def _with_programs(self, repositories: Iterable[Repository]) -> Iterator[Repository]:
        """The repositories with the programs that are run out of their working copies."""
        programs = list(self._own_programs())
        for remote in repositories:
            homes = [checkout.path for checkout in remote.checkouts]
            homes += [
                path
                for each in self._applied
                if isinstance(each.spec, GitCheckout) and self._text(each.spec.repo) == remote.url
                for path in self._targets(each)
            ]
            copied = [self._path(each.spec.src) for each in self._applied if isinstance(each.spec, FileCopy)]
            texts = {path: self._content(path) for path in copied if path}
            texts |= dict.fromkeys(programs, _PROGRAM) | dict(self._requirements())
            texts |= {
                f"{path}/.gitkeep": "\n" for each in self._applied if _is_whole(each) for path in self._targets(each)
            }
            texts |= {**dict(self._compose_files()), **dict(self._makefiles())}
            inside = {
                path.removeprefix(f"{home}/"): text
                for home in homes
                for path, text in texts.items()
                if below(path, [home])
            }
            yield msgspec.structs.replace(remote, files=inside)

    def _requirements(self) -> Iterator[tuple[str, str]]:
        """The files of requirements, with what brings the programs that are run out of virtual environments."""
        brought = "".join(f"{name}\n" for root in self._virtualenvs for name in programs_of(root, self._texts))
        for each in self._applied:
            spec = each.spec
            path = self._path(spec.requirements) if isinstance(spec, PythonPackages) else None
            yield from [(path, brought or "\n")] if path else []

    def _compose_files(self) -> Iterator[tuple[str, str]]:
        return compose_files(self._applied, self._path, self._text)

    def _makefiles(self) -> Iterator[tuple[str, str]]:
        return makefiles(self._plan.resources, self._path, self._text)

    def _places(self, repositories: Iterable[Repository]) -> Iterator[Place]:
        made = {path for each in self._applied for path in self._targets(each) if not isinstance(each.spec, Archive)}
        written = {path for each in self._applied if each.kind in _WRITING for path in self._targets(each)}
        written |= {
            path for each in self._applied if isinstance(each.spec, User) and (path := self._path(each.spec.home))
        }
        cloned = [checkout.path for remote in repositories for checkout in remote.checkouts]
        yield from self._demanded(cloned)
        attributes = [each for each in self._applied if isinstance(each.spec, FileAttributes)]
        owned = {path for each in attributes for path in self._targets(each)}
        for path in self._own_programs():
            if not below(path, [*(made - owned), *cloned]):
                local = path.startswith(f"{self._run.directory}/")
                yield Place(path=path, text=_PROGRAM, mode="755", owner=self._run.user, local=local)
        for path, text in self._compose_files():
            if not below(path, [*written, *cloned]):
                yield Place(path=path, text=text, owner=self._run.user)
        for path, text in self._makefiles():
            if not below(path, cloned):
                local = path.startswith(f"{self._run.directory}/")
                yield Place(path=path, text=text, owner=self._run.user, local=local)
        before: list[str] = []
        for each in self._applied:
            owner = self._owner(each)
            self._home = home_of(owner)
            yield from self._folders(each, owner, set(before), cloned)
            yield from self._files(each, owner, written, cloned)
            if isinstance(each.spec, Command):
                yield from self._expected(each, each.spec, owner, [*before, *cloned])
            yield from self._sent(each, owner, [*made, *cloned])
            before += [path for path in self._targets(each) if path in made]

    def _demanded(self, cloned: list[str]) -> Iterator[Place]:
        """What has to be there for the script to go on."""
        demands = [each.spec.condition for each in self._plan.resources if isinstance(each.spec, Assertion)]
        own = [each.path for each in (*self._plan.sources, *self._plan.documents)]
        sampled = [posixpath.join(self._run.directory, path) for path in (*sample(self._samples()), *own, ".git")]
        for test in (test for demand in demands for test in demand if not test.negated):
            of = test.subject
            path = self._path(absolute(test.context.cwd, of.path)) if isinstance(of, PathTest) else None
            if path and isinstance(of, PathTest) and not below(path, [*sampled, *cloned]) and not is_there(path):
                yield self._of_state(path, of.state, local=not self._on_server and test.context.host is None)

    def _of_state(self, path: str, state: str, *, local: bool) -> Place:
        runs = state == "executable"
        held = None if state == "directory" else _PROGRAM if runs else content(path)
        return Place(path=path, text=held, owner=self._run.user, mode="755" if runs else "", local=local)

    @property
    def _on_server(self) -> bool:
        return self._plan.runs_on is RunsOn.SERVER

    def _folders(self, each: Resource, owner: str, made: set[str], cloned: list[str]) -> Iterator[Place]:
        """Those that it works in, or puts something into, but for what is made before it."""
        there = [*made, *cloned]
        inside = self._path(each.context.cwd)
        if inside and inside not in ("/", self._home) and inside not in made and not below(inside, there):
            yield Place(path=inside, owner=owner)
        targets = list(self._targets(each))
        parents = [] if isinstance(each.spec, Directory) else [posixpath.dirname(path) for path in targets]
        # Neither makes the folder that it fills where it may not.
        filled = targets if isinstance(each.spec, Archive | Sync) else []
        login = self._text(each.context.user) or self._text(self._logins.get(each.on)) or owner
        others = [path for path in there if path not in filled]
        homes = {home_of(user) for user in self._users()}
        for parent in (*parents, *filled):
            if (
                (parent in filled or parent not in made)
                and parent not in homes
                and not below(parent, others)
                and not system(parent)
            ):
                yield Place(path=parent, owner=login)
        above = {posixpath.dirname(path) for path in targets}
        if isinstance(each.spec, GitCheckout) and each.spec.repo is not None and owner != "root" and not above <= made:
            yield from (Place(path=folder, owner=owner) for folder in above)

    def _files(self, each: Resource, owner: str, written: set[str], cloned: list[str]) -> Iterator[Place]:
        """Those that it reads or changes."""
        for value in each.spec.env_files if isinstance(each.spec, Container) else ():
            if (path := self._path(value)) and not below(path, [*written, *cloned]):
                yield Place(path=path, text=SETTINGS, owner=owner)
        changed = self._targets(each) if isinstance(each.spec, FileAttributes | Replacement | Line) else ()
        for path in changed:
            if any(below(other, [path]) for other in written):
                continue
            whole = getattr(each.spec, "recurse", False)
            if not below(path, cloned) and (whole or not is_there(path)):
                yield Place(path=path, text=None if whole else content(path), owner=owner)

    def _sent(self, each: Resource, owner: str, there: list[str]) -> Iterator[Place]:
        """What it copies."""
        source = getattr(each.spec, "src", None)
        path = (self._path(source, patterns=True) if isinstance(source, Value) else None) or ""
        if path and not below(path, there):
            folder = isinstance(each.spec, Sync) or getattr(each.spec, "recursive", False)
            inside = f"{path}/sample.txt" if folder and "sample.txt" not in path else path
            local = not isinstance(each.spec, FileCopy) and not (isinstance(each.spec, Archive) and each.spec.remote)
            holder = self._run.user if local else owner
            yield Place(path=inside, text=self._content(inside), owner=holder, local=local)

    def _content(self, path: str) -> str:
        """What is in a file that is copied."""
        return SITE if path in self._sites else content(path)

    def _expected(self, each: Resource, spec: Command, owner: str, known: list[str]) -> Iterator[Place]:
        """What a command that is kept reads, and where it writes."""
        inside = self._path(each.context.cwd) or self._home
        text = spec.source.map(lambda part: Value.of(self._text(Value(part)) or Value(part).shell())).text or ""
        for path in dict.fromkeys(expected(text[:_LONGEST], inside)):
            if not below(path.path, known) and not (system(path.path) if path.folder else is_there(path.path)):
                held = None if path.folder else content(path.path)
                local = not self._on_server and each.context.host is None and not path.far
                yield Place(path=path.path, text=held, owner=owner, local=local)


def _is_whole(resource: Resource) -> bool:
    """Whether it is about a folder and all that is in it."""
    return isinstance(resource.spec, FileAttributes) and resource.spec.recurse

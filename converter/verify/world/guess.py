"""Guesses from a plan what stands around its script: a person reads it in `.gitopsify/world.yaml` and mends it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

import msgspec

from converter.model.plan import Environment, LedgerEntry, Plan
from converter.model.resource import Phase, Resource
from converter.model.trace import Disposition, RunsOn
from converter.model.value import Part, Value, Variable
from converter.model.world import Managed, Place, Repository, Run, Surroundings
from converter.resources.archive import Archive
from converter.resources.command import Command
from converter.resources.compose_project import ComposeProject
from converter.resources.container import Container
from converter.resources.directory import Directory
from converter.resources.file_attributes import FileAttributes
from converter.resources.file_copy import FileCopy
from converter.resources.git_checkout import GitCheckout
from converter.resources.line import Line
from converter.resources.package import Package
from converter.resources.pm2_process import Pm2Process
from converter.resources.replacement import Replacement
from converter.resources.service import Service
from converter.resources.sync import Sync
from converter.resources.user import User
from converter.verify.words import Simple, in_text, on_hosts
from converter.verify.world.asking import asked
from converter.verify.world.joining import joined
from converter.verify.world.kept import expected
from converter.verify.world.needs import need_of, needs
from converter.verify.world.paths import SETTINGS, below, content, home_of, is_own, is_there, system
from converter.verify.world.read import compose_files, makefiles
from converter.verify.world.remotes import remotes
from converter.verify.world.sites import SITE, sites
from converter.verify.world.starting import run_of

_LONGEST = 4000
_WRITING = (
    "file file_copy file_move upload download archive touched_file directory git_checkout link archive_create absent"
).split()
# What brings a kind about, where its spelling in the script says nothing of it.
_TOOLS = {
    "composer_packages": ("composer",),
    "node_packages": ("npm",),
    "pm2_process": ("pm2",),
    "python_packages": ("pip", "virtualenv"),
    "virtualenv": ("venv", "virtualenv"),
    "ruby_packages": ("bundle",),
    "container": ("docker",),
    "compose_project": ("docker",),
    "image": ("docker",),
}
_PROGRAM = "#!/bin/sh\nexit 0\n"


def surroundings(plan: Plan) -> Surroundings:
    """What it expects in any of its environments, as far as the plan tells."""
    return joined([_Guess(plan, each).result() for each in plan.environments or (None,)])


class _Guess:
    """The plan with its values as they are in a world: known paths, the login's home, the script's own folder."""

    def __init__(self, plan: Plan, environment: Environment | None) -> None:
        self._plan = plan
        self._environment = environment
        chosen = environment.variables if environment else ()
        self._chosen = {each.name: text for each in chosen if each.value is not None and (text := each.value.text)}
        given = ((each.name, each.value.text) for each in plan.variables if each.value is not None)
        self._defaults = {name: text for name, text in given if text is not None}
        self._logins = (
            {group.name: group.hosts[0].user for group in environment.groups if group.hosts} if environment else {}
        )
        self._run: Run = run_of(plan)
        self._home = home_of(self._run.user)
        self._applied = [each for each in plan.resources if each.phase is Phase.DEPLOY]
        self._programs = dict.fromkeys(self._named_programs())
        self._sites = frozenset(sites(self._copies()))
        self._needs = [need_of(name) for name in self._programs]

    def _named_programs(self) -> Iterator[str]:
        """Those that the script runs, looks for, or that a kind of resource is brought about by."""
        for entry in self._plan.ledger:
            for simple in on_hosts(entry.text[:_LONGEST]):
                yield posixpath.basename(simple.argv[0])
        for source in self._plan.sources:
            yield from re.findall(r"\b(?:command -v|which|hash|type)\s+([\w.-]+)", source.text)
        for each in self._plan.resources:
            yield from _TOOLS.get(each.kind, ())
            if isinstance(each.spec, Command) and each.spec.argv and (name := each.spec.argv[0].text):
                yield posixpath.basename(name)

    def result(self) -> Surroundings:
        """All of it."""
        repositories = tuple(self._with_programs(self._repositories()))
        services = tuple(dict.fromkeys(self._services()))
        packages = {need["package"] for need in self._needs if "package" in need}
        known = needs()["services"]
        packages |= {known[name] for name in self._named_services() if name in known}
        hollow = {name for need in self._needs for name in need.get("packages", ())}
        installed = tuple(dict.fromkeys(self._installable()))
        recorded = [
            one
            for name in self._programs
            if need_of(name).get("recorded")
            for one in (name, *need_of(name).get("with", ()))
        ]
        names, ports = self._asked()
        return Surroundings(
            script=self._run,
            samples=self._samples(),
            packages=tuple(sorted(packages - set(installed))),
            installable=tuple(name for name in installed if name not in hollow),
            stand_ins=tuple(name for name in installed if name in hollow),
            users=tuple(dict.fromkeys(self._users())),
            places=tuple({place.path: place for place in self._places(repositories)}.values()),
            services=services,
            repositories=repositories,
            recorded=tuple(dict.fromkeys(recorded)),
            answers=ports,
            names=names,
            managed=tuple(dict.fromkeys(self._managed())),
        )

    def _text(self, value: Value | None) -> str | None:
        """The text that it has in the world, None where only a run can tell."""
        if value is None:
            return None
        return value.map(self._given).text

    def _given(self, part: Part) -> Part | Value:
        """What is told in the world, in the place of a variable."""
        known = {**self._chosen, "HOME": self._home, "project_dir": self._run.directory}
        known = {**self._defaults, **known, **self._run.inputs}
        if not isinstance(part, Variable):
            return part
        inner = part.value.map(self._given) if part.value is not None else Value(part)
        return Value.of(known[part.name]) if part.name in known else inner

    def _owner(self, resource: Resource) -> str:
        """Who does it: by sudo, or who logs in, or who runs the script."""
        return self._text(resource.context.user) or self._text(self._login(resource)) or self._run.user

    def _login(self, resource: Resource) -> Value | None:
        """Who is logged in as, where that is done."""
        host = resource.context.host
        return (host.user or self._logins.get(resource.on)) if host else None

    def _path(self, value: Value | None, *, patterns: bool = False) -> str | None:
        """An absolute path; with `patterns` a file that a pattern finds."""
        found = self._text(value)
        if found and patterns:
            found = re.sub(r"\*(\.\w+)?", lambda rest: f"sample{rest[1] or '.txt'}", found)
        return posixpath.normpath(found) if found and found.startswith("/") and "*" not in found else None

    def _installable(self) -> Iterator[str]:
        for each in self._applied:
            if isinstance(each.spec, Package) and each.spec.manager == "apt" and each.spec.state != "absent":
                for name in each.spec.names:
                    if (text := self._text(name)) and re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", text):
                        yield text

    def _users(self) -> Iterator[str]:
        made = {self._text(each.spec.name) for each in self._applied if isinstance(each.spec, User)}
        yield self._run.user
        for each in self._applied:
            for value in (
                each.context.user,
                self._login(each),
                getattr(each.spec, "owner", None),
                getattr(each.spec, "user", None),
            ):
                name = self._text(value) if isinstance(value, Value) else None
                if name and name not in made and name not in needs()["known"] and re.fullmatch(r"[a-z_][\w-]*", name):
                    yield name

    def _named_services(self) -> Iterator[str]:
        for each in self._applied:
            if isinstance(each.spec, Service) and (name := self._text(each.spec.name)):
                yield name.removesuffix(".service")

    def _services(self) -> Iterator[str]:
        """Those that nothing in the plan brings along."""
        written = {posixpath.basename(path) for each in self._applied for path in self._targets(each)}
        installed = set(self._installable())
        for name in self._named_services():
            package = needs()["services"].get(name, name)
            recorded = need_of(name).get("recorded") and name in self._programs
            known = name in needs()["services"] or package in installed or recorded
            if not known and f"{name}.service" not in written:
                yield name

    def _managed(self) -> Iterator[Managed]:
        """Processes of pm2 that are used, and that nothing in the plan starts."""
        found = [(each, each.spec) for each in self._applied if isinstance(each.spec, Pm2Process)]
        started = {self._text(spec.name) for _, spec in found if spec.state == "started"}
        for each, spec in found:
            name = self._text(spec.name)
            if name and name != "all" and name not in started and spec.ecosystem is None and spec.state != "absent":
                yield Managed(name=name, owner=self._owner(each))

    def _targets(self, resource: Resource) -> Iterator[str]:
        """The paths that a resource brings about."""
        for field in ("path", "dest"):
            value = getattr(resource.spec, field, None)
            if isinstance(value, Value) and (path := self._path(value)):
                yield path

    def _copies(self) -> Iterator[tuple[str, str]]:
        """What is copied or sent, from where to where."""
        for each in self._applied:
            source = getattr(each.spec, "src", None)
            path = self._path(source) if isinstance(source, Value) else None
            yield from ((path, target) for target in self._targets(each) if path)

    def _samples(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(["static", *(need["sample"] for need in self._needs if "sample" in need)]))

    def _repositories(self) -> Iterator[Repository]:
        return remotes(self._applied, self._samples(), self._path, self._text, self._owner)

    def _own_programs(self) -> Iterator[str]:
        """Programs of the application, by their paths."""
        known = {"${HOME}": self._home, "${project_dir}": self._run.directory}
        for entry in self._plan.ledger:
            cwd = entry.cwd
            for name, place in known.items():
                cwd = cwd.replace(name, place)
            for simple in _commands(entry):
                word = simple.argv[1] if simple.argv[0] in ("bash", "sh") and len(simple.argv) > 1 else simple.argv[0]
                if re.fullmatch(r"[\w./-]*/[\w.-]+", word) and entry.disposition is not Disposition.DROPPED:
                    path = posixpath.normpath(posixpath.join(cwd, word))
                    if is_own(path):
                        yield path
        for each in self._applied:
            first = each.spec.argv[0].text if isinstance(each.spec, Command) and each.spec.argv else None
            inside = self._path(each.context.cwd)
            if first and inside and "/" in first:
                path = posixpath.normpath(posixpath.join(inside, first))
                yield from [path] if is_own(path) else []

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
            texts |= dict.fromkeys(programs, _PROGRAM)
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
        for path in self._own_programs():
            if not below(path, [*made, *cloned]):
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
            local = not isinstance(each.spec, FileCopy)
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
                local = self._plan.runs_on is not RunsOn.SERVER and each.context.host is None and not path.far
                yield Place(path=path.path, text=held, owner=owner, local=local)

    def _asked(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Names of machines outside, and ports on the hosts themselves, that something is asked of."""
        found = asked(self._plan, self._environment, self._text)
        names, ports = found.names, found.ports
        if any(remote.url.startswith("https://git.example.invalid/") for remote in self._repositories()):
            names["git.example.invalid"] = None
        if any(isinstance(each.spec, ComposeProject) for each in self._applied):
            # Where compose asks whether there is a newer image.
            names |= dict.fromkeys(("registry-1.docker.io", "auth.docker.io"))
        served = {"nginx", "apache2"} & {*self._named_services(), *self._installable()}
        if not self._plan.scripted:
            # What is started is there, but for containers, in whose place the engine runs nothing.
            ports = dict.fromkeys(self._published())
        return tuple(names), tuple(port for port in ports if port != 80 or not served)

    def _published(self) -> Iterator[int]:
        """The ports of the hosts that lead into containers."""
        for each in self._applied:
            for value in each.spec.ports if isinstance(each.spec, Container) else ():
                host = (self._text(value) or "").rpartition(":")[0].rpartition(":")[2]
                if host.isdigit():
                    yield int(host)


def _is_whole(resource: Resource) -> bool:
    """Whether it is about a folder and all that is in it."""
    return isinstance(resource.spec, FileAttributes) and resource.spec.recurse


def _commands(entry: LedgerEntry) -> Iterator[Simple]:
    """Those of a command of the script; of a very long one, those that it begins with."""
    return in_text(entry.text[:_LONGEST])

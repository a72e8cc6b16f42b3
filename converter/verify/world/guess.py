"""Guesses from a plan what stands around its script: a person reads it in `.gitopsify/world.yaml` and mends it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import msgspec

from converter.model.plan import Environment, LedgerEntry, Plan
from converter.model.resource import Phase, Resource
from converter.model.trace import Disposition
from converter.model.value import Part, Value, Variable
from converter.model.world import Checkout, Place, Repository, Run, Surroundings
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
from converter.resources.replacement import Replacement
from converter.resources.service import Service
from converter.resources.sync import Sync
from converter.resources.user import User
from converter.verify.words import Simple, in_text, on_hosts
from converter.verify.world.joining import joined
from converter.verify.world.needs import need_of, needs
from converter.verify.world.paths import SENT, SETTINGS, below, content, home_of, is_own, is_there, system
from converter.verify.world.read import compose_files, makefiles
from converter.verify.world.starting import run_of

_OWN = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]")
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
        chosen = environment.variables if environment else ()
        self._chosen = {each.name: text for each in chosen if each.value is not None and (text := each.value.text)}
        self._run: Run = run_of(plan)
        self._home = home_of(self._run.user)
        self._applied = [each for each in plan.resources if each.phase is Phase.DEPLOY]
        self._programs = dict.fromkeys(self._named_programs())
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
        )

    def _text(self, value: Value | None) -> str | None:
        """The text that it has in the world, None where only a run can tell."""
        if value is None:
            return None
        known: dict[str, str] = {**self._chosen, "HOME": self._home, "project_dir": self._run.directory}
        known |= self._run.inputs

        def given(part: Part) -> Part | Value:
            return Value.of(known[part.name]) if isinstance(part, Variable) and part.name in known else part

        return value.map(given).text

    def _owner(self, resource: Resource) -> str:
        """Who does it: by sudo, or who logs in, or who runs the script."""
        login = resource.context.host.user if resource.context.host else None
        return self._text(resource.context.user) or self._text(login) or self._run.user

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
            login = each.context.host.user if each.context.host else None
            for value in (
                each.context.user,
                login,
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

    def _targets(self, resource: Resource) -> Iterator[str]:
        """The paths that a resource brings about."""
        for field in ("path", "dest"):
            value = getattr(resource.spec, field, None)
            if isinstance(value, Value) and (path := self._path(value)):
                yield path

    def _samples(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(["static", *(need["sample"] for need in self._needs if "sample" in need)]))

    def _repositories(self) -> Iterator[Repository]:
        samples = self._samples()
        found: dict[str, Repository] = {}
        for each in self._applied:
            spec = each.spec
            if not isinstance(spec, GitCheckout) or spec.bare:
                continue
            dest, url = self._path(spec.dest), self._text(spec.repo)
            if spec.repo is None and dest:
                url = next((one.url for one in found.values() for two in one.checkouts if two.path == dest), None)
                url = url or f"https://git.example.invalid/{posixpath.basename(dest)}.git"
            if not url:
                continue
            known = found.get(url, Repository(url=url, samples=samples, branches=("main",)))
            branches = [
                name
                for name in (self._text(spec.version),)
                if name and re.fullmatch(r"[\w./-]+", name) and name != "HEAD"
            ]
            owner = self._owner(each)
            here = [Checkout(path=dest, owner=owner)] if spec.repo is None and dest else []
            found[url] = Repository(
                url=url,
                samples=samples,
                branches=tuple(dict.fromkeys((*known.branches, *(name.removeprefix("origin/") for name in branches)))),
                checkouts=tuple(dict.fromkeys((*known.checkouts, *here))),
            )
        yield from found.values()

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
            texts = {path: content(path) for path in copied if path}
            texts |= dict.fromkeys(programs, _PROGRAM)
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
        for each in self._applied:
            owner = self._owner(each)
            self._home = home_of(owner)
            yield from self._folders(each, owner, made, cloned)
            yield from self._files(each, owner, written, cloned)
            yield from self._sent(each, owner, [*made, *cloned])

    def _folders(self, each: Resource, owner: str, made: set[str], cloned: list[str]) -> Iterator[Place]:
        """Those that it works in, or puts something into."""
        there = [*made, *cloned]
        inside = self._path(each.context.cwd)
        if inside and inside not in ("/", self._home) and inside not in made and not below(inside, there):
            yield Place(path=inside, owner=owner)
        parents = () if isinstance(each.spec, Directory) else map(posixpath.dirname, self._targets(each))
        for parent in parents:
            if parent not in made and not below(parent, there) and not system(parent):
                yield Place(path=parent, owner=owner)
        above = {posixpath.dirname(path) for path in self._targets(each)}
        if isinstance(each.spec, GitCheckout) and each.spec.repo is not None and owner != "root" and not above <= made:
            yield from (Place(path=posixpath.dirname(path), owner=owner) for path in self._targets(each))

    def _files(self, each: Resource, owner: str, written: set[str], cloned: list[str]) -> Iterator[Place]:
        """Those that it reads or changes."""
        for value in each.spec.env_files if isinstance(each.spec, Container) else ():
            if (path := self._path(value)) and not below(path, [*written, *cloned]):
                yield Place(path=path, text=SETTINGS, owner=owner)
        changed = self._targets(each) if isinstance(each.spec, FileAttributes | Replacement | Line) else ()
        for path in changed:
            if any(below(other, [path]) for other in written):
                continue
            if getattr(each.spec, "recurse", False):
                yield Place(path=path, owner=owner)
            elif not below(path, cloned) and not is_there(path):
                yield Place(path=path, text=content(path), owner=owner)

    def _sent(self, each: Resource, owner: str, there: list[str]) -> Iterator[Place]:
        """What it copies."""
        if isinstance(each.spec, Command):
            yield from self._sources(each.spec, owner, there)
        source = getattr(each.spec, "src", None)
        path = (self._path(source, patterns=True) if isinstance(source, Value) else None) or ""
        if path and not below(path, there):
            folder = isinstance(each.spec, Sync) or getattr(each.spec, "recursive", False)
            inside = f"{path}/sample.txt" if folder and "sample.txt" not in path else path
            yield Place(path=inside, text=content(inside), owner=owner, local=not isinstance(each.spec, FileCopy))

    def _sources(self, spec: Command, owner: str, known: Iterable[str]) -> Iterator[Place]:
        """What a copy that is kept as a command copies."""
        words = [word for word in spec.argv[1:] if (word.text or "-")[:1] != "-"]
        if not spec.argv or spec.argv[0].text not in ("cp", "mv") or len(words) < 2:
            return
        for word in words[:-1]:
            path = self._path(word)
            if path and not below(path, known):
                name = posixpath.basename(path)
                yield Place(path=path if "." in name else f"{path}/sample.txt", text=SENT, owner=owner)

    def _asked(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Names of machines outside, and ports on the hosts themselves, that something is asked of."""
        machines = {
            host.address.text
            for environment in self._plan.environments
            for group in environment.groups
            for host in group.hosts
        }
        names: dict[str, None] = {}
        ports: dict[int, None] = {}
        urls = [
            url
            for each in self._plan.resources
            for url in (getattr(each.spec, "url", None), getattr(each.spec, "repo", None))
        ]
        for url in urls:
            text = (self._text(url) or url.shell()) if isinstance(url, Value) else None
            found = urlsplit(text) if text and "://" in text else None
            if found is None or not found.hostname:
                remote = re.match(r"[^@/:]+@([^/:]+):", text or "")
                names |= {remote[1]: None} if remote else {}
            elif _OWN.fullmatch(found.hostname) or found.hostname in machines:
                ports[found.port or (443 if found.scheme == "https" else 80)] = None
            else:
                names[found.hostname] = None
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


def _commands(entry: LedgerEntry) -> Iterator[Simple]:
    """Those of a command of the script; of a very long one, those that it begins with."""
    return in_text(entry.text[:_LONGEST])

"""A plan with its values as they are in a world: known paths, the login's home, the script's own folder."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from converter.model.plan import Environment, LedgerEntry, Plan
from converter.model.resource import Phase, Resource
from converter.model.trace import Disposition
from converter.model.value import Part, Value, Variable
from converter.model.world import Repository, Run
from converter.resources.command import Command
from converter.resources.user import User
from converter.verify.words import Simple, in_text, on_hosts
from converter.verify.world.needs import need_of, needs
from converter.verify.world.paths import below, home_of, is_own
from converter.verify.world.python import roots
from converter.verify.world.remotes import remotes
from converter.verify.world.sites import sites
from converter.verify.world.starting import run_of

_LONGEST = 4000
_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
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


class Known:
    """What a guess goes by, in one environment of the plan."""

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
        self._texts = [source.text[: 10 * _LONGEST] for source in plan.sources]
        self._virtualenvs = roots(self._applied, self._path, self._all_programs())
        self._sites = frozenset(sites(self._copies()))
        self._needs = [need_of(name) for name in self._programs]

    def _named_programs(self) -> Iterator[str]:
        """Those that the script runs, looks for, or that a kind of resource is brought about by."""
        yield from (posixpath.basename(simple.argv[0]) for simple in self._called())
        for source in self._plan.sources:
            yield from re.findall(r"\b(?:command -v|which|hash|type)\s+([\w.-]+)", source.text)
        for each in self._plan.resources:
            yield from _TOOLS.get(each.kind, ())
            if isinstance(each.spec, Command) and each.spec.argv and (name := each.spec.argv[0].text):
                yield posixpath.basename(name)

    def _called(self) -> Iterator[Simple]:
        """The commands of the script, also those in sessions."""
        return (simple for entry in self._plan.ledger for simple in on_hosts(entry.text[:_LONGEST]))

    def _resolved(self, text: str) -> str:
        """A word of the script with what is known in the place of its variables."""
        known = {**self._defaults, **self._chosen, **self._run.inputs}
        return _REFERENCE.sub(lambda found: known.get(found[1] or found[2]) or found[0], text)

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
        """Who is logged in as, where that is done; one text may say both, who and where."""
        host = resource.context.host
        if host is None:
            return None
        who, both, _ = (self._text(host.address) or "").partition("@")
        return host.user or self._logins.get(resource.on) or (Value.of(who) if both else None)

    def _path(self, value: Value | None, *, patterns: bool = False) -> str | None:
        """An absolute path; with `patterns` a file that a pattern finds."""
        found = self._text(value)
        if found and patterns:
            found = re.sub(r"\*(\.\w+)?", lambda rest: f"sample{rest[1] or '.txt'}", found)
        return posixpath.normpath(found) if found and found.startswith("/") and "*" not in found else None

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
        """Programs of the application, by their paths, but for those that Python's packages bring."""
        return (path for path in self._all_programs() if not below(path, self._virtualenvs))

    def _all_programs(self) -> Iterator[str]:
        known = {"${HOME}": self._home, "${project_dir}": self._run.directory}
        for entry in self._plan.ledger:
            cwd = entry.cwd
            for name, place in known.items():
                cwd = cwd.replace(name, place)
            for simple in _commands(entry):
                word = simple.argv[1] if simple.argv[0] in ("bash", "sh") and len(simple.argv) > 1 else simple.argv[0]
                word = self._resolved(word)
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


def _commands(entry: LedgerEntry) -> Iterator[Simple]:
    """Those of a command of the script; of a very long one, those that it begins with."""
    return in_text(entry.text[:_LONGEST])

"""Guesses from a plan what stands around its script: a person reads it in `.gitopsify/world.yaml` and mends it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from converter.model.plan import Plan
from converter.model.world import Managed, Surroundings
from converter.resources.compose_project import ComposeProject
from converter.resources.container import Container
from converter.resources.package import Package
from converter.resources.pm2_process import Pm2Process
from converter.resources.python_packages import PythonPackages
from converter.resources.service import Service
from converter.resources.supervised_program import SupervisedProgram
from converter.verify.world.answering import INDEX
from converter.verify.world.asking import asked
from converter.verify.world.databases import databases
from converter.verify.world.joining import joined
from converter.verify.world.needs import need_of, needs
from converter.verify.world.places import Places
from converter.verify.world.python import existing, wheels

_LONGEST = 4000


def surroundings(plan: Plan) -> Surroundings:
    """What it expects in any of its environments, as far as the plan tells."""
    return joined([_Guess(plan, each).result() for each in plan.environments or (None,)])


class _Guess(Places):
    """All that stands around a script in one environment."""

    def result(self) -> Surroundings:
        """All of it."""
        repositories = tuple(self._with_programs(self._repositories()))
        services = tuple(dict.fromkeys(self._services()))
        virtualenvs = tuple(existing(self._virtualenvs, self._applied, self._path, self._owner, self._texts))
        packages = {"python3-venv"} if virtualenvs else set()
        packages |= {need["package"] for need in self._needs if "package" in need}
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
            wheels=tuple(dict.fromkeys(wheels(entry.text[:_LONGEST] for entry in self._plan.ledger))),
            virtualenvs=virtualenvs,
            databases=tuple(dict.fromkeys(databases(self._called(), self._texts, self._resolved))),
        )

    def _installable(self) -> Iterator[str]:
        for each in self._applied:
            if isinstance(each.spec, Package) and each.spec.manager == "apt" and each.spec.state != "absent":
                for name in each.spec.names:
                    if (text := self._text(name)) and re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", text):
                        yield text

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
        """Processes of pm2 and supervisor that are used, and that nothing in the plan brings along."""
        found = [(each, each.spec) for each in self._applied if isinstance(each.spec, Pm2Process)]
        started = {self._text(spec.name) for _, spec in found if spec.state == "started"}
        for each, spec in found:
            name = self._text(spec.name)
            if name and name != "all" and name not in started and spec.ecosystem is None and spec.state != "absent":
                yield Managed(name=name, owner=self._owner(each))
        for each in self._applied:
            name = self._text(each.spec.name) if isinstance(each.spec, SupervisedProgram) else None
            if name and re.fullmatch(r"[\w-]+", name) and not any(f"[program:{name}]" in text for text in self._texts):
                yield Managed(name=name, by="supervisor")

    def _asked(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Names of machines outside, and ports on the hosts themselves, that something is asked of."""
        found = asked(self._plan, self._environment, self._text)
        names, ports = found.names, found.ports
        if any(remote.url.startswith("https://git.example.invalid/") for remote in self._repositories()):
            names["git.example.invalid"] = None
        if any(isinstance(each.spec, ComposeProject) for each in self._applied):
            # Where compose asks whether there is a newer image.
            names |= dict.fromkeys(("registry-1.docker.io", "auth.docker.io"))
        if {"pip", "pip3"} & self._programs.keys() or any(
            isinstance(each.spec, PythonPackages) for each in self._applied
        ):
            names[INDEX] = None
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

"""The services of a compose project in an order in which each comes after those that it depends on.

In: a resource that names compose files. Out: a project, or why there is none: its files are looked for among those that
the script writes, then among those of the script's own project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from converter.model.paths import absolute, directory_of
from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.value import Literal, Value, Variable
from converter.render.kubernetes.compose.asked import compose_spec
from converter.render.kubernetes.compose.documents import Documents
from converter.render.kubernetes.compose.merging import extended, merged
from converter.render.kubernetes.compose.reading import Interpolation, Marks, UnreadableError, read
from converter.render.kubernetes.compose.service import Service, service

Data = dict[str, Any]
_USUAL = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_ENTRY = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)")


@dataclass(slots=True, kw_only=True)
class Project:
    """`services` are those that run; `problem` says why there are none. `read` are its files, `written` those that the
    script writes. `defaults` are variables that nothing but a default of a file says, `missing` those that nothing
    says, `secrets` those that the files had. `mounted` are texts of the script's project that services mount, by their
    paths."""

    identity: str
    directory: Value
    services: dict[str, Service] = field(default_factory=dict)
    every: dict[str, Service] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    guessed: bool = False
    defaults: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    mounted: dict[str, Value] = field(default_factory=dict)
    problem: str = ""


class Projects:
    """The projects of a plan, each read once."""

    def __init__(self, plan: Plan, resources: list[Resource]) -> None:
        self.documents = Documents(plan, resources)
        self._known: dict[str, Project] = {}

    def of(self, resource: Resource) -> Project:
        """The project that a resource is about."""
        known = self._known.get(resource.address)
        if known is None:
            known = self._known[resource.address] = _Reader(self.documents, resource).project()
        return known


class _Reader:
    def __init__(self, documents: Documents, resource: Resource) -> None:
        self._documents = documents
        spec: Any = resource.spec
        self._spec: Any = compose_spec(resource) or spec
        self._marks = Marks()
        self._seen: dict[str, None] = {}
        self._environment = dict(resource.context.environment)
        self._cwd: Value = self._spec.project_src
        named = list(self._spec.files) or self._from_environment()
        self._named = named
        first = absolute(self._cwd, named[0]) if named else None
        self._directory = directory_of(first) if first is not None else self._cwd
        name = self._spec.project_name.key() if self._spec.project_name is not None else ""
        self._project = Project(identity=f"{self._directory.key()}:{name}", directory=self._directory)

    def _from_environment(self) -> list[Value]:
        text = self._environment.get("COMPOSE_FILE")
        return [Value.of(each) for each in text.text.split(":")] if text is not None and text.text else []

    def project(self) -> Project:
        """The project, or one with a problem."""
        try:
            data = extended(self._read(), self._other)
            self._services(data)
        except UnreadableError as problem:
            self._project.problem = str(problem)
        return self._project

    def _read(self) -> Data:
        paths = [absolute(self._cwd, name) for name in self._named] or list(self._usual())
        found: Data = {}
        for path in paths:
            one = self._file(path)
            if one is None:
                raise UnreadableError(
                    f"its compose file (`{self._documents.plain(path)}`) is not there: put it beside the script, or"
                    " into its project at the same path, and convert again"
                )
            found = merged(found, one) if found else one
        return found

    def _usual(self) -> Iterator[Value]:
        places = [absolute(self._directory, Value.of(name)) for name in _USUAL]
        base = max(places, key=self._documents.likeness)
        yield base
        stem = base.shell().rpartition("/")[2].rpartition(".")[0]
        for ending in ("yaml", "yml"):
            more = absolute(self._directory, Value.of(f"{stem}.override.{ending}"))
            if self._documents.text(more, self._marks) is not None:
                yield more

    def _file(self, path: Value) -> Data | None:
        found = self._documents.text(path, self._marks)
        if found is None:
            return None
        text, name, guessed = found
        self._project.read.append(name)
        self._project.written.append(path.key())
        self._project.guessed = self._project.guessed or guessed
        data = read(text)
        for key in data:
            if key == "include":
                self._project.left.append("`include` of other compose files is not followed: name them with `-f`")
        return data

    def _other(self, name: str) -> Data | None:
        return self._file(absolute(self._directory, Value.of(name)))

    def _services(self, data: Data) -> None:
        interpolation = Interpolation(self._marks, self._value)
        whole = {key: interpolation.of(value) for key, value in data.items()}
        shared = {key: whole.get(key) or {} for key in ("configs", "secrets")}
        project = self._project
        found = {
            name: service(name, own or {}, shared)
            for name, own in (whole.get("services") or {}).items()
            if isinstance(own, dict | None)
        }
        self._volumes(whole.get("volumes") or {}, found)
        project.every = found
        project.defaults, project.missing = interpolation.defaults, tuple(interpolation.missing)
        project.secrets = tuple(self._seen)
        chosen = self._chosen(found)
        for name in _ordered(found):
            if name in chosen:
                project.services[name] = found[name]
        if not project.services:
            raise UnreadableError("the compose file has no service that the script starts")

    def _volumes(self, given: Data, services: dict[str, Service]) -> None:
        """What the file says of the volumes themselves, and paths from where the project is."""
        for name, own in given.items():
            special = [key for key in own or {} if key in ("driver_opts", "driver") and (own[key] or {}) != {}]
            local = isinstance((own or {}).get("driver"), Value) and own["driver"].text == "local"
            if special and not (special == ["driver"] and local):
                self._project.left.append(
                    f"`volumes.{name}`: a storage class of the cluster takes the place of {' and '.join(special)}: name"
                    " it in the claim"
                )
            if (own or {}).get("external") is not None:
                self._project.left.append(f"`volumes.{name}` is there already: its data has to be copied to the claim")
        for each in services.values():
            each.fields["volumes"] = tuple(map(self._placed, each.fields.get("volumes", ())))
            if each.fields.get("env_files"):
                each.fields["env_files"] = tuple(absolute(self._directory, one) for one in each.fields["env_files"])

    def _placed(self, volume: Value) -> Value:
        head = volume.parts[0] if volume.parts else None
        if not isinstance(head, Literal) or not head.text.startswith("."):
            return volume
        source, _, rest = head.text.partition(":")
        known = self._directory.text is not None
        path = absolute(self._directory, Value.of(source)) if known else Value.of(source)
        text = self._documents.beside(self._project.read, source, self._marks)
        if text is not None and path.text is not None:
            self._project.mounted[path.text] = text
        return Value.join([path, Value.of(f":{rest}"), Value(*volume.parts[1:])])

    def _chosen(self, found: Mapping[str, Service]) -> set[str]:
        profiles = {each.text for each in self._spec.profiles} | set(
            (self._environment.get("COMPOSE_PROFILES") or Value()).shell().split(",")
        )
        asked = getattr(self._spec, "services", None)
        wanted = [each.shell() for each in (asked if asked is not None else (self._spec.service,))]
        unknown = [name for name in wanted if name not in found]
        if unknown:
            raise UnreadableError(f"the compose file has no service `{unknown[0]}`")
        if not wanted:
            wanted = [name for name, each in found.items() if _active(each, profiles)]
        chosen: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name not in chosen and name in found:
                chosen.add(name)
                wanted += found[name].after if getattr(self._spec, "dependencies", True) else ()
        return chosen

    def _value(self, name: str) -> Value | None:
        """As compose looks for it: what the script exports, then the `.env` that it writes."""
        if self._documents.secret(name):
            self._seen[name] = None
            return Value(Variable(name))
        if name in self._environment:
            return self._environment[name]
        return self._from_file().get(name)

    def _from_file(self) -> dict[str, Value]:
        paths = [absolute(self._cwd, each) for each in self._spec.env_files]
        found: dict[str, Value] = {}
        for path in paths or [absolute(self._directory, Value.of(".env"))]:
            own = self._documents.text(path, self._marks)
            self._project.written.append(path.key())
            for line in own[0].splitlines() if own is not None and not own[2] else ():
                entry = _ENTRY.fullmatch(line)
                if entry is not None:
                    text = entry[2].strip()
                    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
                    found[entry[1]] = self._documents.masked(bare, self._marks)
        return found


def _active(each: Service, profiles: set[Any]) -> bool:
    own = {one.text for one in each.data.get("profiles") or ()}
    return not own or bool(own & profiles) or "*" in profiles


def _ordered(found: Mapping[str, Service]) -> list[str]:
    """The order of the file, but for what others depend on."""
    done: dict[str, None] = {}

    def visit(name: str, seen: tuple[str, ...]) -> None:
        if name in seen:
            raise UnreadableError(f"services of the compose file depend on each other in a circle (`{name}`)")
        if name in done or name not in found:
            return
        for other in found[name].after:
            visit(other, (*seen, name))
        done[name] = None

    for name in found:
        visit(name, ())
    return list(done)

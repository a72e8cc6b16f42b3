"""The services of a compose project in an order in which each comes after those that it depends on.

In: a resource that names compose files. Out: a project, or why there is none: its files are looked for among those that
the script writes, then among those of the script's own project.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from converter.model.paths import absolute, directory_of
from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.value import Literal, Value, Variable
from converter.render.kubernetes.compose.merging import extended, merged
from converter.render.kubernetes.compose.reading import Interpolation, Marks, UnreadableError, read
from converter.render.kubernetes.compose.service import Service, service
from converter.resources.compose_project import ComposeProject
from converter.resources.file import File

Data = dict[str, Any]
_USUAL = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_REFERENCE = re.compile(r"\$\{(\w+)\}")
_ENTRY = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)")


@dataclass(slots=True, kw_only=True)
class Project:
    """`services` are those that run; `problem` says why there are none. `read` are the files, `written` those that the script
    writes, `defaults` the variables
    that nothing but a default of the file says, `missing` those that nothing says, `secrets` those that the files had;
    `mounted` are texts of the script's project that services mount, by their paths."""

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


def compose_spec(resource: Resource) -> Any:
    """What a resource says of a compose project, None where it is about something else. A stack of a swarm is one."""
    if resource.kind == "compose_project":
        return resource.spec
    spec: Any = resource.spec
    words = [word.text or "" for word in spec.argv] if resource.kind == "command" and not spec.output else []
    if words[:3] != ["docker", "stack", "deploy"] or resource.background:
        return None
    files, rest = [], list(spec.argv[3:])
    while rest and (rest[0].text or "").startswith("-"):
        word = rest.pop(0).text or ""
        name, equals, text = word.partition("=")
        if name in ("-c", "--compose-file"):
            if not equals and not rest:
                return None
            files.append(Value.of(text) if equals else rest.pop(0))
        elif name == "--resolve-image":
            rest = rest if equals else rest[1:]
        elif name not in ("--with-registry-auth", "--prune", "--detach", "-d", "--quiet", "-q"):
            return None
    if len(rest) != 1 or not files:
        return None
    return ComposeProject(project_src=resource.context.cwd, files=tuple(files), project_name=rest[0])


class Projects:
    """The projects of a plan, each read once."""

    def __init__(self, plan: Plan, resources: list[Resource]) -> None:
        self._documents = {each.path: each.text for each in plan.documents}
        self._secrets = {each.name for each in plan.exposed}
        self._written = {each.spec.path.key(): each.spec.content for each in resources if isinstance(each.spec, File)}
        self._sent = {
            spec.dest.key(): spec.src for each in resources if each.kind == "upload" and (spec := _any(each)) is not None
        }
        self._known: dict[str, Project] = {}

    def of(self, resource: Resource) -> Project:
        """The project that a resource is about."""
        known = self._known.get(resource.address)
        if known is None:
            known = self._known[resource.address] = _Reader(self, resource).project()
        return known

    def text(self, path: Value, marks: Marks) -> tuple[str, str, bool] | None:
        """A file by its path on the machine that uses it: its text, what it is called, and whether it is only taken
        for that one because of its name."""
        written = self._written.get(path.key())
        if written is not None:
            return marks.text(written), path.shell(), False
        sent = self._sent.get(path.key())
        wanted = (sent or path).shell()
        found = next((name for name in self._documents if wanted.endswith(f"/{name}") or wanted == name), None)
        if found is None and sent is None:
            same = [name for name in self._documents if posixpath.basename(name) == posixpath.basename(wanted)]
            found = same[0] if len(same) == 1 else None
        if found is None:
            return None
        inside = sent is not None or any(isinstance(part, Variable) and part.name == "project_dir" for part in path.parts)
        return self._documents[found], found, not inside

    def beside(self, read_files: list[str], source: str, marks: Marks) -> Value | None:
        """A text of the script's project that a compose file names, as it lies beside that file."""
        first = read_files[0] if read_files else ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(first), source))
        known = first in self._documents and path in self._documents
        return self.masked(self._documents[path], marks) if known else None

    def secret(self, name: str) -> bool:
        """Whether it stands for a secret that was written in a file."""
        return name in self._secrets

    def masked(self, text: str, marks: Marks) -> Value:
        """A text of a document, with a variable for each secret."""
        pieces = _REFERENCE.split(text)
        parts = [
            (Variable(piece) if self.secret(piece) else Literal(f"${{{piece}}}")) if index % 2 else Literal(piece)
            for index, piece in enumerate(pieces)
        ]
        return Value.join([marks.value(part.text) if isinstance(part, Literal) else Value(part) for part in parts])


def _any(resource: Resource) -> Any:
    return resource.spec if getattr(resource.spec, "direction", "") == "push" else None


class _Reader:
    def __init__(self, projects: Projects, resource: Resource) -> None:
        self._projects, self._resource = projects, resource
        self._spec: Any = compose_spec(resource) or resource.spec
        self._marks = Marks()
        self._seen: dict[str, None] = {}
        self._environment = dict(resource.context.environment)
        self._cwd: Value = resource.context.cwd
        named = list(self._spec.files) or self._from_environment()
        self._named = named
        first = absolute(self._cwd, named[0]) if named else None
        own: Value = self._spec.project_src
        self._directory = directory_of(first) if first is not None and own.key() == self._cwd.key() else own
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
                    f"its compose file (`{path.shell()}`) is not there: put it beside the script, or into its project at"
                    " the same path, and convert again"
                )
            found = merged(found, one) if found else one
        return found

    def _usual(self) -> Iterator[Value]:
        places = [absolute(self._directory, Value.of(name)) for name in _USUAL]
        base = next((place for place in places if self._projects.text(place, self._marks) is not None), places[0])
        yield base
        stem = base.shell().rpartition("/")[2].rpartition(".")[0]
        for ending in ("yaml", "yml"):
            more = absolute(self._directory, Value.of(f"{stem}.override.{ending}"))
            if self._projects.text(more, self._marks) is not None:
                yield more

    def _file(self, path: Value) -> Data | None:
        found = self._projects.text(path, self._marks)
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
                    f"`volumes.{name}`: a storage class of the cluster takes the place of {' and '.join(special)}: name it"
                    " in the claim"
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
        text = self._projects.beside(self._project.read, source, self._marks)
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
        if self._projects.secret(name):
            self._seen[name] = None
            return Value(Variable(name))
        if name in self._environment:
            return self._environment[name]
        return self._from_file().get(name)

    def _from_file(self) -> dict[str, Value]:
        paths = [absolute(self._cwd, each) for each in self._spec.env_files]
        found: dict[str, Value] = {}
        for path in paths or [absolute(self._directory, Value.of(".env"))]:
            own = self._projects.text(path, self._marks)
            self._project.written.append(path.key())
            for line in own[0].splitlines() if own is not None and not own[2] else ():
                entry = _ENTRY.fullmatch(line)
                if entry is not None:
                    text = entry[2].strip()
                    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
                    found[entry[1]] = self._projects.masked(bare, self._marks)
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

"""An application of the repository as one environment has it: a workload, and all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.compose import Projects
from converter.render.kubernetes.names import key
from converter.render.kubernetes.texts import Held, Texts

if TYPE_CHECKING:
    from converter.render.kubernetes.driven.needed import Needed

Data = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """The secrets of an environment: variables with what is known of each, files of the host that hold some, and
    registries with a login; the latter two with the name of their object. `objects` are those that the script itself
    makes in a cluster."""

    name: str
    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    registries: dict[str, str] = field(default_factory=dict)
    objects: list[Needed] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What an application finds in its environment: the names of the others, files that the script writes, domains
    that lead to a port of the host, registries with a login, who else mounts a volume, ports that others mention, who
    is called by name, how many hosts there are and their addresses, its compose projects, and the secrets."""

    project: str
    environment: str
    namespace: str
    texts: Texts
    apps: Mapping[str, str]
    files: dict[str, tuple[Value, Resource]]
    sites: Mapping[str, tuple[str, ...]]
    registries: tuple[str, ...] = ()
    mounted: Mapping[str, int] = field(default_factory=dict)
    mentioned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replicas: Mapping[str, int] = field(default_factory=dict)
    called: frozenset[str] = frozenset()
    projects: Projects | None = None
    hosts: tuple[str, ...] = ()
    kept: Kept


@dataclass(slots=True, kw_only=True)
class Image:
    """The image of an application: its name, and its tag or digest, which is "" where the script names none that
    lasts."""

    name: str
    tag: str = ""
    digest: str = ""
    why: str = ""


@dataclass(slots=True, kw_only=True)
class App:
    """`container` and `pod` are parts of the template of its pods; `left` says what a person has to see to,
    `after` which others it waits for, `waited` where the script itself waits for it,
    and `stands` which part of another file it comes from."""

    name: str
    kind: str
    resources: list[Resource]
    around: Surroundings
    image: Image
    container: Data = field(default_factory=dict)
    pod: Data = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    spec: Data = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)
    unset: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    volumes: list[Data] = field(default_factory=list)
    mounts: list[Data] = field(default_factory=list)
    env: list[Data] = field(default_factory=list)
    services: list[Data] = field(default_factory=list)
    public: list[Data] = field(default_factory=list)
    ingress: Data | None = None
    left: list[str] = field(default_factory=list)
    used: list[Resource] = field(default_factory=list)
    level: str = "baseline"
    after: list[str] = field(default_factory=list)
    waited: list[Resource] = field(default_factory=list)
    stands: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/"""
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/part-of": self.around.project}

    @property
    def comments(self) -> list[str]:
        """The lines of the script, and what its author said there."""
        spans = (span.lines() for each in (*self.resources, *self.used) for span in each.origin.spans)
        said = (line for each in self.resources for line in each.origin.comment.splitlines() if line.strip())
        first = ", ".join(dict.fromkeys(spans))
        return [f"{first}: {self.stands}" if self.stands else first, *said]

    def held(self, piece: Held) -> str:
        """The variable of the container that stands for it, which is added if it is not there."""
        name = key(piece.name)
        source = self.source(piece, name)
        while any(each["name"] == name and each.get("valueFrom") != source for each in self.env) or name in self.config:
            name += "_"
        if all(each["name"] != name for each in self.env):
            self.env.insert(0, {"name": name, "valueFrom": source})
        return name

    def source(self, piece: Held, name: str) -> Data:
        """Where the value of a variable comes from."""
        if piece.secret:
            return {"secretKeyRef": {"name": self.secret(piece.name), "key": key(piece.name)}}
        self.unset[name] = piece.why
        return {"configMapKeyRef": {"name": f"{self.name}-config", "key": name}}

    def secret(self, variable: str) -> str:
        """The object that holds the secrets of the script, with that one in it."""
        kept = self.around.kept
        kept.keys[key(variable)] = self.around.texts.help(variable)
        return kept.name

    def expanded(self, value: Value) -> str:
        """Text in which `$(NAME)` stands for what is secret or not known; any other `$` of the script means itself:
        https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/"""
        pieces = self.around.texts.pieces(value)
        text = "".join(piece for piece in pieces if isinstance(piece, str))
        if all(isinstance(piece, str) for piece in pieces):
            return text.replace("$", "$$") if "$(" in text or "$$" in text else text
        return "".join(
            piece.replace("$", "$$") if isinstance(piece, str) else f"$({self.held(piece)})" for piece in pieces
        )

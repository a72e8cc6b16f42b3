"""Sets of objects: what a script applies to one namespace between two waits is one application of the repository."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from converter.model.resource import Resource
from converter.render.kubernetes.app import Data, Image
from converter.render.kubernetes.driven.objects import Object


@dataclass(slots=True)
class Applied:
    """A file of manifests with where it comes from."""

    objects: list[Object]
    resources: list[Resource]

    @property
    def text(self) -> str:
        """The objects as one file."""
        return "---\n".join(["", *(each.text for each in self.objects)])


@dataclass(slots=True)
class Map:
    """A config map that is made of texts: its entry for a generator, and the files that this one reads."""

    entry: Data
    files: dict[str, str]
    resources: list[Resource]


@dataclass(slots=True)
class Wanted:
    """An image that the script puts in place of another one, in these containers."""

    image: Image
    containers: set[tuple[int, str]] = field(default_factory=set)
    resources: list[Resource] = field(default_factory=list)


@dataclass(slots=True)
class ObjectSet:
    """`key` is what it begins with in the plan, `stretch` how many waits were before it; `tree` are the files of a
    kustomization that is kept whole, `root` its folder among them, which is `settled` where that says the namespace
    itself. `after` are the keys of those that it waits for."""

    key: str
    namespace: str
    stretch: int
    files: dict[str, Applied] = field(default_factory=dict)
    maps: dict[str, Map] = field(default_factory=dict)
    replicas: dict[str, tuple[int, list[Resource]]] = field(default_factory=dict)
    images: dict[str, Wanted] = field(default_factory=dict)
    tree: dict[str, str] = field(default_factory=dict)
    root: str = ""
    settled: bool = False
    brought: list[Resource] = field(default_factory=list)
    after: tuple[str, ...] = ()

    def objects(self) -> Iterator[Object]:
        """All objects that stand in its files."""
        for each in self.files.values():
            yield from each.objects

    def resources(self) -> list[Resource]:
        """All lines of the script that it comes from, each once."""
        every = [
            *self.brought,
            *(one for each in self.files.values() for one in each.resources),
            *(one for each in self.maps.values() for one in each.resources),
        ]
        return list({each.address: each for each in every}.values())

    def find(self, kind: str, name: str) -> Object | None:
        """The object of that kind and name."""
        return next((each for each in self.objects() if (each.kind, each.name) == (kind, name)), None)

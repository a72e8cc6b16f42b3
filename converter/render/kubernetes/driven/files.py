"""Files that commands give to a cluster, as the script has left them when it does: what it wrote, filled or edited
comes before what its project has."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from converter.model.paths import absolute
from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.compose.documents import Documents
from converter.render.kubernetes.driven.filled import Filling
from converter.render.kubernetes.driven.words import NotUnderstoodError

_MANIFEST = re.compile(r".*\.(?:ya?ml|json)")
_PROJECT = "${project_dir}/"


class Files:
    """The files of one environment."""

    def __init__(self, plan: Plan, filling: Filling) -> None:
        self._documents = Documents(plan, [])
        self._filling = filling
        self._texts = {each.path: each.text for each in plan.documents}
        self._now: dict[str, str] = {}
        self._lost: dict[str, str] = {}
        self.read: set[str] = set()
        self.named = ""

    def write(self, resource: Resource, path: Value, text: str) -> None:
        """A file as it is from here on."""
        self._now[self.place(resource, path)] = text
        self._lost.pop(self.place(resource, path), None)

    def lose(self, resource: Resource, path: Value, why: str) -> None:
        """A file that is changed in a way that is not followed."""
        self._lost[self.place(resource, path)] = why

    def lost(self, place: str) -> str:
        """Why nobody knows what is in a file, "" where that is known."""
        return self._lost.get(place, "")

    def place(self, resource: Resource, path: Value) -> str:
        """The path as it is known here."""
        return self._documents.plain(absolute(resource.context.cwd, path))

    def text(self, resource: Resource, path: Value) -> str:
        """The text of a file that is applied; an error where it is not there."""
        self.read.add(self.place(resource, path))
        return self.now(resource, path)

    def now(self, resource: Resource, path: Value) -> str:
        """The text of a file as it is; an error where nobody knows it."""
        place = self.place(resource, path)
        self.named = self._known(place) or place.removeprefix(_PROJECT)
        if place in self._lost:
            raise NotUnderstoodError(f"`{path.shell()}` is changed before: {self._lost[place]}")
        if place in self._now:
            return self._now[place]
        known = self._known(place)
        if known is None:
            raise NotUnderstoodError(f"`{path.shell()}` is not beside the script, where it would be read")
        return self._filling.masked(self._texts[known])

    def has(self, resource: Resource, path: Value) -> bool:
        """Whether it is there, or was before it was changed."""
        place = self.place(resource, path)
        return place in self._now or place in self._lost or self._known(place) is not None

    def name(self, resource: Resource, path: Value) -> str:
        """What a file is called in the project."""
        place = self.place(resource, path)
        return self._known(place) or place.removeprefix(_PROJECT)

    def folder(self, resource: Resource, path: Value, *, deep: bool = False) -> list[Value]:
        """The manifests in a folder, as kubectl takes them: not those in folders below, and in the order of names."""
        place = self.place(resource, path)
        own = sorted({*self._below(place), *(name for name in self._now if name.startswith(f"{place}/"))})
        kept = [name for name in own if deep or "/" not in name.removeprefix(f"{place}/")]
        return [Value.parsed(name) for name in kept if _MANIFEST.fullmatch(name)]

    def tree(self, resource: Resource, path: Value) -> tuple[dict[str, str], str]:
        """A kustomization with all that it is made of, by paths in their common folder, and its own folder there."""
        place = self.place(resource, path)
        first = next(iter(self._below(place)), None)
        if first is None:
            raise NotUnderstoodError(f"`{path.shell()}` is not beside the script, where it would be read")
        root = self._known(first) or ""
        home = root[: len(root) - len(first.removeprefix(f"{place}/"))].rstrip("/")
        names = self._reached(home, {home})
        changed = [here for here in (*self._now, *self._lost) if self._known(here) in names]
        if changed:
            raise NotUnderstoodError(f"`{changed[0].removeprefix(_PROJECT)}` is changed before it is applied")
        top = posixpath.commonpath([posixpath.dirname(name) or "." for name in names]) if names else home
        top = "" if top == "." else top
        inside = {posixpath.relpath(name, top or "."): self._filling.masked(self._texts[name]) for name in names}
        return inside, posixpath.relpath(home or ".", top or ".")

    def _reached(self, home: str, seen: set[str]) -> list[str]:
        """The files of a kustomization's folder, and of those that it names outside."""
        own = [name for name in self._texts if not home or name.startswith(f"{home}/")]
        found = list(own)
        for name in own:
            if posixpath.basename(name) in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
                for above in re.findall(r"(?m)^\s*(?:-\s+|[\w-]+:\s+)[\"']?(\.\./[^\s\"'#]+)", self._texts[name]):
                    other = posixpath.normpath(posixpath.join(posixpath.dirname(name), above))
                    if other in self._texts:
                        found.append(other)
                    elif other not in seen:
                        seen.add(other)
                        found += self._reached(other, seen)
        return list(dict.fromkeys(found))

    def _below(self, place: str) -> Iterator[str]:
        """The paths of the project's files in a folder, as commands would name them."""
        inside = place.removeprefix(_PROJECT).rstrip("/") if place != _PROJECT.rstrip("/") else ""
        for name in self._texts:
            if not inside or name.startswith(f"{inside}/"):
                yield f"{place}/{name.removeprefix(f'{inside}/')}"
            elif f"/{inside}/" in f"/{name}":
                yield f"{place}/{f'/{name}'.partition(f'/{inside}/')[2]}"

    def _known(self, place: str) -> str | None:
        """The file of the project under that path, also where it is run from a folder of the project."""
        if not place.startswith(_PROJECT):
            return None
        inside = posixpath.normpath(place.removeprefix(_PROJECT))
        if inside in self._texts:
            return inside
        alike = [name for name in self._texts if name.endswith(f"/{inside}")]
        return alike[0] if len(alike) == 1 else None

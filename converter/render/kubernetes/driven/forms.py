"""A set of objects as one environment has it: files without marks, and fields for what is changed from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from converter.model.resource import Resource
from converter.render.kubernetes.app import Image
from converter.render.kubernetes.driven.driving import Driving
from converter.render.kubernetes.driven.filled import MARK, Filling
from converter.render.kubernetes.driven.inside import with_references
from converter.render.kubernetes.driven.needed import Needed
from converter.render.kubernetes.driven.objects import CLUSTER_WIDE, Object
from converter.render.kubernetes.driven.sets import Applied, Map, ObjectSet, Wanted
from converter.render.kubernetes.images import image_of
from converter.render.kubernetes.names import key
from converter.render.kubernetes.texts import Held

File = tuple[list[Object], list[Resource]]


@dataclass(slots=True)
class Form:
    """`files` stand in the repository as they are, `waiting` only once somebody has filled them in: by name, the
    objects, where they come from, and what is missing."""

    group: ObjectSet
    driving: Driving
    files: dict[str, File] = field(default_factory=dict)
    waiting: dict[str, tuple[File, list[Held]]] = field(default_factory=dict)
    images: dict[str, tuple[Image, list[Resource]]] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """Where its objects are that do not say so themselves."""
        return self.group.namespace

    @property
    def maps(self) -> dict[str, Map]:
        """The config maps that are made of texts."""
        return self.group.maps

    @property
    def replicas(self) -> dict[str, tuple[int, list[Resource]]]:
        """How many there are of a workload, where the script says it from outside."""
        return self.group.replicas

    @property
    def alone(self) -> bool:
        """Whether no object names another namespace itself."""
        own = {each.namespace for each in self.group.objects()}
        return not self.group.tree and own <= {"", self.namespace}

    @property
    def namespaces(self) -> tuple[str, ...]:
        """All that its objects are in."""
        own = (each.namespace or self.namespace for each in self.group.objects())
        return tuple(dict.fromkeys((self.namespace, *own)))

    @property
    def cluster_wide(self) -> tuple[tuple[str, str], ...]:
        """Group and kind of what is in no namespace."""
        found = {
            (str(each.data["apiVersion"]).rpartition("/")[0], each.kind)
            for each in self.group.objects()
            if each.kind in CLUSTER_WIDE
        }
        return tuple(sorted(found))


def form(driving: Driving, group: ObjectSet, secrets: str) -> Form:
    """The set without marks; `secrets` is what an object is called that holds those of its pods."""
    found = Form(group, driving)
    for applied in group.files.values():
        for each in applied.objects:
            _images(driving, group, each, applied.resources)
    for name, applied in group.files.items():
        _references(driving, group, applied, secrets)
        known = [each for each in applied.objects if not each.waits]
        if known:
            found.files[name] = known, applied.resources
        missing = [each for each in applied.objects if each.waits]
        if missing:
            held = list(_held(driving.filling, missing))
            shown = [Object(driving.filling.shown(each.text), each.data) for each in missing]
            found.waiting[name] = (shown, applied.resources), held
    for name, wanted in group.images.items():
        if _clashes(driving, group, name, wanted):
            continue
        found.images[name] = wanted.image, wanted.resources
    return found


def _images(driving: Driving, group: ObjectSet, each: Object, resources: list[Resource]) -> None:
    """Images that templates were filled with: the tag of such a one is a field of the environment."""
    for container in each.containers():
        text = str(container.get("image", ""))
        if not MARK.search(text):
            continue
        image = image_of(driving.filling.pieces(text))
        wanted = group.images.setdefault(image.name, Wanted(image))
        wanted.containers.add((id(each), str(container.get("name"))))
        wanted.resources += resources
        each.text = each.text.replace(text, image.name)
        container["image"] = image.name


def _clashes(driving: Driving, group: ObjectSet, name: str, wanted: Wanted) -> bool:
    """Whether a container has an image of that name that the script leaves as it is."""
    others = [
        (each.name, str(one.get("name")))
        for each in group.objects()
        for one in each.containers()
        if driving.image_named(str(one.get("image", ""))) == name
        and (id(each), str(one.get("name"))) not in wanted.containers
    ]
    if not others or group.tree:
        return False
    shown = ", ".join(f"`{container}` of `{owner}`" for owner, container in others)
    reason = f"`{name}` is the image of {shown} too, which the script leaves as it is: give one of them another name"
    for each in dict.fromkeys(one.address for one in wanted.resources):
        resource = next(one for one in wanted.resources if one.address == each)
        driving.left.append((resource, reason, True))
    return True


def _references(driving: Driving, group: ObjectSet, applied: Applied, secrets: str) -> None:
    """Secrets in the environment of pods are named there, and stand in the store."""
    for each in applied.objects:
        if not each.waits:
            continue
        used = with_references(each, driving.filling, secrets)
        if used:
            needed = Needed(secrets, each.namespace or group.namespace, resources=list(applied.resources))
            needed.keys = {key(name): driving.filling.texts.help(name) for name in used}
            needed.variables = {key(name): name for name in used}
            driving.need(needed)


def _held(filling: Filling, objects: list[Object]) -> Iterator[Held]:
    seen: dict[str, Held] = {}
    for each in objects:
        for piece in filling.pieces(each.text):
            if isinstance(piece, Held):
                seen.setdefault(piece.name, piece)
    yield from seen.values()

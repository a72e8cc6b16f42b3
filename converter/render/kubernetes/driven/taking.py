"""What becomes of an object that a script applies: a file, a namespace of the environment, or a secret of its store."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from converter.model.resource import Resource
from converter.render.kubernetes.driven.filled import MARK
from converter.render.kubernetes.driven.needed import declared
from converter.render.kubernetes.driven.objects import CLUSTER_WIDE, Object
from converter.render.kubernetes.driven.sets import Applied, ObjectSet
from converter.render.kubernetes.driven.words import NotUnderstoodError
from converter.render.kubernetes.names import label
from converter.render.kubernetes.texts import Held

if TYPE_CHECKING:
    from converter.render.kubernetes.driven.driving import Driving


def take(driving: Driving, resource: Resource, objects: Sequence[Object], path: str, namespace: str) -> None:
    """The objects of one file, or of a text that the script has in itself."""
    for each in objects:
        if each.kind == "List":
            raise NotUnderstoodError(f"`{path}` holds a List: write its items as objects of their own")
    rest = []
    for each in objects:
        if each.kind == "Secret" and (each.data.get("data") or each.data.get("stringData")):
            driving.need(declared(each, namespace, resource, _variables(driving, each)))
        elif each.kind == "Namespace":
            driving.namespaces.setdefault(each.name, []).append(resource)
        elif not _again(driving, resource, each, namespace):
            rest.append(each)
    if rest:
        group = driving.set_of(resource, _space(rest, namespace))
        name = _free(group, path or f"{label(rest[0].kind)}-{label(rest[0].name)}.yaml")
        group.files[name] = Applied(rest, [resource])
    driving.made[resource.address] = resource


def _space(objects: Sequence[Object], namespace: str) -> str:
    """The namespace that all objects name themselves, or else that of the command."""
    own = {each.namespace for each in objects if each.kind not in CLUSTER_WIDE}
    return own.pop() if len(own) == 1 and "" not in own else namespace


def _variables(driving: Driving, each: Object) -> dict[str, str]:
    """Which secret of the script stands for a value."""
    found = {}
    for part in ("data", "stringData"):
        values = each.data.get(part)
        for key, value in values.items() if isinstance(values, dict) else ():
            pieces = driving.filling.pieces(str(value))
            held = next((piece for piece in pieces if isinstance(piece, Held)), None)
            if held is not None:
                found[str(key)] = held.name
    return found


def _again(driving: Driving, resource: Resource, each: Object, namespace: str) -> bool:
    """An object that is applied once more: the last one counts, in its first place."""
    for group in driving.sets:
        for applied in group.files.values():
            for place, other in enumerate(applied.objects):
                own = (other.kind, other.name, other.namespace or group.namespace)
                if own == (each.kind, each.name, each.namespace or namespace):
                    applied.objects[place] = each
                    applied.resources.append(resource)
                    return True
    return False


def _free(group: ObjectSet, path: str) -> str:
    """A name in the folder of manifests; the file's own, with its folder where two have the same."""
    plain = re.sub(r"[^\w./-]", "-", MARK.sub("-", path)).strip("/")
    name = posixpath.basename(plain) or "manifests.yaml"
    name = name if name.endswith((".yaml", ".yml", ".json")) else f"{name}.yaml"
    if name in group.files:
        parent = posixpath.basename(posixpath.dirname(plain))
        name = f"{parent}-{name}" if parent else name
    stem, dot, ending = name.rpartition(".")
    number, free = 2, name
    while free in group.files:
        number, free = number + 1, f"{stem}-{number}{dot}{ending}"
    return free

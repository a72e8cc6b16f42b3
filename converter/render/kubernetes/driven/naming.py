"""Names of applications that a script applies as manifests: the same in all environments."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from converter.render.kubernetes.driven.driving import Driving
from converter.render.kubernetes.driven.objects import WORKLOADS
from converter.render.kubernetes.driven.sets import ObjectSet
from converter.render.kubernetes.names import Unique, label

_GENERIC = ("base", "overlays", "kustomize", "k8s", "kubernetes", "manifests", "deploy", "deployment", ".", "")


def set_names(drivings: Sequence[Driving], project: str, taken: Iterable[str]) -> dict[str, str]:
    """The name of each set and of each release by its key; a release has its own, and where there is one set only, that
    is called like the project."""
    found: dict[str, ObjectSet] = {}
    releases: dict[str, str] = {}
    for driving in drivings:
        for group in driving.sets:
            found.setdefault(group.key, group)
        for draft in driving.releases:
            releases.setdefault(draft.key, draft.release)
    environments = {driving.environment for driving in drivings}
    unique = Unique(taken)
    names = {key: unique.name(label(release)) for key, release in releases.items()}
    if len(found) == 1:
        return names | {next(iter(found)): unique.name(project)}
    return names | {key: unique.name(label(_wanted(group, environments) or project)) for key, group in found.items()}


def _wanted(group: ObjectSet, environments: set[str]) -> str:
    if group.tree:
        names = group.root.split("/") if group.root != "." else []
        return next((name for name in reversed(names) if name not in (*_GENERIC, *environments)), "")
    for kind in WORKLOADS:
        for each in group.objects():
            if each.kind == kind and "\ue000" not in each.name:
                return each.name
    first = next(iter(group.files), "") or next(iter(group.maps), "")
    return posixpath.splitext(first)[0]

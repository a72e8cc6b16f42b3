"""Flux: the cluster pulls this repository and makes each application so, after those that it needs are ready.

In: the plan and the tree of the Kubernetes target. Out: files under `clusters/ENVIRONMENT/`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile
from converter.render.delivery.applications import (
    REPOSITORY,
    Application,
    applications,
    environments,
    patched,
    repository,
    tree_of,
    unbuilt,
)
from converter.render.delivery.flux_images import image_automation
from converter.render.delivery.flux_releases import release_files
from converter.render.kubernetes.names import label
from converter.render.yaml import document, mapping

Data = dict[str, Any]

SYSTEM = "flux-system"
_KEEP = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
_FORCE = {"kustomize.toolkit.fluxcd.io/force": "enabled"}


def flux(plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
    """A folder for each cluster: https://fluxcd.io/flux/components/kustomize/kustomizations/"""
    places = environments(plan, tree)
    charts = release_files(tree, label(plan.name), SYSTEM)
    whole = msgspec.structs.replace(tree, files=(*tree.files, *charts))
    files = [*charts, *(file for name in places for file in _cluster(plan, whole, name))]
    files += image_automation(tree, label(plan.name), SYSTEM, places[0]) if places else []
    settings = [repository([f"clusters/{name}/source.yaml" for name in places])] if places else []
    return tree_of(files, settings, unbuilt(plan, tree, "flux", beside))


def _cluster(plan: Plan, tree: FileTree, environment: str) -> list[TreeFile]:
    project, root = label(plan.name), f"clusters/{environment}"
    encrypted = tree.store is not None and tree.store.name == "sops"
    found = {
        "source": _source(project),
        "cluster": _kustomization(project, project, f"./{root}"),
        "environment": _environment(project, environment, encrypted),
    }
    for each in applications(tree, environment):
        before = [f"{project}-{other}" for other in each.after] or [f"{project}-environment"]
        found[f"app-{each.name}"] = _of_app(f"{project}-{each.name}", project, each, environment, before)
    said = {
        "source": ["Where the cluster looks for what should be so."],
        "cluster": ["This folder itself, so that a change here needs no hand on the cluster."],
        "environment": ["The namespace and the secrets, before everything else."],
    }
    files = [
        TreeFile(path=f"{root}/{stem}.yaml", text=document(data, said.get(stem, ()))) for stem, data in found.items()
    ]
    waiting = {
        f"app-{each.name}": each.waits for each in tree.releases if each.environment == environment and each.waits
    }
    entries: list[tuple[str, Any, Sequence[str]]] = [
        ("apiVersion", "kustomize.config.k8s.io/v1beta1", ()),
        ("kind", "Kustomization", ()),
        ("resources", [f"{stem}.yaml" for stem in found if stem not in waiting], ()),
    ]
    if waiting:
        lines = [
            f"  - {stem}.yaml (put in {', '.join(f'`{each}`' for each in waits)})" for stem, waits in waiting.items()
        ]
        entries.append(("waiting", ..., ["To be named above once what they lack is put in:", *lines]))
    head = [f"What Flux makes so in the cluster of {environment}. Once, by hand: kubectl apply -k {root}"]
    return [*files, TreeFile(path=f"{root}/kustomization.yaml", text=mapping(entries, head))]


def _source(project: str) -> Data:
    """https://fluxcd.io/flux/components/source/gitrepositories/"""
    spec = {"interval": "1m0s", "url": REPOSITORY, "ref": {"branch": "main"}, "secretRef": {"name": f"{project}-git"}}
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": project, "namespace": SYSTEM},
        "spec": spec,
    }


def _kustomization(name: str, project: str, path: str, **more: Any) -> Data:
    spec: Data = {
        **more.pop("first", {}),
        "interval": "10m0s",
        "retryInterval": "1m0s",
        "timeout": more.pop("timeout", "5m0s"),
        "path": path,
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": project},
        **more,
    }
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": SYSTEM},
        "spec": spec,
    }


def _environment(project: str, environment: str, encrypted: bool) -> Data:
    """The namespace holds everything, so that it is never pruned."""
    keys = {"decryption": {"provider": "sops", "secretRef": {"name": "sops-age"}}} if encrypted else {}
    keep = [patched("Namespace", _KEEP, {"kind": "Namespace"})]
    path = f"./environments/{environment}"
    return _kustomization(f"{project}-environment", project, path, wait=True, **keys, patches=keep)


def _of_app(name: str, project: str, app: Application, environment: str, before: list[str]) -> Data:
    """A job is made anew where its image or command has changed, since no cluster changes one."""
    more: Data = {"wait": True, **({"force": True} if app.job else {})}
    patches = [patched("PersistentVolumeClaim", _KEEP, {"kind": "PersistentVolumeClaim"})] if app.keeps else []
    patches += [patched("Job", _FORCE, {"kind": "Job"})] if app.own else []
    more |= {"patches": patches} if patches else {}
    first = {"dependsOn": [{"name": other} for other in before]}
    timeout = "30m0s" if app.job else "10m0s"
    path = f"./apps/{app.name}/overlays/{environment}"
    return _kustomization(name, project, path, first=first, timeout=timeout, **more)

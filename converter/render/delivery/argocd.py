"""Argo CD: an Application for each environment, which brings up what the script did, in waves where something
has to wait.

In: the plan and the tree of the Kubernetes target. Out: `argocd/` with the project and the ApplicationSet, and
`clusters/ENVIRONMENT/` with everything of one environment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile
from converter.render.delivery.applications import (
    REPOSITORY,
    applications,
    environments,
    patched,
    repository,
    tree_of,
    unbuilt,
    waves,
)
from converter.render.delivery.argocd_notifications import PART_OF, notifications
from converter.render.delivery.argocd_releases import missing, release_applications
from converter.render.kubernetes.names import label
from converter.render.yaml import document, mapping

Data = dict[str, Any]

_API = "argoproj.io/v1alpha1"
_HERE = "https://kubernetes.default.svc"
_WAVE = "argocd.argoproj.io/sync-wave"
_KEEP = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
_ONCE = {
    "argocd.argoproj.io/hook": "Sync",
    "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
}
_POLICY = {
    "automated": {"prune": True, "selfHeal": True},
    "syncOptions": ["ServerSideApply=true", "PruneLast=true"],
    "retry": {"limit": 5, "backoff": {"duration": "30s", "factor": 2, "maxDuration": "10m"}},
}


def argocd(plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
    """https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/"""
    places = environments(plan, tree)
    if not places:
        return tree_of((), (), unbuilt(plan, tree, "argocd", beside))
    project = label(plan.name)
    spaces = {name: _spaces(tree, name, project, several=len(plan.environments) > 1) for name in places}
    said = "Once, by hand: kubectl apply -k argocd"
    first = {name: own[0] for name, own in spaces.items()}
    own = {"project": _project(project, spaces, tree), "applications": _applications(project, first)}
    files = [TreeFile(path=f"argocd/{stem}.yaml", text=document(data)) for stem, data in own.items()]
    charts, listed, waiting = release_applications(tree, project, _POLICY)
    entries: list[tuple[str, Any, Sequence[str]]] = [
        (key, value, ()) for key, value in _kustomization([*(f"{stem}.yaml" for stem in own), *listed]).items()
    ]
    entries += [("waiting", ..., ["To be named above once what they lack is put in:", *waiting])] if waiting else []
    files.append(TreeFile(path="argocd/kustomization.yaml", text=mapping(entries, [said])))
    files.append(notifications(project))
    files += [*charts, *(file for name in places for file in _cluster(tree, name))]
    settings = [repository(["argocd/project.yaml", "argocd/applications.yaml", *(file.path for file in charts)])]
    return tree_of(files, settings, (*unbuilt(plan, tree, "argocd", beside), *missing(tree)))


def _kustomization(resources: list[str]) -> Data:
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources}


def _spaces(tree: FileTree, environment: str, project: str, *, several: bool) -> list[str]:
    """The namespaces of an environment: its own, where something there is not the author's, and those that manifests
    of the author name."""
    mine = [project if not several else f"{project}-{label(environment)}"]
    own = {each.name for each in tree.manifests}
    theirs = [space for each in tree.manifests if each.environment == environment for space in each.namespaces]
    theirs += [each.namespace for each in tree.releases if each.environment == environment]
    made = any(app.name not in own for app in applications(tree, environment))
    return list(dict.fromkeys([*(mine if made or not theirs else []), *theirs]))


def _project(project: str, spaces: dict[str, list[str]], tree: FileTree) -> Data:
    """Nothing of this project reaches another namespace, and of what no namespace holds, it makes its own only."""
    destinations = dict.fromkeys(space for own in spaces.values() for space in own)
    wide = dict.fromkeys([("", "Namespace"), *(kind for each in tree.manifests for kind in each.cluster_wide)])
    # Charts bring definitions and roles of their own; which ones, only they say.
    wide = {("*", "*"): None} if tree.releases else wide
    charts = dict.fromkeys(each.repository.removeprefix("oci://") for each in tree.releases if each.repository)
    spec = {
        "description": f"What {project} is, as its repository says",
        "sourceRepos": [REPOSITORY, *charts],
        "destinations": [{"server": _HERE, "namespace": space} for space in destinations],
        "clusterResourceWhitelist": [{"group": group, "kind": kind} for group, kind in wide],
        "orphanedResources": {"warn": True},
    }
    return {
        "apiVersion": _API,
        "kind": "AppProject",
        "metadata": {"name": project, "namespace": "argocd"},
        "spec": spec,
    }


def _applications(project: str, spaces: dict[str, str]) -> Data:
    """One for each environment; each may be in a cluster of its own."""
    elements = [{"environment": name, "server": _HERE, "namespace": space} for name, space in spaces.items()]
    template: Data = {
        "metadata": {"name": f"{project}-{{{{ .environment }}}}", "labels": {PART_OF: project}},
        "spec": {
            "project": project,
            "source": {"repoURL": REPOSITORY, "targetRevision": "main", "path": "clusters/{{ .environment }}"},
            "destination": {"server": "{{ .server }}", "namespace": "{{ .namespace }}"},
            "syncPolicy": _POLICY,
        },
    }
    spec = {
        "goTemplate": True,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"list": {"elements": elements}}],
        "syncPolicy": {"preserveResourcesOnDeletion": True},
        "template": template,
    }
    metadata = {"name": project, "namespace": "argocd"}
    return {"apiVersion": _API, "kind": "ApplicationSet", "metadata": metadata, "spec": spec}


def _cluster(tree: FileTree, environment: str) -> list[TreeFile]:
    """Everything of an environment: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"""
    apps = applications(tree, environment)
    numbers, root = waves(apps), f"clusters/{environment}"
    resources = [
        f"../../environments/{environment}",
        *(app.name if app.own else f"../../apps/{app.name}/overlays/{environment}" for app in apps),
    ]
    patches = [
        patched("Any", {_WAVE: str(numbers[app.name])}, {"labelSelector": f"app.kubernetes.io/name={app.name}"})
        for app in apps
        if not app.own
    ]
    if any(app.job or app.own for app in apps):
        patches.append(patched("Job", _ONCE, {"kind": "Job"}))
    patches.append(patched("Namespace", _KEEP, {"kind": "Namespace"}))
    if any(app.keeps for app in apps):
        patches.append(patched("PersistentVolumeClaim", _KEEP, {"kind": "PersistentVolumeClaim"}))
    said = [f"Everything of {environment}; each wave begins when the one before it is ready, as the script waited too."]
    data = {**_kustomization(resources), "patches": patches}
    own = [_own(app.name, environment, numbers[app.name]) for app in apps if app.own]
    return [TreeFile(path=f"{root}/kustomization.yaml", text=document(data, said)), *own]


def _own(name: str, environment: str, wave: int) -> TreeFile:
    """An application whose objects have no label in common: a folder of its own gives all of them their wave."""
    data = _kustomization([f"../../../apps/{name}/overlays/{environment}"])
    data["patches"] = [patched("Any", {_WAVE: str(wave)}, {"kind": ".*"})]
    return TreeFile(path=f"clusters/{environment}/{name}/kustomization.yaml", text=document(data))

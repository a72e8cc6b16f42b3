"""Argo CD: an Application for each environment, which brings up what the script did, in waves where something
has to wait.

In: the plan and the tree of the Kubernetes target. Out: `argocd/` with the project and the ApplicationSet, and
`clusters/ENVIRONMENT/` with everything of one environment.
"""

from __future__ import annotations

from collections.abc import Collection
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
from converter.render.kubernetes.names import label
from converter.render.yaml import document

Data = dict[str, Any]

_API = "argoproj.io/v1alpha1"
_HERE = "https://kubernetes.default.svc"
_WAVE = "argocd.argoproj.io/sync-wave"
_KEEP = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
_ONCE = {
    "argocd.argoproj.io/hook": "Sync",
    "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
}


def argocd(plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
    """https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/"""
    places = environments(plan, tree)
    if not places:
        return tree_of((), (), unbuilt(plan, tree, "argocd", beside))
    project = label(plan.name)
    spaces = {name: project if len(plan.environments) == 1 else f"{project}-{label(name)}" for name in places}
    said = "Once, by hand: kubectl apply -k argocd"
    own = {"project": _project(project, spaces), "applications": _applications(project, spaces)}
    files = [TreeFile(path=f"argocd/{stem}.yaml", text=document(data)) for stem, data in own.items()]
    listed = _kustomization([f"{stem}.yaml" for stem in own])
    files.append(TreeFile(path="argocd/kustomization.yaml", text=document(listed, [said])))
    files += [_cluster(tree, name) for name in places]
    settings = [repository(["argocd/project.yaml", "argocd/applications.yaml"])]
    return tree_of(files, settings, unbuilt(plan, tree, "argocd", beside))


def _kustomization(resources: list[str]) -> Data:
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources}


def _project(project: str, spaces: dict[str, str]) -> Data:
    """Nothing of this project reaches another namespace, and of what no namespace holds, it makes its own only."""
    spec = {
        "description": f"What {project} is, as its repository says",
        "sourceRepos": [REPOSITORY],
        "destinations": [{"server": _HERE, "namespace": space} for space in spaces.values()],
        "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
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
    retry = {"limit": 5, "backoff": {"duration": "30s", "factor": 2, "maxDuration": "10m"}}
    policy = {
        "automated": {"prune": True, "selfHeal": True},
        "syncOptions": ["ServerSideApply=true", "PruneLast=true"],
        "retry": retry,
    }
    template: Data = {
        "metadata": {"name": f"{project}-{{{{ .environment }}}}"},
        "spec": {
            "project": project,
            "source": {"repoURL": REPOSITORY, "targetRevision": "main", "path": "clusters/{{ .environment }}"},
            "destination": {"server": "{{ .server }}", "namespace": "{{ .namespace }}"},
            "syncPolicy": policy,
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


def _cluster(tree: FileTree, environment: str) -> TreeFile:
    """Everything of an environment: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"""
    apps = applications(tree, environment)
    resources = [
        f"../../environments/{environment}",
        *(f"../../apps/{app.name}/overlays/{environment}" for app in apps),
    ]
    patches = [
        patched("Any", {_WAVE: str(number)}, {"labelSelector": f"app.kubernetes.io/name={name}"})
        for name, number in waves(apps).items()
    ]
    if any(app.job for app in apps):
        patches.append(patched("Job", _ONCE, {"kind": "Job"}))
    patches.append(patched("Namespace", _KEEP, {"kind": "Namespace"}))
    if any(app.keeps for app in apps):
        patches.append(patched("PersistentVolumeClaim", _KEEP, {"kind": "PersistentVolumeClaim"}))
    said = [f"Everything of {environment}; each wave begins when the one before it is ready, as the script waited too."]
    data = {**_kustomization(resources), "patches": patches}
    return TreeFile(path=f"clusters/{environment}/kustomization.yaml", text=document(data, said))

"""Releases of charts for Argo CD: an Application for each, whose values are files of this repository.

They stand beside the ApplicationSet, in a folder that Argo CD applies by itself once it is there.
"""

from __future__ import annotations

from typing import Any

from converter.model.release import Release
from converter.model.tree import FileTree, TreeFile, Unsupported
from converter.render.delivery.applications import REPOSITORY
from converter.render.delivery.argocd_notifications import PART_OF
from converter.render.kubernetes.names import label
from converter.render.yaml import document

Data = dict[str, Any]

_API = "argoproj.io/v1alpha1"
_HERE = "https://kubernetes.default.svc"
_SECRET = (
    "Argo CD puts no secret into values: let the chart name an object that is there (`existingSecret` in many), which"
    " the store of secrets makes"
)
_FORCE = "`--force` makes objects anew that can't be changed: Argo CD does so where an object has `Replace=true`"


def release_applications(tree: FileTree, project: str, policy: Data) -> tuple[list[TreeFile], list[str], list[str]]:
    """The files, those that the folder lists, and those that it lists once what they lack is put in."""
    files, listed, waiting = [], [], []
    for each in tree.releases:
        stem = f"release-{each.name}-{label(each.environment)}"
        text = document(_application(each, project, policy), [each.lines])
        files.append(TreeFile(path=f"argocd/{stem}.yaml", text=text))
        lacks = [*each.waits, *(place for _, _, place in each.secrets)]
        if lacks:
            waiting.append(f"  - {stem}.yaml (put in {', '.join(f'`{name}`' for name in lacks)})")
        else:
            listed.append(f"{stem}.yaml")
    if files:
        said = ["This folder itself, so that a new version of a chart needs no hand on the cluster."]
        files.append(TreeFile(path="argocd/itself.yaml", text=document(_itself(project), said)))
        listed.append("itself.yaml")
    return files, listed, waiting


def missing(tree: FileTree) -> tuple[Unsupported, ...]:
    """What of a release Argo CD has nothing for."""
    found = (
        Unsupported(address=each.addresses[0], target="argocd", reason=reason, part=True)
        for each in tree.releases
        for reason, asked in (
            (f"{_SECRET} (`{'`, `'.join(place for _, _, place in each.secrets)}`)", bool(each.secrets)),
            (_FORCE, each.force),
        )
        if asked
    )
    return tuple(dict.fromkeys(found))


def _application(each: Release, project: str, policy: Data) -> Data:
    """https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/"""
    spec: Data = {
        "project": project,
        "destination": {"server": _HERE, "namespace": each.namespace},
        "sources": _sources(each),
        "syncPolicy": policy,
    }
    name = label(f"{project}-{each.name}-{each.environment}")
    metadata = {"name": name, "namespace": "argocd", "labels": {PART_OF: project}}
    return {"apiVersion": _API, "kind": "Application", "metadata": metadata, "spec": spec}


def _sources(each: Release) -> list[Data]:
    own = {"repoURL": REPOSITORY, "targetRevision": "main"}
    helm: Data = {"releaseName": each.release}
    if each.path:
        helm |= {"valueFiles": [f"/{path}" for path in each.values]} if each.values else {}
        return [{**own, "path": each.path, "helm": helm}]
    helm |= {"valueFiles": [f"$values/{path}" for path in each.values]} if each.values else {}
    address = each.repository.removeprefix("oci://")
    chart = {"repoURL": address, "chart": each.chart, "targetRevision": each.version, "helm": helm}
    return [chart, *([{**own, "ref": "values"}] if each.values else [])]


def _itself(project: str) -> Data:
    source = {"repoURL": REPOSITORY, "targetRevision": "main", "path": "argocd"}
    spec = {
        "project": "default",
        "source": source,
        "destination": {"server": _HERE, "namespace": "argocd"},
        "syncPolicy": {"automated": {"prune": False, "selfHeal": True}},
    }
    metadata = {"name": f"{project}-applications", "namespace": "argocd"}
    return {"apiVersion": _API, "kind": "Application", "metadata": metadata, "spec": spec}

"""Releases of charts for Flux: a HelmRelease for each environment, with its values as config maps.

A release keeps the name and the namespace that the script gave it: the agent goes on with what Helm has there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from converter.model.release import Release
from converter.model.tree import FileTree, TreeFile
from converter.render.kubernetes.names import label
from converter.render.yaml import document

Data = dict[str, Any]

_API = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
# What makes the name of a config map, which changes with its content, that of the reference:
# https://fluxcd.io/flux/guides/helmreleases/#refer-to-values-in-configmaps-generated-with-kustomize
_NAMES = {
    "nameReference": [
        {"kind": "ConfigMap", "version": "v1", "fieldSpecs": [{"path": "spec/valuesFrom/name", "kind": "HelmRelease"}]}
    ]
}


def release_files(tree: FileTree, project: str, system: str) -> list[TreeFile]:
    """The folders of all releases; `project` and `system` are name and namespace of the repository for Flux."""
    found: dict[str, TreeFile] = {}
    for each in tree.releases:
        for file in (*_base(each), *_overlay(each, project, system)):
            found.setdefault(file.path, file)
    return list(found.values())


def _base(each: Release) -> Iterator[TreeFile]:
    """The values that environments share."""
    root = f"apps/{each.name}/base"
    own = [path.removeprefix(f"{root}/") for path in each.values if path.startswith(f"{root}/")]
    if own:
        data = {**_API, "configMapGenerator": [_generator(f"{each.name}-values", own)]}
        said = [f"The values of {each.name} in every environment."]
        yield TreeFile(path=f"{root}/kustomization.yaml", text=document(data, said))


def _overlay(each: Release, project: str, system: str) -> Iterator[TreeFile]:
    root = f"apps/{each.name}/overlays/{each.environment}"
    own = [path.removeprefix(f"{root}/") for path in each.values if path.startswith(f"{root}/")]
    shared = len(own) < len(each.values)
    resources = ["../../base"] if shared else []
    if each.repository:
        resources.append("repository.yaml")
        yield TreeFile(path=f"{root}/repository.yaml", text=document(_repository(each), [each.lines]))
    data: Data = {**_API, "namespace": each.namespace, "resources": [*resources, "release.yaml"]}
    if own:
        data["configMapGenerator"] = [_generator(_own(each), own)]
    if each.values:
        data["configurations"] = ["names.yaml"]
        said = ["Where the names of config maps stand."]
        yield TreeFile(path=f"{root}/names.yaml", text=document(_NAMES, said))
    said = [f"The release {each.name} in {each.environment}."]
    yield TreeFile(path=f"{root}/kustomization.yaml", text=document(data, said))
    yield TreeFile(path=f"{root}/release.yaml", text=document(_release(each, project, system), [each.lines]))


def _generator(name: str, files: Sequence[str]) -> Data:
    return {"name": name, "files": [file if _key(file) == file else f"{_key(file)}={file}" for file in files]}


def _key(file: str) -> str:
    """A file in its map: two folders may have one of the same name."""
    return file.replace("/", "-")


def _own(each: Release) -> str:
    return f"{each.name}-values-{label(each.environment)}"


def _repository(each: Release) -> Data:
    """https://fluxcd.io/flux/components/source/helmrepositories/"""
    kind = {"type": "oci"} if each.repository.startswith("oci://") else {}
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "HelmRepository",
        "metadata": {"name": each.name},
        "spec": {**kind, "interval": "1h0m0s", "url": each.repository},
    }


def _release(each: Release, project: str, system: str) -> Data:
    """https://fluxcd.io/flux/components/helm/helmreleases/"""
    spec: Data = {"interval": "10m0s"}
    spec |= {"timeout": each.timeout} if each.timeout else {}
    spec |= {"releaseName": each.release}
    spec |= {"maxHistory": each.history} if each.history else {}
    spec["chart"] = {"spec": _chart(each, project, system)}
    remedy = {"retries": 0, "remediateLastFailure": True} if each.atomic else {}
    install: Data = {"remediation": remedy} if remedy else {}
    upgrade: Data = {"remediation": {**remedy, "strategy": "rollback"}} if remedy else {}
    upgrade |= {"force": True} if each.force else {}
    spec |= {"install": install} if install else {}
    spec |= {"upgrade": upgrade} if upgrade else {}
    values = [
        {
            "kind": "ConfigMap",
            "name": f"{each.name}-values" if "/base/" in path else _own(each),
            "valuesKey": _key(path.partition(f"/{each.environment}/" if "/base/" not in path else "/base/")[2]),
        }
        for path in each.values
    ]
    values += [
        {"kind": "Secret", "name": name, "valuesKey": key, "targetPath": place} for name, key, place in each.secrets
    ]
    spec |= {"valuesFrom": values} if values else {}
    metadata = {"name": each.name}
    return {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": metadata, "spec": spec}


def _chart(each: Release, project: str, system: str) -> Data:
    if each.path:
        source = {"kind": "GitRepository", "name": project, "namespace": system}
        return {"chart": f"./{each.path}", "reconcileStrategy": "Revision", "sourceRef": source}
    source = {"kind": "HelmRepository", "name": each.name}
    return {"chart": each.chart, "version": each.version, "sourceRef": source}

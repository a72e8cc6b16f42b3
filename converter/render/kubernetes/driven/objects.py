"""Manifests as texts: the objects in a file, with their images, and what of them can't stand in a repository."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from converter.render.kubernetes.driven.filled import MARK
from converter.render.kubernetes.driven.words import NotUnderstoodError

Data = dict[str, Any]

_BETWEEN = re.compile(r"(?m)^---(?:[ \t].*)?$\n?")
# https://kubernetes.io/docs/reference/kubectl/#resource-types
_KINDS = {
    "deployment": "Deployment",
    "deployments": "Deployment",
    "deploy": "Deployment",
    "deployment.apps": "Deployment",
    "statefulset": "StatefulSet",
    "statefulsets": "StatefulSet",
    "sts": "StatefulSet",
    "daemonset": "DaemonSet",
    "daemonsets": "DaemonSet",
    "ds": "DaemonSet",
    "replicaset": "ReplicaSet",
    "rs": "ReplicaSet",
    "cronjob": "CronJob",
    "cronjobs": "CronJob",
    "cj": "CronJob",
    "job": "Job",
    "jobs": "Job",
}
# https://kubernetes.io/docs/reference/kubernetes-api/ - what is in no namespace.
CLUSTER_WIDE = frozenset(
    """APIService CSIDriver CertificateSigningRequest ClusterRole ClusterRoleBinding CustomResourceDefinition FlowSchema
    IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass PriorityLevelConfiguration
    RuntimeClass StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    ValidatingWebhookConfiguration VolumeAttributesClass""".split()
)
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet", "Pod")


class _Loader(yaml.SafeLoader):
    """Refuses a key that is there twice, as kubectl and Kustomize do."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping of which nothing is lost."""
        keys = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(problem=f"`{twice}` is there twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


@dataclass(slots=True)
class Object:
    """One object of a manifest: its text as the author wrote it, and what it says."""

    text: str
    data: Data

    @property
    def kind(self) -> str:
        """`Deployment`."""
        return str(self.data.get("kind", ""))

    @property
    def name(self) -> str:
        """The name in its metadata."""
        return str(self._metadata().get("name", ""))

    @property
    def namespace(self) -> str:
        """The namespace that it names itself, "" where it leaves that to whoever applies it."""
        return str(self._metadata().get("namespace") or "")

    def _metadata(self) -> Data:
        found = self.data.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def waits(self) -> bool:
        """Whether anything of it is not known."""
        return MARK.search(self.text) is not None

    def containers(self) -> Iterator[Data]:
        """All containers of its pods."""
        spec = pod_spec(self.data)
        for key in ("initContainers", "containers"):
            listed = spec.get(key)
            yield from (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()


def pod_spec(data: Data) -> Data:
    """What an object says of its pods, nothing where it has none."""
    spec = data.get("spec")
    if data.get("kind") == "CronJob" and isinstance(spec, dict):
        job = spec.get("jobTemplate")
        spec = job.get("spec") if isinstance(job, dict) else None
    if data.get("kind") != "Pod" and isinstance(spec, dict):
        template = spec.get("template")
        spec = template.get("spec") if isinstance(template, dict) else None
    return spec if isinstance(spec, dict) and data.get("kind") in WORKLOADS else {}


def objects_in(text: str, path: str) -> list[Object]:
    """Each object of a file; an error where one of them is none."""
    found = []
    for piece in _BETWEEN.split(text):
        try:
            data = _Loader(piece).get_single_data()
        except (yaml.YAMLError, ValueError, RecursionError) as problem:
            told = str(getattr(problem, "problem", None) or "it is no YAML").strip()
            raise NotUnderstoodError(f"`{path}` is no manifest: {told}") from problem
        if data is None:
            continue
        if not isinstance(data, dict) or not data.get("kind") or not data.get("apiVersion"):
            raise NotUnderstoodError(f"`{path}` is no manifest: an object has a kind and an apiVersion")
        found.append(Object(piece.strip("\n") + "\n", data))
    if not found:
        raise NotUnderstoodError(f"`{path}` has no object in it")
    return found


def kind_of(word: str) -> str:
    """`deploy` of `deploy/web` as a kind, "" for one without pods of its own."""
    return _KINDS.get(word.lower(), "")


def image_name(text: str) -> str:
    """What kustomize calls an image: without tag and digest."""
    named = text.partition("@")[0]
    head, colon, last = named.rpartition(":")
    return head if colon and "/" not in last else named


def settings_in(files: Mapping[str, str], root: str) -> tuple[str, dict[str, str]]:
    """The namespace that a kustomization says, and what each image is called once it has renamed it."""
    namespace, names = "", {}
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        if name not in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
            continue
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as problem:
            raise NotUnderstoodError(f"`{path}` is no kustomization") from problem
        data = data if isinstance(data, dict) else {}
        namespace = str(data.get("namespace") or "") if (folder or ".") == root else namespace
        for each in data.get("images") or ():
            if isinstance(each, dict) and each.get("newName"):
                names[str(each.get("name"))] = str(each["newName"])
    return namespace, names

"""The way into an empty cluster, walked through as the README of each fixture says it: every object finds its kind and
its namespace when it comes, and nothing is named that is not there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cases import Case
from render.clusters import KUBECTL, Reader

# What every cluster has, as `kubectl api-resources` tells of an empty one.
EMPTY = {
    *("v1", "apps/v1", "autoscaling/v2", "batch/v1", "networking.k8s.io/v1", "policy/v1"),
    "rbac.authorization.k8s.io/v1",
}
NAMESPACES = {"default", "kube-system"}
# The groups that an installation brings, and its namespace: as the manifests and charts of their releases have it.
BRINGS = {
    r"flux install": ("toolkit.fluxcd.io", "flux-system"),
    r"kubectl apply .*/argo-cd/.*/install\.yaml": ("argoproj.io", ""),
    r"kubectl create namespace argocd": ("", "argocd"),
    r"kubectl apply .*/sealed-secrets/.*/controller\.yaml": ("bitnami.com", ""),
    r"helm install external-secrets .*--create-namespace": ("external-secrets.io", "external-secrets"),
}
SHOWN = re.compile(
    r"flux (create|get)|argocd (login|repo|app)|kubectl (rollout|config)|helm repo"
    r"|(\w+=\S+ )*clusters/deliver\.sh (access|diff)|gh (api|secret)|glab variable|rm "
)


class Cluster:
    """What a cluster knows while commands come."""

    def __init__(self) -> None:
        self.groups: set[str] = set()
        self.spaces = set(NAMESPACES)

    def apply(self, objects: list[dict[str, Any]]) -> None:
        """As kubectl does it: namespaces and then the rest, each of which has to be known."""
        self.spaces |= {each["metadata"]["name"] for each in objects if each["kind"] == "Namespace"}
        for each in objects:
            version, space = each["apiVersion"], each["metadata"].get("namespace", "default")
            known = version in EMPTY or any(version.partition("/")[0].endswith(group) for group in self.groups)
            assert known, f"nothing here knows {version} {each['kind']}"
            assert space in self.spaces, f"there is no namespace {space}"


def test_from_an_empty_cluster(cluster_case: Case) -> None:
    root = cluster_case.folder / "expected" / "kubernetes"
    cluster, applied = Cluster(), list[str]()
    for command in commands(root):
        brought = [what for pattern, what in BRINGS.items() if re.match(pattern, command)]
        for group, space in brought:
            cluster.groups |= {group} - {""}
            cluster.spaces |= {space} - {""}
        folder = re.match(r"kubectl apply -k (\S+)$", command)
        file = re.match(r"kubectl apply --server-side --field-manager=delivery -f (\S+)$", command)
        secret = re.match(r"kubectl create secret generic \S+ --namespace (\S+)", command)
        if folder:
            cluster.apply(built(root / folder[1]))
            applied.append(folder[1])
        elif file:
            cluster.apply(list(yaml.safe_load_all((root / file[1]).read_text(encoding="utf-8"))))
        elif secret:
            assert secret[1] in cluster.spaces
        else:
            assert brought or SHOWN.match(command), f"nobody knows what {command} does"
    if not list(root.glob("apps/*")):
        assert applied == []
        return
    assert len(applied) == 1, "the root alone is applied by hand"
    for path in pulled(root, applied[0]):
        cluster.apply(built(root / path))
    if (root / "clusters" / "deliver.sh").exists():
        return
    text = (root / "README.md").read_text(encoding="utf-8")
    assert text.index("Write the address of this repository") < text.index("kubectl apply -k"), "before it is applied"


def test_the_walk_knows_what_is_missing() -> None:
    cluster = Cluster()
    with pytest.raises(AssertionError, match="nothing here knows"):
        cluster.apply([{"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "shop"}}])
    with pytest.raises(AssertionError, match="no namespace"):
        cluster.apply([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "shop"}}])


def commands(root: Path) -> Iterator[str]:
    """The commands of the way in, in their order."""
    text = (root / "README.md").read_text(encoding="utf-8")
    section = text.partition("## First run\n")[2].partition("\n## ")[0]
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        yield from (line.strip() for line in block.splitlines() if line.strip())


def built(folder: Path) -> list[dict[str, Any]]:
    """What kubectl would send."""
    done = subprocess.run([KUBECTL, "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.load_all(done.stdout, Loader=Reader) if each]


def pulled(root: Path, applied: str) -> Iterator[str]:
    """The folders that the agent or the pipeline makes so, in its order: those that Flux's objects name, Argo CD's
    environments, or what stands in the order of the pipeline."""
    order = root / applied / "order"
    if order.exists():
        name = order.parent.name
        apps = re.findall(r"^([\w-]+):", order.read_text(encoding="utf-8"), re.MULTILINE)
        yield from (f"environments/{name}", *(f"apps/{app}/overlays/{name}" for app in apps))
        return
    if applied == "argocd":
        yield from (path.parent.relative_to(root).as_posix() for path in root.glob("clusters/*/kustomization.yaml"))
        return
    waiting = {each["metadata"]["name"]: each["spec"] for each in built(root / applied) if "path" in each["spec"]}
    done: set[str] = set()
    while waiting:
        ready = [name for name, spec in waiting.items() if {on["name"] for on in spec.get("dependsOn", ())} <= done]
        assert ready, f"these wait for each other: {sorted(waiting)}"
        for name in ready:
            yield waiting.pop(name)["path"].removeprefix("./")
            done.add(name)

"""A cluster's repository on disk, as kubectl builds it, and its pods as a container would find them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.render import render


class Reader(yaml.SafeLoader):
    """Reads what kubectl writes: there `=` and `<<` are texts, as YAML has it since 1.2."""


for _tag in ("value", "merge"):
    Reader.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda loader, node: node.value)
KUBECTL = str(Path(sys.executable).parent / "kubectl")


def rendered(plan: Plan, secrets: str = "sealed") -> FileTree:
    """The manifests with what Argo CD reads: one folder has everything of an environment."""
    return render(plan, target="kubernetes", deliveries=("argocd",), secrets=secrets)


def written(tree: FileTree, root: Path) -> Path:
    """The folder with the files of the tree."""
    for file in tree.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return root


def built(root: Path, environment: str = "production") -> list[dict[str, Any]]:
    """All objects of an environment."""
    done = subprocess.run(
        [KUBECTL, "kustomize", str(root / "clusters" / environment)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(yaml.load_all(done.stdout, Loader=Reader))


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """Those of a kind, by name."""
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def pod(workload: dict[str, Any]) -> dict[str, Any]:
    """The pod that a workload starts."""
    spec: dict[str, Any] = workload["spec"]
    found: dict[str, Any] = (spec.get("jobTemplate", {}).get("spec") or spec)["template"]["spec"]
    return found


def environment_of(workload: dict[str, Any], objects: list[dict[str, Any]]) -> dict[str, str]:
    """The environment of its container; what comes from a secret is `<KEY>`."""
    container, maps = pod(workload)["containers"][0], of_kind(objects, "ConfigMap")
    found: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            found |= maps[source["configMapRef"]["name"]].get("data", {})
    for each in container.get("env", ()):
        if "value" in each:
            found[each["name"]] = expanded(each["value"], found)
        else:
            (reference,) = each["valueFrom"].values()
            found[each["name"]] = f"<{reference['key']}>"
    return found


def expanded(text: str, known: dict[str, str]) -> str:
    """What the kubelet makes of a text: `$$` is a dollar sign, `$(NAME)` a variable that is known, all else itself:
    https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go"""

    def one(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return known.get(found[1], found[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", one, text)

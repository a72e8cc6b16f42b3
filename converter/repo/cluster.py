"""What the README of a cluster's repository says, as data for its template."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.plan import Plan
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.repo.expressed import expressed
from converter.repo.markdown import code

Data = Mapping[str, Any]

_OVERLAY = re.compile(r"apps/([^/]+)/overlays/([^/]+)/kustomization\.yaml")
_IMAGE = re.compile(r"images/([^/]+)/Dockerfile")
_NAMESPACE = re.compile(r"^  name: (\S+)$", re.MULTILINE)
_DOES = {"deployment": "runs", "job": "runs once", "cronjob": "runs at certain times"}


def readme(plan: Plan, tree: FileTree, deliveries: Sequence[str]) -> Data:
    """The applications in their order, the environments with their namespaces, and the way into a cluster."""
    found = [each.groups() for file in tree.files if (each := _OVERLAY.fullmatch(file.path))]
    known = set(found)
    found += [pair for each in tree.releases if (pair := (each.name, each.environment)) not in known]
    apps = list(dict.fromkeys(str(name) for name, _ in found))
    overlays = [file.path.rpartition("/")[0] for file in tree.files if _OVERLAY.fullmatch(file.path)]
    paths = {file.path for file in tree.files}
    names = [each.name for each in plan.environments if f"environments/{each.name}/kustomization.yaml" in paths]
    return {
        "apps": [
            {"name": name, "does": _does(tree, name), "where": _where(name, found, names), "by_hand": _hand(tree, name)}
            for name in apps
        ],
        "releases": bool(tree.releases),
        "charts": any(path.startswith("charts/") for path in paths),
        "versions": any("/versions/kustomization.yaml" in path for path in paths),
        "images": [each[1] for file in tree.files if (each := _IMAGE.fullmatch(file.path))],
        "environments": names,
        "namespaces": {name: _namespace(tree, name) for name in names},
        "open": sum(1 for each in expressed(plan, tree).ledger if each.disposition is Disposition.UNRESOLVED),
        "in_part": any(each.part for each in tree.unsupported),
        "flux": "flux" in deliveries,
        "argocd": "argocd" in deliveries,
        "looks_for_images": next((path for path in paths if path.endswith("/images.yaml.example")), ""),
        **_pipeline(tree),
        "project": _project(tree),
        **{name: tree.store is not None and tree.store.name == name for name in ("sops", "sealed", "external")},
        "first": names[0] if names else "",
        **_looked_at(overlays, names[0] if names else ""),
        "last": names[-1] if names else "",
    }


def _looked_at(overlays: Sequence[str], first: str) -> Data:
    """The folder by which commands are shown, and what Flux calls it behind the name of the project."""
    own = next((path for path in overlays if path.endswith(f"/{first}")), "")
    return {"built": own or f"environments/{first}", "checked": own.split("/")[1] if own else "environment"}


def _hand(tree: FileTree, name: str) -> str:
    """How a release is brought up where no agent does it."""
    each = next((each for each in tree.releases if each.name == name), None)
    if each is None:
        return ""
    chart = each.path or (f"{each.repository}/{each.chart}" if each.repository.startswith("oci://") else each.chart)
    words = ["helm upgrade --install", shlex.quote(each.release), shlex.quote(chart)]
    words += (
        ["--repo", shlex.quote(each.repository)] if each.repository and not each.repository.startswith("oci") else []
    )
    words += ["--version", shlex.quote(each.version)] if each.version else []
    words += ["--namespace", shlex.quote(each.namespace), *(f"--values {shlex.quote(path)}" for path in each.values)]
    return " ".join(words)


def _pipeline(tree: FileTree) -> Data:
    """What the pipelines do."""
    texts = {file.path: file.text for file in tree.files if file.path.startswith((".github/", ".gitlab-ci"))}
    everything = "\n".join(texts.values())
    return {
        "pushes": any(file.path == "clusters/deliver.sh" for file in tree.files),
        "builds": any(setting.name == "APP_REPOSITORY" for setting in tree.settings),
        "by_hand_only": "paths-ignore" not in everything,
        "proposes": "Propose it to" in everything or "\npropose:" in everything,
        "promotes": "Propose the versions" in everything or "\npromote:" in everything,
    }


def _does(tree: FileTree, name: str) -> str:
    """What kind of workload it is, and how it is reached."""
    if any(each.name == name for each in tree.manifests):
        return "is what the script applies"
    chart = next((each.chart or each.path for each in tree.releases if each.name == name), "")
    if chart:
        return f"is the release of a chart, {code(chart)}"
    paths = {file.path for file in tree.files if file.path.startswith(f"apps/{name}/")}
    stems = {path.rpartition("/")[2].removesuffix(".yaml") for path in paths}
    said = next((what for stem, what in _DOES.items() if stem in stems), "runs")
    more = ["keeps data"] * any(stem.startswith("claim") for stem in stems)
    more += ["is reached by its domain"] * ("ingress" in stems)
    more += ["is reached from outside by a load balancer"] * ("service-public" in stems)
    return ", ".join([said, *more])


def _where(name: str, found: list[tuple[str | Any, ...]], names: list[str]) -> str:
    """Only in some of the environments."""
    own = [env for app, env in found if app == name]
    return "" if len(own) == len(names) else f" (only in {' and '.join(map(code, own))})"


def _namespace(tree: FileTree, environment: str) -> str:
    text = next((file.text for file in tree.files if file.path == f"environments/{environment}/namespace.yaml"), "")
    known = _NAMESPACE.search(text)
    return known[1] if known else environment


def _project(tree: FileTree) -> str:
    """The name that Flux and Argo CD know it by."""
    text = next(
        (file.text for file in tree.files if re.fullmatch(r"(clusters/[^/]+/source|argocd/project)\.yaml", file.path)),
        "",
    )
    known = _NAMESPACE.search(text)
    return known[1] if known else "app"

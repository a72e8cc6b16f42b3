"""The course of a deployment to a cluster: a merge, an agent that pulls it, and the applications in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.repo.page.places import Course, Stop, Where
from converter.repo.page.prose import plain

_WORKLOAD = re.compile(r"apps/([^/]+)/base/(deployment|job|cronjob)\.yaml")
_DOES = {"deployment": "Run", "job": "Run once", "cronjob": "Run at certain times"}


def of_cluster(plan: Plan, tree: FileTree) -> Course:
    """From the merge of a change to what runs."""
    found = [each.groups() for file in tree.files if (each := _WORKLOAD.fullmatch(file.path))]
    if not found:
        return Course(places=(), stops=())
    agent, pushes = _agent(tree), any(file.path == "clusters/deliver.sh" for file in tree.files)
    pulled = [Stop(place=1, title=f"{agent} pulls it", names=_environments(plan))] if agent else []
    if pushes:
        pulled = [Stop(place=1, title="The pipeline applies it, in this order", names=_environments(plan))]
    first = "Merge a change" if pulled else "Apply the manifests"
    started = tuple(Stop(place=1, title=_DOES[kind], names=(plain(name),)) for name, kind in found)
    return Course(
        places=(Where(name="Your machine"), Where(name="Cluster", notes=tuple(_namespaces(tree)))),
        stops=(Stop(place=0, title=first), *pulled, *started),
    )


def _agent(tree: FileTree) -> str:
    paths = {file.path for file in tree.files}
    if "argocd/project.yaml" in paths:
        return "Argo CD"
    return "Flux" if any(path.startswith("clusters/") and path.endswith("/source.yaml") for path in paths) else ""


def _environments(plan: Plan) -> tuple[str, ...]:
    names = [each.name for each in plan.environments]
    return (f"{' and '.join(map(plain, names))}, each with its own versions",) if len(names) > 1 else ()


def _namespaces(tree: FileTree) -> Iterator[str]:
    for file in tree.files:
        if re.fullmatch(r"environments/[^/]+/namespace\.yaml", file.path):
            name = re.search(r"^  name: (\S+)$", file.text, re.MULTILINE)
            yield f"namespace {name[1]}" if name else "a namespace"

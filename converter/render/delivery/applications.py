"""The applications of a tree in the order in which they come up, for agents that pull it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Phase
from converter.model.tree import FileTree, Setting, TreeFile, Unsupported

# Where nobody knows yet which repository this will be; no address of a network ever ends like that (RFC 6761).
REPOSITORY = "https://repository.invalid/to-be-set.git"
_OVERLAY = re.compile(r"apps/([^/]+)/overlays/([^/]+)/kustomization\.yaml")


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of `apps/`: whether it runs once and ends, and whether it keeps data."""

    name: str
    job: bool
    keeps: bool


def applications(tree: FileTree, environment: str) -> list[Application]:
    """Those of an environment, in the order of the script."""
    found = [match for file in tree.files if (match := _OVERLAY.fullmatch(file.path)) and match[2] == environment]
    return [_application(tree, match[1]) for match in found]


def _application(tree: FileTree, name: str) -> Application:
    own = [file.path.rpartition("/")[2] for file in tree.files if file.path.startswith(f"apps/{name}/")]
    keeps = any(path.startswith("claim") for path in own)
    return Application(name=name, job="job.yaml" in own, keeps=keeps)


def environments(plan: Plan, tree: FileTree) -> list[str]:
    """Those that have an application."""
    return [each.name for each in plan.environments if applications(tree, each.name)]


def repository(paths: Sequence[str]) -> Setting:
    """The address of the repository, which is known once it is pushed."""
    places = " and ".join(f"`{path}`" for path in paths)
    return Setting(name=REPOSITORY, purpose="Address of this repository, in place of that one", where=places)


def unbuilt(plan: Plan, tree: FileTree, agent: str) -> tuple[Unsupported, ...]:
    """What the script builds and publishes, which no agent in a cluster does; what the build of an image does is none
    of it."""
    covered = {each.address for each in tree.covered}
    reason = f"{agent} builds nothing: keep it where images are built, and put the new tag into the versions"
    return tuple(
        Unsupported(address=each.address, target=agent, reason=reason)
        for each in plan.resources
        if each.phase is not Phase.DEPLOY and each.address not in covered
    )


def patched(kind: str, annotations: dict[str, str], target: dict[str, Any]) -> dict[str, Any]:
    """A patch of Kustomize that adds annotations; of what it names only the target counts."""
    from converter.render.yaml import document

    data = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "any", "annotations": annotations}}
    return {"target": target, "patch": document(data).removeprefix("---\n")}


def tree_of(files: Sequence[TreeFile], settings: Sequence[Setting], left: Sequence[Unsupported]) -> FileTree:
    """The files of a delivery."""
    return FileTree(files=tuple(files), settings=tuple(settings), unsupported=tuple(left))

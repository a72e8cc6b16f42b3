"""The applications of a tree in the order in which they come up, for agents that pull it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Phase
from converter.model.tree import FileTree, Setting, TreeFile, Unsupported

# Where nobody knows yet which repository this will be; no address of a network ever ends like that (RFC 6761).
REPOSITORY = "https://repository.invalid/to-be-set.git"
PIPELINES = ("github-actions", "gitlab-ci")
_OVERLAY = re.compile(r"apps/([^/]+)/overlays/([^/]+)/kustomization\.yaml")


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of `apps/`: whether it runs once and ends, whether it keeps data, and what it waits for. `own`: its
    manifests are the author's."""

    name: str
    job: bool
    keeps: bool
    after: tuple[str, ...] = ()
    own: bool = False


def applications(tree: FileTree, environment: str) -> list[Application]:
    """Those of an environment, in the order of the script."""
    found = [match for file in tree.files if (match := _OVERLAY.fullmatch(file.path)) and match[2] == environment]
    after = {each.name: each.after for each in tree.order if each.environment == environment}
    there = {match[1] for match in found}
    waited = {name: tuple(other for other in names if other in there) for name, names in after.items()}
    return [_application(tree, match[1], waited.get(match[1], ())) for match in found]


def _application(tree: FileTree, name: str, after: tuple[str, ...]) -> Application:
    if any(each.name == name for each in tree.manifests):
        return Application(name=name, job=False, keeps=True, after=after, own=True)
    own = [file.path.rpartition("/")[2] for file in tree.files if file.path.startswith(f"apps/{name}/")]
    keeps = any(path.startswith("claim") for path in own)
    return Application(name=name, job="job.yaml" in own, keeps=keeps, after=after)


def waves(apps: Sequence[Application]) -> dict[str, int]:
    """The wave of each: after those that it waits for. One that a job must not wait for comes up in the wave of that
    job, and one that nobody waits for with the last, so that no wave waits in vain."""
    found = {app.name: 1 for app in apps}
    for _ in apps:
        for app in apps:
            found[app.name] = max(found[app.name], 1 + max((found[other] for other in app.after), default=0))
        for number, app in enumerate(apps):
            later = (other for other in apps[number:] if other.job and app.name not in _before(other, apps))
            if not app.job:
                found[app.name] = max(found[app.name], next((found[other.name] for other in later), 1))
    wanted = {other for app in apps for other in app.after}
    for app in reversed(apps):
        if app.job:
            break
        if app.name not in wanted:
            found[app.name] = max(found.values())
    return found


def _before(app: Application, apps: Sequence[Application]) -> set[str]:
    """All that it waits for, also through others."""
    known = {each.name: each for each in apps}
    return {*app.after, *(far for other in app.after for far in _before(known[other], apps))}


def environments(plan: Plan, tree: FileTree) -> list[str]:
    """Those that have something for a cluster."""
    paths = {file.path for file in tree.files}
    return [each.name for each in plan.environments if f"environments/{each.name}/kustomization.yaml" in paths]


def repository(paths: Sequence[str]) -> Setting:
    """The address of the repository, which is known once it is pushed."""
    places = " and ".join(f"`{path}`" for path in paths)
    return Setting(name=REPOSITORY, purpose="Address of this repository, in place of that one", where=places)


def unbuilt(plan: Plan, tree: FileTree, agent: str, beside: Collection[str]) -> tuple[Unsupported, ...]:
    """What the script builds and publishes, which no agent in a cluster does; what the build of an image does is none
    of it, and a pipeline beside the agent does all of it."""
    if {*PIPELINES} & {*beside}:
        return ()
    known = {*tree.made, *(each.address for each in (*tree.unsupported, *tree.covered))}
    reason = f"{agent} builds nothing: keep it where images are built, and put the new tag into the versions"
    return tuple(
        Unsupported(address=each.address, target=agent, reason=reason)
        for each in plan.resources
        if each.phase is not Phase.DEPLOY and each.address not in known
    )


def patched(kind: str, annotations: dict[str, str], target: dict[str, Any]) -> dict[str, Any]:
    """A patch of Kustomize that adds annotations; of what it names only the target counts."""
    from converter.render.yaml import document

    data = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "any", "annotations": annotations}}
    return {"target": target, "patch": document(data).removeprefix("---\n")}


def tree_of(files: Sequence[TreeFile], settings: Sequence[Setting], left: Sequence[Unsupported]) -> FileTree:
    """The files of a delivery."""
    return FileTree(files=tuple(files), settings=tuple(settings), unsupported=tuple(left))

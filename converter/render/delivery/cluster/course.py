"""What a pipeline has to do for a cluster, in no pipeline's syntax: the environments in their order, what is built, and
which images of it the environments run.

In: the plan and the tree of the Kubernetes target. Out: a `Course`. What no job does is in `unsupported`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

import msgspec

from converter.model.plan import Plan
from converter.model.tree import FileTree, Unsupported
from converter.render.delivery.applications import applications, environments
from converter.render.delivery.cluster.images import LOOK, named_alike, pushed, unpushed
from converter.render.delivery.outline import Outline, outline

AGENTS = ("flux", "argocd")
# The newest that was tried; a cluster may be one minor release older or newer.
KUBECTL = "1.37.1"
_LATE = (
    "it came after the deployment, which another run of the pipeline does than the build: start it where that run ends,"
    " or from what watches the cluster"
)
_APPLIED = (
    "it stands in the manifests, and no pipeline applies what may be in any namespace: let an agent pull it"
    " (`--delivery flux` or `argocd`), or apply it by hand as README.md says"
)


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """`pushes`: no agent pulls, so that the pipeline applies. `build` has the steps of the script before the cluster,
    `promotes` says whether the versions of one environment can be taken over by the next."""

    environments: tuple[str, ...]
    pushes: bool
    build: Outline
    promotes: bool = False
    encrypted: bool = False
    assumptions: tuple[str, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()

    @property
    def several(self) -> bool:
        """Whether there is a next environment."""
        return len(self.environments) > 1

    @property
    def builds(self) -> tuple[Outline, ...]:
        """One build for all environments, or one for each; none where there is nothing to build."""
        found = (self.build,) if self.build.one_build else self.build.each
        return tuple(each for each in found if each.build)

    @property
    def proposes(self) -> bool:
        """Whether what a build pushes is proposed to an environment."""
        return any(self.proposed_to(each) for each in self.builds)

    def proposed_to(self, build: Outline) -> str:
        """The environment that gets the images of a build, "" where it runs none of them."""
        looked = any(step.name == LOOK for step in build.build)
        return (build.place or self.environments[0]) if looked and self.environments else ""


def course(plan: Plan, tree: FileTree, *, delivery: str, beside: Collection[str]) -> Course | None:
    """The course for a tree of the Kubernetes target, None for any other. Where a cluster runs nothing of it, there is
    only a build; what drives a cluster is in `tree` already, with what stands for it."""
    if not _is_cluster(tree):
        return None
    places = environments(plan, tree)
    known = {*tree.made, *(each.address for each in (*tree.unsupported, *tree.covered))}
    mine = msgspec.structs.replace(plan, resources=tuple(each for each in plan.resources if each.address not in known))
    found = outline(mine, tree, delivery=delivery, pulled=True, ending=partial(pushed, tree=tree))
    late = dict.fromkeys(step.address for one in (found, *found.each) for step in one.publish)
    left = [Unsupported(address=address, target=delivery, reason=_LATE) for address in late]
    pulled, theirs = bool({*AGENTS} & {*beside}), bool(tree.manifests or tree.releases)
    return Course(
        environments=tuple(places),
        pushes=bool(places) and not pulled and not theirs,
        build=_without_late(msgspec.structs.replace(found, each=tuple(map(_without_late, found.each)))),
        promotes=len(places) > 1 and named_alike(tree, places),
        encrypted=tree.store is not None and tree.store.name == "sops",
        assumptions=tuple(_assumed(tree, places)) if plan.scripted else (),
        unsupported=(
            *(each for each in found.unsupported if each.address not in late),
            *left,
            *unpushed(mine, tree, delivery),
            *(_theirs(tree, delivery) if theirs and not pulled else ()),
        ),
    )


def _theirs(tree: FileTree, delivery: str) -> Iterator[Unsupported]:
    """Manifests of the script's own author, and charts: they may be in any namespace, where the account of a pipeline
    has no rights."""
    for address in tree.made:
        yield Unsupported(address=address, target=delivery, reason=_APPLIED, part=True)


def _is_cluster(tree: FileTree) -> bool:
    own = any(each.target == "kubernetes" for each in (*tree.unsupported, *tree.covered))
    return own or any(file.path.startswith("environments/") for file in tree.files)


def _assumed(tree: FileTree, places: Sequence[str]) -> Iterator[str]:
    """A job that has ended well is not made again."""
    jobs = dict.fromkeys(app.name for name in places for app in applications(tree, name) if app.job)
    if jobs:
        shown = ", ".join(f"`{name}`" for name in jobs)
        yield f"{shown}: run again where the image or the command has changed, or it failed; the script ran it always."


def _without_late(found: Outline) -> Outline:
    """What came after the deployment is no part of a build."""
    return msgspec.structs.replace(found, publish=(), store=None)

"""How far a repository is GitOps: the four principles of OpenGitOps (https://opengitops.dev), each met or not, and what
to choose to meet it."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.plan import Plan
from converter.model.resource import Phase
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.repo.expressed import expressed, pulls
from converter.repo.markdown import table

_AGENTS = {"flux": "Flux", "argocd": "Argo CD"}
_CLUSTER = "convert containers for a cluster (`--target kubernetes`)"
_HOSTS = "let the hosts pull (`--delivery ansible-pull`)"
Row = tuple[str, str, str]


def principles(plan: Plan, tree: FileTree, *, target: str, deliveries: Sequence[str]) -> str:
    """The table, in Markdown."""
    rows = [_declarative(plan, tree), _versioned(tree)]
    rows += (
        _of_cluster(deliveries)
        if target == "kubernetes"
        else _by_hosts(tree)
        if pulls(tree)
        else _pushed(tree, deliveries)
    )
    return table(("principle", "met", "how"), [(f"**{name}**", met, how) for name, met, how in rows])


def _declarative(plan: Plan, tree: FileTree) -> Row:
    """Commands say what to do, not what should be so."""
    deployed = {each.address for each in plan.resources if each.phase is Phase.DEPLOY}
    kept = [
        each
        for each in expressed(plan, tree).ledger
        if each.disposition is Disposition.KEPT and deployed & {*each.resources}
    ]
    if not kept:
        return "declarative", "yes", "the manifests say what should be so"
    still = (
        "1 command of the script is still one" if len(kept) == 1 else f"{len(kept)} commands of the script still are"
    )
    return "declarative", "in part", f"{still}: see MIGRATION.md"


def _versioned(tree: FileTree) -> Row:
    how = "Git keeps every state; protect its main branch, so that none can be taken back"
    if any("/versions/kustomization.yaml" in file.path for file in tree.files):
        how += ". A tag of an image can be moved: a digest can't"
    return "versioned and immutable", "yes", how


def _of_cluster(deliveries: Sequence[str]) -> list[Row]:
    agent = next((_AGENTS[name] for name in deliveries if name in _AGENTS), "")
    choose = "choose `--delivery flux` or `argocd`"
    if not agent and deliveries:
        pushed = f"a pipeline pushes to the cluster after a merge, and has the key to it; to meet it, {choose}"
        watched = (
            "each deployment takes back what was changed by hand, and removes what is gone here; between them the"
            f" pipeline compares every day and reports what differs; to meet it, {choose}"
        )
        return [("pulled automatically", "no", pushed), ("continuously reconciled", "in part", watched)]
    if not agent:
        how = f"somebody applies it by hand; {choose}"
        return [("pulled automatically", "no", how), ("continuously reconciled", "no", how)]
    return [
        (
            "pulled automatically",
            "yes",
            f"{agent} in the cluster asks this repository; nobody needs access to the cluster",
        ),
        (
            "continuously reconciled",
            "yes",
            f"{agent} takes back what was changed by hand, and removes what is gone here",
        ),
    ]


def _by_hosts(tree: FileTree) -> list[Row]:
    settings = next((file.text for file in tree.files if file.path == "roles/pull/defaults/main.yml"), "")
    pulled = "each host asks this repository by a timer of its own; nobody needs access to the hosts"
    row = ("pulled automatically", "yes", pulled)
    if "pull_apply: always" in settings:
        how = "each run takes back what was changed by hand; what is gone from the manifests stays on the host"
        return [row, ("continuously reconciled", "yes", how)]
    how = (
        "a commit is applied until it ended well; later runs report what differs, since some tasks would do something"
        " again: make these repeatable and set `pull_apply: always`"
    )
    return [row, ("continuously reconciled", "in part", how)]


def _pushed(tree: FileTree, deliveries: Sequence[str]) -> list[Row]:
    hosts = any(file.path == "site.yml" for file in tree.files)
    choose = f"to meet it, {_HOSTS}, or {_CLUSTER}" if hosts else f"to meet it, {_CLUSTER}"
    if not deliveries:
        how = f"somebody runs the playbook; {choose}"
        return [("pulled automatically", "no", how), ("continuously reconciled", "no", how)]
    pushed = "the pipeline pushes to the hosts after a merge"
    watched = "the pipeline compares every day and reports what differs; it mends nothing by itself"
    return [
        ("pulled automatically", "no", f"{pushed}; {choose}"),
        ("continuously reconciled", "in part", f"{watched}; {choose}"),
    ]

"""Phrases of the documents that depend on what the repository has: a playbook, a build, one pipeline or two.

They are plain text; code in them stands between backquotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.plan import Plan, confirmations
from converter.model.resource import Phase
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.repo.expressed import in_cluster, pulls

Data = Mapping[str, Any]

MEANING = {
    Disposition.CONVERTED: "done by a module; what is so already stays as it is",
    Disposition.ABSORBED: "went into a condition, a variable, a setting or the order of things",
    Disposition.KEPT: "still a command: no module does exactly this",
    Disposition.DROPPED: "has no effect to keep",
    Disposition.UNRESOLVED: "waits for a person; what is generated stops there",
}

_IN_CLUSTER = {
    Disposition.CONVERTED: "stands in the manifests",
    Disposition.ABSORBED: "went into a setting or the order of things, or the cluster does it by itself",
    Disposition.KEPT: "still a command",
    Disposition.UNRESOLVED: "waits for a person; no manifest says it",
}

UNUSED = "nothing that is generated uses it"
# As the inventories write them, in either kind of quotes.
_LOOKED_UP = re.compile(r"lookup\('+ansible\.builtin\.env'+, *'+(\w+)'+\)")
_REQUIRED = re.compile(r"^# (\w+) has to be given at each run", re.MULTILINE)


def meaning(kind: Disposition, tree: FileTree) -> str:
    """What it means that a command came to that end."""
    return _IN_CLUSTER.get(kind, MEANING[kind]) if in_cluster(tree) else MEANING[kind]


def phrases(plan: Plan, tree: FileTree, playbook: bool, deliveries: Sequence[str]) -> Data:
    """Phrases of the README that depend on what there is."""
    built = any(each.phase is Phase.BUILD for each in plan.resources)
    published = any(each.phase is Phase.PUBLISH for each in plan.resources)
    told = _told(tree)
    several = len(plan.environments) > 1 and bool(deliveries)
    github, gitlab = "github-actions" in deliveries, "gitlab-ci" in deliveries
    return {
        "parts": ["Ansible manifests"] * playbook + ["a pipeline"] * bool(deliveries) or ["a plan"],
        "does": ["builds"] * built
        + ["applies", "asks whether the service answers"] * playbook
        + ["publishes"] * published,
        "by_hand": ["GitHub: Actions > Roll back"] * github + ["GitLab: Build > Pipelines > New pipeline"] * gitlab,
        "of_app": ["`app_revision` on GitHub"] * github + ["`APP_REF` on GitLab"] * gitlab,
        "approval": several or (bool(confirmations(plan)) and bool(deliveries)),
        "last": plan.environments[-1].name if plan.environments else "production",
        "github": github,
        "gitlab": gitlab,
        "several": several,
        "promotes": any(file.path.endswith("/group_vars/all/versions.yml") for file in tree.files),
        "request": " or ".join(["pull request"] * github + ["merge request"] * gitlab),
        "start": ["GitHub: Actions > Promote > Run workflow"] * github
        + ["GitLab: start the job `promote:NAME` in the last pipeline of the default branch"] * gitlab,
        "told": told,
        "extra": "".join(f" --extra-vars {name}=..." for name in told["variables"]),
        "keeps_modes": any("    mode: u+r" in file.text for file in tree.files),
        "files_of_app": playbook and any("{{ playbook_dir }}/app" in file.text for file in tree.files),
    }


def _told(tree: FileTree) -> Data:
    """What a run from a person's own machine has to be told: in the environment, and as variables."""
    pages = [file.text for file in tree.files if file.path.startswith("inventories/")]
    looked_up = {name for page in pages for name in _LOOKED_UP.findall(page)}
    required = {name for page in pages for name in _REQUIRED.findall(page)}
    return {"environment": sorted(looked_up), "variables": sorted(required)}


def has_pipeline(tree: FileTree) -> bool:
    """Whether a pipeline applies the manifests."""
    return any(file.path.startswith((".github/", ".gitlab-ci")) for file in tree.files)


def approval(plan: Plan, tree: FileTree) -> str:
    """What takes the place of the script's question whether to go on."""
    if tree.shares:
        return "; ".join(f"{share.target}: {approval(plan, share.tree)}" for share in tree.shares)
    if in_cluster(tree):
        return "the script asks whether to go on; whoever agrees to the pull request has decided that"
    if pulls(tree):
        return "the script asks whether to go on; whoever merges into the branch that the hosts pull has decided that"
    if not has_pipeline(tree):
        return "the script asks whether to go on; whoever starts the playbook has decided that"
    last = plan.environments[-1].name if plan.environments else "production"
    waits = f"the deployment to `{last}` waits for an approval, which is to be set up"
    return f"the script asks whether to go on; instead {waits}"


def set_at(name: str, tree: FileTree) -> str:
    """Where a person sets a secret: in the store of the manifests, on the pages of the pipelines, or nowhere any
    more."""
    if tree.shares:
        found = [f"{share.target}: {said}" for share in tree.shares if (said := set_at(name, share.tree)) != UNUSED]
        return "; ".join(found) or UNUSED
    kept = dict(tree.store.places).get(name, "") if tree.store is not None else ""
    own = tree.store.where if tree.store is not None else ""
    # What the pipeline itself keeps has no page of its own: README.md names those of all its settings.
    asked = tree.settings if own or not kept else ()
    pages = [each.where for each in asked if each.name == name and each.secret and each.where != own]
    found = [f"set {kept}"] * bool(kept) + [f"set `{name}` at {page}" for page in dict.fromkeys(pages)]
    return "; ".join(found) or UNUSED

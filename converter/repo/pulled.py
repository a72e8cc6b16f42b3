"""What the README of a repository says whose hosts pull it, as data for its template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from converter.model.plan import Plan
from converter.model.resource import Phase
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.repo.expressed import expressed, open_ends
from converter.repo.markdown import code

Data = Mapping[str, Any]

_SETTINGS = re.compile(r"/etc/([\w-]+)/environment")


def readme(plan: Plan, tree: FileTree, deliveries: Sequence[str]) -> Data:
    """The name of the unit, how often it runs and what it does then, and what a pipeline beside it does."""
    text = {file.path: file.text for file in tree.files}
    settings = yaml.safe_load(text["roles/pull/defaults/main.yml"])
    publishes = any(each.phase is not Phase.DEPLOY for each in plan.resources)
    return {
        "unit": str(settings["pull_ansible"]).split("/")[2],
        "every": str(settings["pull_every"]).replace("min", " minutes"),
        "apply": settings["pull_apply"],
        "hosts": _hosts(text, plan),
        "packages": "".join(f" {each.partition('==')[0]}" for each in tree.store.packages) if tree.store else "",
        "on_hosts": any(_SETTINGS.search(each.where) for each in tree.settings),
        "open": sum(1 for each in expressed(plan, tree).ledger if each.disposition is Disposition.UNRESOLVED),
        "left": bool(open_ends(plan, tree)),
        "pipelines": "github-actions" in deliveries or "gitlab-ci" in deliveries,
        "pipeline_does": "checks it, builds and publishes" if publishes else "checks it",
    }


def _hosts(text: Mapping[str, str], plan: Plan) -> str:
    """The names of the first environment's hosts, the first few."""
    found = yaml.safe_load(text[f"inventories/{plan.environments[0].name}/hosts.yml"])
    groups = found["all"]["children"].values()
    names = list(dict.fromkeys(name for group in groups for name in group["hosts"]))
    more = [f"and {len(names) - 3} more"] if len(names) > 3 else []
    return ", ".join([*map(code, names[:3]), *more])

"""Phrases of the README that depend on what the repository has: a playbook, a build, one pipeline or two."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.plan import Plan, confirmations
from converter.model.resource import Phase
from converter.model.tree import FileTree

Data = Mapping[str, Any]

# As the inventories write them, in either kind of quotes.
_LOOKED_UP = re.compile(r"lookup\('+ansible\.builtin\.env'+, *'+(\w+)'+\)")
_REQUIRED = re.compile(r"^# (\w+) has to be given at each run", re.MULTILINE)


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
        "files_of_app": playbook and any("{{ playbook_dir }}/app" in file.text for file in tree.files),
    }


def _told(tree: FileTree) -> Data:
    """What a run from a person's own machine has to be told: in the environment, and as variables."""
    pages = [file.text for file in tree.files if file.path.startswith("inventories/")]
    looked_up = {name for page in pages for name in _LOOKED_UP.findall(page)}
    required = {name for page in pages for name in _REQUIRED.findall(page)}
    return {"environment": sorted(looked_up), "variables": sorted(required)}

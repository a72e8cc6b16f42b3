"""GitLab CI: the pipeline that checks, deploys, watches and rolls back what the manifests say.

In: the plan and the tree of a target. Out: `.gitlab-ci.yml`, and the settings to make on GitLab.
"""

from __future__ import annotations

from typing import Any

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile
from converter.render.delivery.document import document
from converter.render.delivery.gitlab import events, images, jobs
from converter.render.delivery.outline import Outline, outline
from converter.render.delivery.settings import described, settings

NAME = "gitlab-ci"
PATH = ".gitlab-ci.yml"
_SECRETS = "GitLab: Settings > CI/CD > Variables (masked and hidden, protected)"
_VARIABLES = "GitLab: Settings > CI/CD > Variables"

Data = dict[str, Any]


def gitlab_ci(plan: Plan, tree: FileTree) -> FileTree:
    """The pipeline."""
    found = outline(plan, tree, delivery=NAME)
    collections = any(file.path == "requirements.yml" for file in tree.files)
    body = _jobs(found, collections)
    data: Data = {
        "workflow": events.WORKFLOW,
        "stages": list(dict.fromkeys(job["stage"] for job in body.values())),
        **({"variables": variables} if (variables := _variables(found)) else {}),
        **body,
    }
    heading = "What merge requests, merges to the default branch, schedules and runs by hand do."
    files = (TreeFile(path=PATH, text=document(data, heading=heading)),)
    where = settings(found, secrets=_SECRETS, variables=_VARIABLES)
    return FileTree(files=files, unsupported=found.unsupported, settings=where)


def _jobs(found: Outline, collections: bool) -> Data:
    body: Data = {"lint": jobs.lint(found, collections)}
    looking: list[str] = []
    deploying: list[str] = []
    if found.build or found.packed:
        body["build"], looking = jobs.build(found, [events.PROPOSAL, events.SCHEDULE], publish=False), ["build"]
        rules = [events.DEPLOYMENT, events.ROLLBACK]
        body["release"], deploying = jobs.build(found, rules, publish=True), ["release"]
    if found.playbook:
        _playbooks(found, body, collections, looking, deploying)
    if found.publish:
        after = [{"job": "health"}] if found.playbook else []
        needs = [*({"job": name} for name in deploying), *after]
        body["publish"] = jobs.publish(found, [events.DEPLOYMENT], needs)
    return body


def _playbooks(found: Outline, body: Data, collections: bool, looking: list[str], deploying: list[str]) -> None:
    """The jobs that speak to hosts: one to look and one to apply for each environment, one after the other where they change anything."""
    for name in found.environments:
        for stage, rule, drift in (("plan", events.PROPOSAL, False), ("drift", events.SCHEDULE, True)):
            script = jobs.plan_script(found, drift)
            job = jobs.playbook(found, stage, name, [rule], script, collections=collections, needs=looking)
            body[f"{stage}:{name}"] = {**job, "artifacts": {"when": "always", "paths": ["run.log"], "expire_in": "1 month"}}
    last = list(deploying)
    apply = jobs.apply_script(found)
    for name in found.environments:
        needs = list(dict.fromkeys((*deploying, *last)))
        job = jobs.playbook(found, "apply", name, [events.DEPLOYMENT], apply, collections=collections, needs=needs)
        body[f"apply:{name}"] = {**job, "environment": {"name": name}, "resource_group": name}
        last = [f"apply:{name}"]
    body["health"] = jobs.health(found, [events.DEPLOYMENT], last)
    where = "$ROLLBACK_ENVIRONMENT" if len(found.environments) > 1 else found.environments[0]
    job = jobs.playbook(found, "rollback", where, [events.ROLLBACK], apply, collections=collections, needs=deploying)
    body["rollback"] = {**job, "environment": {"name": where}, "resource_group": where}


def _variables(found: Outline) -> Data:
    """What a run by hand is asked for, versions of the toolchains, and constants of the script."""
    asked: Data = {}
    if found.playbook:
        text = "Roll back: the commit or tag of the default branch to go back to; empty to deploy"
        asked[events.ROLLBACK_TO] = {"value": "", "description": text}
        if len(found.environments) > 1:
            names = list(found.environments)
            text = "Roll back: the environment"
            asked["ROLLBACK_ENVIRONMENT"] = {"value": names[0], "options": names, "description": text}
    else:
        asked[events.ROLLBACK_TO] = ""
    for each in found.environ.inputs:
        asked[each.name] = {"value": "", "description": described(each)}
    versions = {name: default for chain, (name, default) in images.VERSIONS.items() if chain in found.toolchains}
    constants = {name: jobs.literal(text) for name, text in found.environ.constants}
    return {**asked, **versions, **constants}

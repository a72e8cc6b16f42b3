"""GitLab CI: the pipeline that checks, deploys, watches and rolls back what the manifests say.

In: the plan and the tree of a target. Out: `.gitlab-ci.yml`, and the settings to make on GitLab.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.tree import FileTree, Setting, TreeFile
from converter.render.delivery.cluster.course import Course, course
from converter.render.delivery.cluster.files import brings
from converter.render.delivery.cluster.settings import cluster_settings
from converter.render.delivery.document import document
from converter.render.delivery.gitlab import cluster, events, jobs, several
from converter.render.delivery.outline import PULLED, Outline, outline
from converter.render.delivery.settings import settings

NAME = "gitlab-ci"
PATH = ".gitlab-ci.yml"
_SECRETS = "GitLab: Settings > CI/CD > Variables (masked, not protected: merge requests show a plan)"
_VARIABLES = "GitLab: Settings > CI/CD > Variables"
_SCOPE = ", each with the environment scope `NAME*` where it differs"

_TOKEN = Setting(
    name=several.TOKEN,
    purpose="Access token of the project with the scope `write_repository`, to open merge requests that promote",
    where=f"{_VARIABLES} (masked and protected)",
    secret=True,
)

Data = dict[str, Any]


def gitlab_ci(plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
    """The pipeline."""
    to_cluster = course(plan, tree, delivery=NAME, beside=beside)
    if to_cluster is not None:
        return _to_cluster(plan, tree, to_cluster, beside)
    found = outline(plan, tree, delivery=NAME, pulled=PULLED in beside)
    collections = any(file.path == "requirements.yml" for file in tree.files)
    files = (_file(_jobs(found, collections), _variables(found)),)
    scope = _SCOPE if found.several else ""
    where = settings(found, secrets=f"{_SECRETS}{scope}", variables=f"{_VARIABLES}{scope}")
    if found.promotes:
        where = (*where, _TOKEN)
    return FileTree(files=files, unsupported=found.unsupported, settings=where)


def _to_cluster(plan: Plan, tree: FileTree, found: Course, beside: Collection[str]) -> FileTree:
    """What delivers to a cluster; what all pipelines of a repository run lies there once."""
    files = (_file(cluster.pipeline(found), cluster.variables(found)),)
    scope = _SCOPE if found.several else ""
    pages = {"secrets": f"{_SECRETS}{scope}", "variables": f"{_VARIABLES}{scope}"}
    where = cluster_settings(found, **pages, agent=cluster.AGENT)
    if found.promotes or found.proposes:
        purpose = "Access token of the project with the scope `write_repository`, to open merge requests"
        where = (*where, msgspec.structs.replace(_TOKEN, purpose=purpose))
    shared = tuple(brings(plan, tree, found, delivery=NAME, beside=beside))
    assumed = found.assumptions if shared else ()
    return FileTree(files=(*files, *shared), unsupported=found.unsupported, assumptions=assumed, settings=where)


def _file(body: Data, variables: Data) -> TreeFile:
    data: Data = {
        "workflow": events.WORKFLOW,
        "stages": list(dict.fromkeys(job["stage"] for job in body.values() if "stage" in job)),
        **({"variables": variables} if variables else {}),
        **body,
    }
    heading = "What merge requests, merges to the default branch, schedules and runs by hand do."
    return TreeFile(path=PATH, text=document(data, heading=heading))


def _jobs(found: Outline, collections: bool) -> Data:
    body: Data = {"lint": jobs.lint(found, collections)}
    if found.playbook or found.pulled:
        body["verify"] = jobs.verify(collections)
    if found.several:
        if found.playbook:
            body[".ansible"] = jobs.ansible(found, collections)
        several.add(found, body)
        return body
    looking, deploying = _builds(found, body)
    if found.playbook:
        body[".ansible"] = jobs.ansible(found, collections)
        _looks(found, body, looking)
        _changes(found, body, deploying)
    if found.pulled:
        several.promote(found, body)
    if found.publish:
        needs = [*deploying, *(["health"] if found.playbook else [])]
        body["publish"] = jobs.publish(found, [events.DEPLOYMENT, events.ROLLBACK], needs)
    return body


def _builds(found: Outline, body: Data) -> tuple[list[str], list[str]]:
    """Adds the build, and what comes after it where hosts are looked at and where they are changed."""
    looking, deploying = [events.PROPOSAL, events.SCHEDULE], [events.DEPLOYMENT, events.ROLLBACK]
    if not found.build and not found.kept:
        return [], []
    if not found.publishes:
        body["build"] = jobs.build(found, [*looking, *deploying], publish=False)
        return ["build"], ["build"]
    body["build"] = jobs.build(found, looking, publish=False)
    deploying = [_forward(found, True), events.ROLLBACK]
    body["release"] = jobs.build(found, deploying, publish=True)
    return ["build"], ["release"]


def _forward(found: Outline, first: bool) -> Data:
    """What the script asked is asked before the first job that others see."""
    return {**events.DEPLOYMENT, **({"when": "manual"} if found.approved and first else {})}


def _looks(found: Outline, body: Data, needs: list[str]) -> None:
    """A job for each environment that compares, before a merge and by schedule."""
    log = {"when": "always", "paths": ["run.log"], "expire_in": "1 month"}
    for stage, rule in (("plan", events.TRUSTED), ("drift", events.SCHEDULE)):
        script = jobs.plan_script(found, drift=stage == "drift")
        for name in found.environments:
            body[f"{stage}:{name}"] = {**jobs.playbook(stage, name, rule, needs, script), "artifacts": {**log}}


def _changes(found: Outline, body: Data, needs: list[str]) -> None:
    """A job for each environment that applies, one after the other, and one that rolls back."""
    apply = jobs.apply_script(found)
    last: list[str] = []
    for name in found.environments:
        rule = _forward(found, not found.publishes)
        job = jobs.playbook("apply", name, rule, ["lint", *needs, *last], apply)
        body[f"apply:{name}"] = {**job, "environment": {"name": name}, "resource_group": name}
        last = [f"apply:{name}"]
    where = found.environments[0]
    job = jobs.playbook("apply", where, events.ROLLBACK, needs, apply)
    body["rollback"] = {**job, "environment": {"name": where}, "resource_group": where}
    # Of these two a pipeline has one.
    done = [{"job": name, "optional": True} for name in (*last, "rollback")]
    body["health"] = jobs.health(found, [events.DEPLOYMENT, events.ROLLBACK], done)


def _variables(found: Outline) -> Data:
    """What a run by hand is asked for, versions of the toolchains, and constants of the script."""
    asked: Data = {}
    if found.playbook:
        text = "Roll back: the commit or tag of the default branch to go back to; empty to deploy"
        asked[events.ROLLBACK_TO] = {"value": "", "description": text}
    else:
        asked[events.ROLLBACK_TO] = ""
    if found.several:
        names = [one.place for one in found.each]
        text = "Roll back: the environment"
        asked["ROLLBACK_ENVIRONMENT"] = {"value": names[0], "options": names, "description": text}
    return {**asked, **jobs.asked(found), **jobs.fixed(found)}

"""GitHub Actions: the workflows that check, deploy, watch and roll back what the manifests say.

In: the plan and the tree of a target. Out: files under `.github/workflows/`, and the settings to make on GitHub.
"""

from __future__ import annotations

from typing import Any

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile
from converter.render.delivery.document import document
from converter.render.delivery.github import jobs
from converter.render.delivery.github.expressions import Expression, expression, inert
from converter.render.delivery.outline import Outline, outline
from converter.render.delivery.settings import described, settings

NAME = "github-actions"
BRANCH = "main"
_SECRETS = "GitHub: Settings > Secrets and variables > Actions > Secrets"
_VARIABLES = "GitHub: Settings > Secrets and variables > Actions > Variables"
# A quiet minute of the early morning: at full hours GitHub's schedules run late.
_DAILY = "17 4 * * *"

Data = dict[str, Any]


def github_actions(plan: Plan, tree: FileTree) -> FileTree:
    """The workflows."""
    found = outline(plan, tree, delivery=NAME)
    collections = any(file.path == "requirements.yml" for file in tree.files)
    workflows = {"check": (_check(found, collections), "What a pull request would change.")}
    if found.playbook or found.source:
        workflows["deploy"] = (_deploy(found, collections), "What a merge to the default branch does.")
        workflows["rollback"] = (_rollback(found, collections), "Goes back to a revision, by hand.")
    if found.playbook:
        workflows["drift"] = (_drift(found, collections), "Looks every day whether the hosts are as the manifests say.")
    files = tuple(
        TreeFile(path=f".github/workflows/{name}.yml", text=document(inert(data), heading=heading))
        for name, (data, heading) in sorted(workflows.items())
    )
    where = settings(found, secrets=_SECRETS, variables=_VARIABLES)
    return FileTree(files=files, unsupported=found.unsupported, settings=where)


def _workflow(name: str, on: Data, group: str | Expression, cancel: bool, body: Data) -> Data:
    return {
        "name": name,
        "on": on,
        "permissions": {},
        "concurrency": {"group": group, "cancel-in-progress": cancel},
        "defaults": {"run": {"shell": "bash"}},
        "jobs": body,
    }


def _check(found: Outline, collections: bool) -> Data:
    body: Data = {"lint": jobs.lint(found, collections)}
    needs = _build(found, body, publish=False)
    if found.playbook:
        run = jobs.plan_run(found, "Plan", drift=False)
        plan = _for_each(found, "Plan", 30, run, collections)
        # A fork's pull request has no secrets, and must not have any.
        same = "github.event.pull_request.head.repo.full_name == github.repository"
        body["plan"] = _placed(plan, needs=needs, **{"if": same})
    group = expression("format('check-{0}', github.ref)")
    return _workflow("Check", {"pull_request": {}}, group, True, body)


def _deploy(found: Outline, collections: bool) -> Data:
    body: Data = {}
    needs = _build(found, body, publish=True, dispatched=True)
    for name in found.environments:
        env = jobs.playbook_environment(found, name, dispatched=True)
        run = jobs.apply_run(found)
        apply = jobs.playbook(found, f"Apply to {name}", 60, run, collections=collections, env=env, dispatched=True)
        body[f"apply-{_id(name)}"] = _placed(apply, needs=needs, environment=name)
        needs = [f"apply-{_id(name)}"]
    if found.playbook:
        body["health"] = _placed(jobs.health(found), needs=needs)
        needs = ["health"]
    if found.publish:
        body["publish"] = _placed(jobs.publish(found, dispatched=True), needs=needs)
    on: Data = {"push": {"branches": [BRANCH]}, "workflow_dispatch": _inputs(found)}
    return _workflow("Deploy", on, "deploy", False, body)


def _drift(found: Outline, collections: bool) -> Data:
    body: Data = {}
    needs = _build(found, body, publish=False)
    run = jobs.plan_run(found, "Drift", drift=True)
    body["drift"] = _placed(_for_each(found, "Drift", 30, run, collections), needs=needs)
    on: Data = {"schedule": [{"cron": _DAILY}], "workflow_dispatch": {}}
    return _workflow("Drift", on, "drift", False, body)


def _rollback(found: Outline, collections: bool) -> Data:
    """The manifests, the application or both as they were; nothing is changed in the history of this repository."""
    body: Data = {}
    asked: Data = {}
    if found.source:
        asked["app_revision"] = _back_to(found)
    ref = _application(found)
    needs = _build(found, body, publish=True, ref=ref)
    if found.playbook:
        revision = _asked("Revision of this repository to go back to: a commit or a tag of the default branch")
        asked = {"revision": {**revision, "required": True}, **asked}
        if len(found.environments) > 1:
            choice = {"description": "Environment to roll back", "type": "choice", "options": list(found.environments)}
            asked["environment"] = {**choice, "required": True}
        several = len(found.environments) > 1
        where = expression("inputs.environment") if several else found.environments[0]
        env = jobs.playbook_environment(found, where, dispatched=False)
        reviewed = expression("inputs.revision")
        run = jobs.apply_run(found)
        apply = jobs.playbook(found, "Roll back", 60, run, collections=collections, env=env, ref=reviewed)
        body["rollback"] = _placed(apply, needs=needs, environment=where)
        body["health"] = _placed(jobs.health(found), needs=["rollback"])
        needs = ["health"]
    if found.publish:
        body["publish"] = _placed(jobs.publish(found, dispatched=False, ref=ref), needs=needs)
    return _workflow("Roll back", {"workflow_dispatch": {"inputs": asked}}, "deploy", False, body)


def _application(found: Outline) -> Expression:
    """The revision of the application: where it lies in this repository, it goes back with the manifests."""
    if not found.playbook:
        return expression("inputs.app_revision")
    return expression("inputs.app_revision || vars.APP_REF || !vars.APP_REPOSITORY && inputs.revision || ''")


def _back_to(found: Outline) -> Data:
    if not found.playbook:
        return {**_asked("Revision of the application to go back to: a commit or a tag"), "required": True}
    return _asked("Revision of the application, if it has a repository of its own (empty: as in a deployment)")


def _build(
    found: Outline, body: Data, *, publish: bool, dispatched: bool = False, ref: Expression | None = None
) -> list[str]:
    """Adds the build where there is anything to build, and returns what comes after it."""
    if not found.build and not found.kept:
        return []
    body["build"] = jobs.build(found, publish=publish, dispatched=dispatched, ref=ref)
    return ["build"]


def _for_each(found: Outline, title: str, minutes: int, run: Data, collections: bool) -> Data:
    """A job for every environment at the same time; one alone needs no matrix."""
    if len(found.environments) == 1:
        env = jobs.playbook_environment(found, found.environments[0], dispatched=False)
        return jobs.playbook(found, title, minutes, run, collections=collections, env=env)
    where = expression("matrix.environment")
    env = jobs.playbook_environment(found, where, dispatched=False)
    name = expression(f"format('{title} ({{0}})', matrix.environment)")
    strategy = {"fail-fast": False, "matrix": {"environment": list(found.environments)}}
    return _placed(jobs.playbook(found, name, minutes, run, collections=collections, env=env), strategy=strategy)


def _placed(job: Data, *, needs: list[str] | None = None, **more: Any) -> Data:
    """The job with what places it in the workflow, which reads best before its steps."""
    steps = job.pop("steps")
    placed = {**job, **({"needs": needs} if needs else {}), **more}
    return {**placed, "steps": steps}


def _inputs(found: Outline) -> Data:
    asked = {each.setting: _asked(described(each)) for each in jobs.asked(found)}
    return {"inputs": asked} if asked else {}


def _asked(description: str) -> Data:
    """One question of a run by hand. GitHub reads no expressions here, so what looks like one is spelled apart."""
    return {"description": description.replace("${{", "$ {{"), "type": "string", "required": False}


def _id(name: str) -> str:
    return "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in name)

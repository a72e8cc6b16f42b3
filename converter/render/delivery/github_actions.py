"""GitHub Actions: the workflows that check, deploy, watch and roll back what the manifests say.

In: the plan and the tree of a target. Out: files under `.github/workflows/`, and the settings to make on GitHub.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile
from converter.render.delivery.cluster.course import Course, course
from converter.render.delivery.cluster.files import brings
from converter.render.delivery.cluster.settings import cluster_settings
from converter.render.delivery.commands import PROMOTED
from converter.render.delivery.document import document
from converter.render.delivery.github import cluster, flow, jobs, several
from converter.render.delivery.github.expressions import Expression, expression, inert
from converter.render.delivery.github.flow import application, back_to, identifier, placed, question, workflow
from converter.render.delivery.github.promote import promote
from converter.render.delivery.outline import PULLED, Outline, outline
from converter.render.delivery.settings import settings

NAME = "github-actions"
BRANCH = "main"
# Where a script that names no host asks whether to go on.
PRODUCTION = "production"
_SECRETS = "GitHub: Settings > Secrets and variables > Actions > Secrets"
_VARIABLES = "GitHub: Settings > Secrets and variables > Actions > Variables"
# A quiet minute of the early morning: at full hours GitHub's schedules run late.
_DAILY = "17 4 * * *"

Data = dict[str, Any]


def github_actions(plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
    """The workflows."""
    to_cluster = course(plan, tree, delivery=NAME, beside=beside)
    if to_cluster is not None:
        return _to_cluster(plan, tree, to_cluster, beside)
    found = outline(plan, tree, delivery=NAME, pulled=PULLED in beside)
    collections = any(file.path == "requirements.yml" for file in tree.files)
    workflows = {"check": (_check(found, collections), "What a pull request would change.")}
    if found.playbook or found.source:
        workflows["deploy"] = (_deploy(found, collections), "What a merge to the default branch does.")
        workflows["rollback"] = (_rollback(found, collections), "Goes back to a revision, by hand.")
    if found.promotes:
        places = [one.place for one in found.each]
        workflows["promote"] = (promote(places, PROMOTED), "Proposes the versions of one environment for the next.")
    if found.playbook:
        workflows["drift"] = (_drift(found, collections), "Looks every day whether the hosts are as the manifests say.")
    pages = _pages([one.place for one in found.each] if found.several else [])
    where = settings(found, secrets=pages[0], variables=pages[1])
    return FileTree(files=_files(workflows), unsupported=found.unsupported, settings=where)


def _to_cluster(plan: Plan, tree: FileTree, found: Course, beside: Collection[str]) -> FileTree:
    """What delivers to a cluster; what all pipelines of a repository run lies there once."""
    pages = _pages(found.environments if found.several else ())
    where = cluster_settings(found, secrets=pages[0], variables=pages[1])
    shared = tuple(brings(plan, tree, found, delivery=NAME, beside=beside))
    assumed = found.assumptions if shared else ()
    return FileTree(
        files=(*_files(cluster.workflows(found)), *shared),
        unsupported=found.unsupported,
        assumptions=assumed,
        settings=where,
    )


def _files(made: cluster.Workflows) -> tuple[TreeFile, ...]:
    return tuple(
        TreeFile(path=f".github/workflows/{name}.yml", text=document(inert(data), heading=heading))
        for name, (data, heading) in sorted(made.items())
    )


def _pages(environments: Sequence[str]) -> tuple[str, str]:
    """Where secrets and variables are made; each of several environments has its own."""
    if not environments:
        return _SECRETS, _VARIABLES
    places = ", ".join(f"`{name}`, `{several.twin(name)}`" for name in environments)
    own = f"GitHub: Settings > Environments > each of {places}; what is the same in all of them for the repository"
    return own, own


def _check(found: Outline, collections: bool) -> Data:
    body: Data = {"lint": jobs.lint(found, collections)}
    needs = _build(found, body, publish=False)
    if found.playbook:
        run = jobs.plan_run(found, "Plan", drift=False)
        plan = _for_each(found, "Plan", 30, run, collections)
        # A fork's pull request has no secrets, and must not have any.
        same = "github.event.pull_request.head.repo.full_name == github.repository"
        asked = f"github.event_name == 'workflow_dispatch' || {same}"
        body["plan"] = placed(plan, needs=needs, **{"if": asked if found.promotes else same})
    if found.playbook or found.pulled:
        body["verify"] = jobs.verify(collections)
    group = expression("format('check-{0}', github.ref)")
    on: Data = {"pull_request": {}, **({"workflow_dispatch": {}} if found.promotes else {})}
    return workflow("Check", on, group, True, body)


def _deploy(found: Outline, collections: bool) -> Data:
    on: Data = {"push": {"branches": [BRANCH]}, "workflow_dispatch": _inputs(found)}
    if found.several:
        return workflow("Deploy", on, "", False, several.deploy(found, collections))
    body: Data = {}
    needs = _build(found, body, publish=True, dispatched=True)
    if found.approved and found.publishes:
        body["build"] = placed(body["build"], environment=found.environments[0] if found.environments else PRODUCTION)
    for name in found.environments:
        env = jobs.playbook_environment(found, name, dispatched=True)
        run = jobs.apply_run(found)
        apply = jobs.playbook(found, f"Apply to {name}", 60, run, collections=collections, env=env, dispatched=True)
        body[f"apply-{identifier(name)}"] = placed(apply, needs=needs, environment=name)
        body["health"] = placed(jobs.health(found), needs=[f"apply-{identifier(name)}"])
        needs = ["health"]
    if found.publish:
        body["publish"] = placed(jobs.publish(found, dispatched=True), needs=needs)
    return workflow("Deploy", on, "deploy", False, body)


def _drift(found: Outline, collections: bool) -> Data:
    body: Data = {}
    needs = _build(found, body, publish=False)
    run = jobs.plan_run(found, "Drift", drift=True)
    body["drift"] = placed(_for_each(found, "Drift", 30, run, collections), needs=needs)
    on: Data = {"schedule": [{"cron": _DAILY}], "workflow_dispatch": {}}
    return workflow("Drift", on, "drift", False, body)


def _rollback(found: Outline, collections: bool) -> Data:
    """The manifests, the application or both as they were; nothing is changed in the history of this repository."""
    if found.several:
        body, asked = several.rollback(found, collections)
        return workflow("Roll back", {"workflow_dispatch": {"inputs": asked}}, "", False, body)
    body, asked = {}, {}
    if found.source:
        asked["app_revision"] = back_to(found)
    ref = application(found)
    needs = _build(found, body, publish=True, ref=ref)
    if found.playbook:
        revision = question(
            "Revision of this repository to go back to: a commit of the default branch, in full, or a tag"
        )
        asked = {"revision": {**revision, "required": True}, **asked}
        where = found.environments[0]
        env = jobs.playbook_environment(found, where, dispatched=False)
        reviewed = expression("inputs.revision")
        run = jobs.apply_run(found)
        apply = jobs.playbook(found, "Roll back", 60, run, collections=collections, env=env, ref=reviewed)
        body["rollback"] = placed(apply, needs=needs, environment=where)
        body["health"] = placed(jobs.health(found), needs=["rollback"])
        needs = ["health"]
    if found.publish:
        body["publish"] = placed(jobs.publish(found, dispatched=False, ref=ref), needs=needs)
    return workflow("Roll back", {"workflow_dispatch": {"inputs": asked}}, "deploy", False, body)


def _build(
    found: Outline, body: Data, *, publish: bool, dispatched: bool = False, ref: Expression | None = None
) -> list[str]:
    """Adds the build where there is anything to build, and returns what comes after it."""
    if not found.build and not found.kept:
        return []
    if not found.one_build:
        return several.builds(found, body)
    body["build"] = jobs.build(found, publish=publish, dispatched=dispatched, ref=ref)
    return ["build"]


def _for_each(found: Outline, title: str, minutes: int, run: Data, collections: bool) -> Data:
    """A job for every environment at the same time; one alone needs no matrix."""
    if len(found.environments) == 1:
        env = jobs.playbook_environment(found, found.environments[0], dispatched=False)
        return jobs.playbook(found, title, minutes, run, collections=collections, env=env)
    where = expression("matrix.environment")
    if not found.one_build:
        found = msgspec.structs.replace(found, archive=expression("format('app-{0}', matrix.environment)"))
    env = jobs.playbook_environment(found, where, dispatched=False)
    name = expression(f"format('{title} ({{0}})', matrix.environment)")
    strategy = {"fail-fast": False, "matrix": {"environment": list(found.environments)}}
    twin = expression(f"format('{several.twin('{0}')}', matrix.environment)")
    job = jobs.playbook(found, name, minutes, run, collections=collections, env=env)
    return placed(job, strategy=strategy, environment=twin)


def _inputs(found: Outline) -> Data:
    asked = {each.setting: flow.asked(each) for each in jobs.asked(found)}
    if found.several:
        where = several.choice(found, "Environment to deploy to", several.EVERY)
        asked = {"environment": {**where, "default": several.EVERY}, **asked}
    return {"inputs": asked} if asked else {}

"""Workflows of GitHub that deliver to a cluster: what a pull request would change, what a merge does, what differs,
what is built and proposed, and what is promoted."""

from __future__ import annotations

from typing import Any

from converter.render.delivery.cluster import commands
from converter.render.delivery.cluster.course import KUBECTL, Course
from converter.render.delivery.cluster.images import VERSIONS
from converter.render.delivery.github import building, jobs, several, steps
from converter.render.delivery.github.expressions import Expression, expression, given, secret
from converter.render.delivery.github.flow import identifier, placed, workflow
from converter.render.delivery.github.promote import promote

Data = dict[str, Any]
Workflows = dict[str, tuple[Data, str]]

BRANCH = "main"
# A quiet minute of the early morning: at full hours GitHub's schedules run late.
_DAILY = "17 4 * * *"
_SAME = "github.event.pull_request.head.repo.full_name == github.repository"
_ACCESS = """\
: "${ACCESS:?is not set: the kubeconfig that clusters/deliver.sh access prints}"
install -m 600 /dev/null "$RUNNER_TEMP/kubeconfig"
printf '%s\\n' "$ACCESS" > "$RUNNER_TEMP/kubeconfig"
echo "KUBECONFIG=$RUNNER_TEMP/kubeconfig" >> "$GITHUB_ENV"
"""
# What stands in the folders of other environments does not concern one.
_OWN = r"^\(environments\|clusters\|apps/[^/]*/overlays\)/"


def workflows(course: Course) -> Workflows:
    """All that there is a reason for, by name, each with what it is for."""
    found: Workflows = {"check": (_check(course), "What a pull request would change.")}
    if course.builds:
        found["build"] = (building.build(course), "Builds, and proposes what came of it to an environment.")
    if course.promotes:
        promotion = promote(course.environments, VERSIONS)
        found["promote"] = (promotion, "Proposes the versions of one environment for the next.")
    if course.pushes:
        found["deploy"] = (_deploy(course), "What a merge to the default branch does.")
        found["drift"] = (_drift(course), "Looks every day whether the cluster is as the manifests say.")
    return found


def _check(course: Course) -> Data:
    python = steps.use("Set up Python", "actions/setup-python", **{"python-version": "3.12"})
    validate = steps.run("Build every overlay and hold it against the schemas", commands.VALIDATE)
    body: Data = {"lint": jobs.job("Lint", 15, [steps.manifests(), python, validate])}
    proposed = course.promotes or course.proposes
    if course.pushes:
        # A fork's pull request has no secrets, and must not have any.
        same: Data = {"if": f"github.event_name == 'workflow_dispatch' || {_SAME}" if proposed else _SAME}
        body["plan"] = placed(_for_each(course, "Plan", drift=False), **same)
    on: Data = {"pull_request": {}, **({"workflow_dispatch": {}} if proposed else {})}
    return workflow("Check", on, expression("format('check-{0}', github.ref)"), True, body)


def _deploy(course: Course) -> Data:
    names = list(course.environments)
    if not course.several:
        job = placed(_cluster(course, f"Apply to {names[0]}", 90, names[0], _apply(course)), environment=names[0])
        on: Data = {"push": {"branches": [BRANCH]}, "workflow_dispatch": {}}
        return workflow("Deploy", on, "deploy", False, {f"apply-{identifier(names[0])}": job})
    body: Data = {"changes": several.changes(names, f"{_OWN}[^/]*/", f"{_OWN}$1/")}
    needs = ["changes"]
    for name in names:
        key = f"apply-{identifier(name)}"
        alone = {"group": f"deploy-{identifier(name)}", "cancel-in-progress": False}
        job = _cluster(course, f"Apply to {name}", 90, name, _apply(course))
        body[key] = placed(
            job, needs=list(needs), environment=name, concurrency=alone, **{"if": several.concerned(name)}
        )
        needs = ["changes", key]
    where = {**several.chosen("Environment to deploy to", [several.EVERY, *names]), "default": several.EVERY}
    on = {"push": {"branches": [BRANCH]}, "workflow_dispatch": {"inputs": {"environment": where}}}
    return workflow("Deploy", on, "", False, body)


def _drift(course: Course) -> Data:
    on: Data = {"schedule": [{"cron": _DAILY}], "workflow_dispatch": {}}
    return workflow("Drift", on, "drift", False, {"drift": _for_each(course, "Drift", drift=True)})


def _for_each(course: Course, title: str, *, drift: bool) -> Data:
    """A job for every environment at the same time; one alone needs no matrix."""
    look = _look(course, title, drift=drift)
    if not course.several:
        return _cluster(course, title, 30, course.environments[0], look)
    where = expression("matrix.environment")
    name = expression(f"format('{title} ({{0}})', matrix.environment)")
    strategy = {"fail-fast": False, "matrix": {"environment": list(course.environments)}}
    twin = expression(f"format('{several.twin('{0}')}', matrix.environment)")
    return placed(_cluster(course, name, 30, where, look), strategy=strategy, environment=twin)


def _cluster(course: Course, name: str, minutes: int, where: str | Expression, run: Data) -> Data:
    """A job that speaks to the cluster, with what it needs before it."""
    install = commands.install(course, "$HOME/.local/bin") + 'echo "$place" >> "$GITHUB_PATH"\n'
    body = [
        steps.manifests(),
        steps.run("Install kubectl" + (" and sops" if course.encrypted else ""), install),
        steps.run("Load the access to the cluster", _ACCESS, {"ACCESS": secret(commands.KUBECONFIG)}),
        run,
    ]
    env = {"ENVIRONMENT": where, "KUBECTL_VERSION": given("KUBECTL_VERSION", KUBECTL)}
    return jobs.job(name, minutes, body, env=env)


def _look(course: Course, title: str, *, drift: bool) -> Data:
    before, after = commands.compared("run.log", drift)
    return steps.run(title, before + jobs.SUMMARY.format(title=title, log="run.log").lstrip() + after, _keys(course))


def _apply(course: Course) -> Data:
    return steps.run("Apply the manifests", commands.APPLY, _keys(course))


def _keys(course: Course) -> Data:
    return {commands.AGE.name: secret(commands.AGE.name)} if course.encrypted else {}

"""GitLab's pipeline that delivers to a cluster: what a merge request would change, what a merge does, what differs,
what is built and proposed, and what is promoted."""

from __future__ import annotations

from typing import Any

from converter.model.tree import Setting
from converter.render.delivery.cluster import commands
from converter.render.delivery.cluster.course import KUBECTL, Course
from converter.render.delivery.cluster.images import FILE, VERSIONS
from converter.render.delivery.cluster.proposing import PROPOSAL
from converter.render.delivery.gitlab import events, images, jobs, several
from converter.render.delivery.outline import Outline

Data = dict[str, Any]

_FROM_OUTSIDE = '$CI_PIPELINE_SOURCE == "pipeline" || $CI_PIPELINE_SOURCE == "trigger"'
_MERGED: Data = {
    "if": '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"'
    ' && $CI_PIPELINE_SOURCE != "pipeline" && $CI_PIPELINE_SOURCE != "trigger"'
}
# The pipeline of the application starts the build; else a person does, and then nothing is deployed again.
_ASKED: list[Data] = [{"if": _FROM_OUTSIDE}, {**_MERGED, "when": "manual", "allow_failure": True}]
# The context is that of an agent for Kubernetes, which brings a kubeconfig of its own.
_ACCESS = """\
if [ -n "${KUBE_CONTEXT:-}" ]; then
  kubectl config use-context "$KUBE_CONTEXT"
fi
: "${KUBECONFIG:?is not set: the kubeconfig that clusters/deliver.sh access prints, as a file, or KUBE_CONTEXT}"
"""
AGENT = Setting(
    name="KUBE_CONTEXT",
    purpose="Agent for Kubernetes that the jobs speak through, as `group/project:agent`; then there is no `KUBECONFIG`",
    where="",
    required=False,
    default="`KUBECONFIG` says which cluster (a variable of type file)",
)


def pipeline(course: Course) -> Data:
    """All jobs."""
    body: Data = {"lint": _lint()}
    if course.pushes:
        body[".kubectl"] = _kubectl(course)
        _looks(course, body)
        _applies(course, body)
    last: list[str] = []
    for one in course.builds:
        last = _builds(course, one, body, last)
    for name in course.environments[:-1] if course.promotes else ():
        script = several.promotion(course.environments, VERSIONS)
        body[f"promote:{name}"] = _change(name, script, [_by_hand()], [f"apply:{name}"] if course.pushes else [])
    return body


def _lint() -> Data:
    return {
        "stage": "lint",
        "image": images.PYTHON,
        "timeout": "15 minutes",
        "rules": [events.PROPOSAL, _MERGED],
        "script": [commands.VALIDATE],
    }


def _kubectl(course: Course) -> Data:
    """What every job extends that speaks to the cluster."""
    return {
        "image": images.CURL,
        "timeout": "2 hours",
        "variables": {"KUBECTL_VERSION": KUBECTL},
        "before_script": [commands.install(course, "/usr/local/bin"), _ACCESS],
    }


def _looks(course: Course, body: Data) -> None:
    log = {"when": "always", "paths": ["run.log"], "expire_in": "1 month"}
    for stage, rule in (("plan", events.TRUSTED), ("drift", events.SCHEDULE)):
        script = "".join(commands.compared("run.log", drift=stage == "drift"))
        for name in course.environments:
            where = {"environment": several.twin(name)} if course.several else {}
            job = _speaks(stage, name, {"needs": [], "rules": [rule], "script": [script], "artifacts": {**log}})
            body[f"{stage}:{name}"] = {**job, **where}


def _applies(course: Course, body: Data) -> None:
    """One environment after the other; before the last one somebody has to agree."""
    before: list[str] = []
    for name in course.environments:
        by_hand = {"when": "manual"} if course.several and name == course.environments[-1] else {}
        body[f"apply:{name}"] = {
            **_speaks(
                "apply",
                name,
                {"needs": ["lint", *before], "rules": [{**_MERGED, **by_hand}], "script": [commands.APPLY]},
            ),
            "environment": {"name": name},
            "resource_group": name,
        }
        before = [f"apply:{name}"]


def _speaks(stage: str, name: str, more: Data) -> Data:
    return {"extends": ".kubectl", "stage": stage, "variables": {"ENVIRONMENT": name}, **more}


def _builds(course: Course, one: Outline, body: Data, before: list[str]) -> list[str]:
    """The build of one environment or of all, after that of the one before, and what it proposes."""
    end = f":{one.place}" if one.place else ""
    if any(not step.publish for step in one.build):
        body[f"build{end}"] = _own(one, jobs.build(one, [events.PROPOSAL], publish=False))
    release = _own(one, jobs.build(one, _ASKED, publish=True))
    where = course.proposed_to(one)
    if where:
        release["artifacts"] = {"paths": [FILE], "expire_in": "1 week"}
    body[f"release{end}"] = {**release, "stage": "release", "needs": before}
    if where:
        script = several.AUTHOR + f'IMAGES="$(cat {FILE})"\n' + PROPOSAL + several.opening("$title")
        rules = [{"if": _FROM_OUTSIDE}, _MERGED]
        body[f"propose{end}"] = _change(where, script, rules, [f"release{end}"], stage="propose")
    return [f"release{end}"]


def _own(one: Outline, job: Data) -> Data:
    """A build of one environment has its constants and its secrets."""
    return {**several.known(one, job), "environment": several.twin(one.place)} if one.place else job


def _change(name: str, script: str, rules: list[Data], needs: list[str], stage: str = "promote") -> Data:
    """A job that opens a merge request; it runs nothing of the application."""
    return {
        "stage": stage,
        "image": images.PYTHON,
        "timeout": "10 minutes",
        "needs": needs,
        "rules": rules,
        "variables": {"ENVIRONMENT": name, "FROM": name, "RUN": "$CI_PIPELINE_IID"},
        "before_script": [images.install(["git"])],
        "script": [script],
    }


def _by_hand() -> Data:
    return {**_MERGED, "when": "manual", "allow_failure": True}


def variables(course: Course) -> Data:
    """What a run by hand is asked for, versions of the toolchains, and constants of the script."""
    return {**jobs.asked(course.build), **jobs.fixed(course.build)} if course.builds else {}

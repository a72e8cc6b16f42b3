"""The pipeline for several environments: from the first to the last, which waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from converter.render.delivery import commands
from converter.render.delivery.gitlab import events, images, jobs
from converter.render.delivery.outline import Outline

Data = dict[str, Any]

TOKEN = "PROMOTE_TOKEN"
_BY_HAND = {"when": "manual"}
_PROPOSE = """\
git push --quiet -o merge_request.create -o "merge_request.target=$CI_DEFAULT_BRANCH" \\
  -o "merge_request.title={title}" -o merge_request.remove_source_branch \\
  "$CI_SERVER_URL/$CI_PROJECT_PATH.git" "$branch"
"""
AUTHOR = """\
git config --global user.name "$GITLAB_USER_NAME"
git config --global user.email "$GITLAB_USER_EMAIL"
"""


def add(found: Outline, body: Data) -> None:
    """The jobs of all environments, those that look and those that change."""
    shared = _shared(found, body) if found.one_build and (found.build or found.kept) else ([], [])
    last: list[str] = []
    for one in found.each:
        looking, deploying = shared if found.one_build else _own(found, one, body, last)
        if one.playbook:
            _looks(one, body, looking)
        last = _changes(found, one, body, [*deploying, *last]) or last
    if found.one_build and found.publish:
        rules = [events.DEPLOYMENT, _back(found.each[-1])]
        body["publish"] = jobs.publish(found, rules, _optional(last))
    promote(found, body)


def promote(found: Outline, body: Data) -> None:
    """A job for each environment but the last, where there are versions to promote."""
    for one in found.each[:-1] if found.promotes else ():
        body[f"promote:{one.place}"] = _promote(found, one)


def promotion(places: Sequence[str], versions: str) -> str:
    """The script of a job that promotes; `versions` is the file of an environment that is promoted."""
    return AUTHOR + commands.promotion(places, versions) + opening("Promote $FROM to $to")


def opening(title: str) -> str:
    """Opens a merge request for the branch that was made."""
    needed = f': "${{{TOKEN}:?is not set: README.md says what it is for}}"\n'
    return needed + commands.git_login("promote", f"${TOKEN}", "$CI_SERVER_URL") + _PROPOSE.format(title=title)


def twin(place: str) -> Data:
    """The environment of a job that only looks: its variables have the scope `NAME*`, its protection is another's."""
    return {"name": f"{place}-plan", "action": "access"}


def _shared(found: Outline, body: Data) -> tuple[list[str], list[str]]:
    looking, deploying = [events.PROPOSAL, events.SCHEDULE], [events.DEPLOYMENT, events.ROLLBACK]
    if not found.publishes:
        body["build"] = jobs.build(found, [*looking, *deploying], publish=False)
        return ["build"], ["build"]
    body["build"] = jobs.build(found, looking, publish=False)
    body["release"] = jobs.build(found, deploying, publish=True)
    return ["build"], ["release"]


def _own(found: Outline, one: Outline, body: Data, last: list[str]) -> tuple[list[str], list[str]]:
    """The builds of one environment; one that publishes waits for what the environment before it does."""
    if not one.build and not one.kept:
        return [], []
    build, release = f"build:{one.place}", f"release:{one.place}"
    looking = [events.PROPOSAL, events.SCHEDULE]
    body[build] = {**known(one, jobs.build(one, looking, publish=False)), "environment": twin(one.place)}
    published = known(one, jobs.build(one, [_forward(found, one), _back(one)], publish=True))
    published = {**published, "needs": _optional(["lint", *last]), "environment": {"name": one.place}}
    body[release] = {**published, "stage": "apply", "resource_group": one.place}
    return [build], [release]


def known(one: Outline, job: Data) -> Data:
    """The job with the constants of its environment."""
    constants = {name: jobs.literal(text) for name, text in one.environ.constants}
    return {**job, "variables": {**constants, **job.get("variables", {})}}


def _looks(one: Outline, body: Data, needs: list[str]) -> None:
    log = {"when": "always", "paths": ["run.log"], "expire_in": "1 month"}
    for stage, rule in (("plan", events.TRUSTED), ("drift", events.SCHEDULE)):
        job = jobs.playbook(stage, one.place, rule, needs, jobs.plan_script(one, drift=stage == "drift"))
        body[f"{stage}:{one.place}"] = {**job, "environment": twin(one.place), "artifacts": {**log}}


def _changes(found: Outline, one: Outline, body: Data, needs: list[str]) -> list[str]:
    """The job that applies and asks whether what it deployed answers, and what publishes after it."""
    where: Data = {"environment": {"name": one.place}, "resource_group": one.place}
    done = [name for name in needs if name == f"release:{one.place}"]
    if one.playbook:
        script = f"{jobs.apply_script(one)}\n{commands.HEALTH}"
        rule = events.DEPLOYMENT if done else _forward(found, one)
        job = jobs.playbook("apply", one.place, rule, [], script)
        back = _back(one)
        variables = {**job["variables"], "HEALTH_URLS": jobs.literal(" ".join(one.health))}
        job |= {"needs": _optional(["lint", *needs]), "rules": [rule, back], "variables": variables, **where}
        done = [f"apply:{one.place}"]
        body[done[0]] = job
    if not found.one_build and one.publish:
        publish = known(one, jobs.publish(one, [events.DEPLOYMENT, _back(one)], _optional(done)))
        body[f"publish:{one.place}"] = {**publish, "stage": "apply", **where}
        done = [f"publish:{one.place}"]
    return done


def _forward(found: Outline, one: Outline) -> Data:
    """A merge goes through all environments; before the last one somebody has to agree."""
    return {**events.DEPLOYMENT, **(_BY_HAND if one.place == found.each[-1].place else {})}


def _back(one: Outline) -> Data:
    return {"if": f'{events.ROLLBACK["if"]} && $ROLLBACK_ENVIRONMENT == "{one.place}"'}


def _optional(names: list[str]) -> list[Data]:
    """A rollback has the jobs of one environment alone."""
    return [{"job": name, "optional": True} for name in names]


def _promote(found: Outline, one: Outline) -> Data:
    script = promotion([each.place for each in found.each], commands.PROMOTED)
    return {
        "stage": "promote",
        "image": images.PYTHON,
        "timeout": "10 minutes",
        "needs": [f"apply:{one.place}"] if one.playbook else [],
        "rules": [{**events.DEPLOYMENT, **_BY_HAND, "allow_failure": True}],
        "variables": {"FROM": one.place, "RUN": "$CI_PIPELINE_IID"},
        "before_script": [images.install(["git"])],
        "script": [script],
    }

"""The workflow that builds for a cluster: the steps of the script in the application's checkout, and a pull request
with what came of them."""

from __future__ import annotations

from typing import Any

from converter.render.delivery import commands
from converter.render.delivery.cluster.course import Course
from converter.render.delivery.cluster.images import FILE
from converter.render.delivery.cluster.proposing import PROPOSAL
from converter.render.delivery.github import flow, jobs, several, steps
from converter.render.delivery.github.expressions import expression
from converter.render.delivery.github.flow import identifier, placed, workflow
from converter.render.delivery.outline import Outline

Data = dict[str, Any]

# A commit that changes manifests alone makes no new image: what a build proposes would start the next one.
_MANIFESTS = ["*.md", ".github/**", ".gitopsify/**", "apps/**", "clusters/**", "environments/**"]
_TOLD = f"""\
{{
  echo 'images<<END'
  cat {FILE}
  echo END
}} >> "$GITHUB_OUTPUT"
"""
# GitHub starts no workflow for what this token pushes, so the checks are started by name.
OPEN = (
    commands.git_login("x-access-token", "$GH_TOKEN", "$GITHUB_SERVER_URL")
    + """\
git push --quiet origin "$branch"
echo "Merging this deploys it." > body.md
{ echo; git show --format= HEAD | sed 's/^/    /'; } >> body.md
gh pr create --base "$BASE" --head "$branch" --title "$title" --body-file body.md
gh workflow run check.yml --ref "$branch"
"""
)
AUTHOR = """\
git config --global user.name "$GITHUB_ACTOR"
git config --global user.email "$GITHUB_ACTOR@users.noreply.github.com"
"""


def build(course: Course) -> Data:
    """A build for all environments, or one for each, and after it what it proposes."""
    body: Data = {}
    last: list[str] = []
    for one in course.builds:
        last = _with_proposal(course, one, body, last)
    on: Data = {"workflow_dispatch": _inputs(course.build)}
    # What nobody has told can't be built by itself.
    if not any(one.required(one.build) for one in course.builds):
        on = {"push": {"branches": ["main"], "paths-ignore": _MANIFESTS}, **on}
    tried = [one for one in course.builds if any(not step.publish for step in one.build)]
    if tried:
        on["pull_request"] = {"paths-ignore": _MANIFESTS}
        proposal: Data = {"if": "github.event_name == 'pull_request'"}
        for one in tried:
            job = jobs.build(one, publish=False, dispatched=False)
            body[_key("try", one)] = placed(job, **proposal)
    return workflow("Build", on, expression("format('build-{0}', github.ref)"), False, body)


def _with_proposal(course: Course, one: Outline, body: Data, before: list[str]) -> list[str]:
    """The build for one environment or all, after that of the one before; returns what the next one waits for."""
    key = _key("build", one)
    job = jobs.build(one, publish=True, dispatched=True)
    where = course.proposed_to(one)
    if where:
        job["outputs"] = {"images": expression("steps.images.outputs.images")}
        job["steps"] = [*job["steps"], {**steps.run("Hand over what was pushed", _TOLD), "id": "images"}]
    if one.place:
        job["name"] = f"{job['name']} for {one.place}"
    # An image is no deployment: only a job that applies runs in the environment itself.
    more: Data = {"if": "github.event_name != 'pull_request'"}
    more |= {"environment": several.twin(one.place)} if one.place else {}
    body[key] = placed(job, needs=before, **more)
    if where:
        body[_key("propose", one)] = placed(_propose(key, where), needs=[key])
    return [key]


def _propose(build: str, where: str) -> Data:
    """Its token may write, and it runs nothing of the application."""
    env = {
        "BASE": expression("github.event.repository.default_branch"),
        "ENVIRONMENT": where,
        "GH_TOKEN": expression("github.token"),
        "IMAGES": expression(f"needs.{build}.outputs.images"),
        "RUN": expression("github.run_number"),
    }
    checkout = steps.manifests(expression("github.event.repository.default_branch"))
    run = steps.run("Propose what was built", AUTHOR + PROPOSAL + OPEN, env)
    permissions = {"actions": "write", "contents": "write", "pull-requests": "write"}
    return jobs.job(f"Propose it to {where}", 10, [checkout, run], permissions=permissions)


def _key(what: str, one: Outline) -> str:
    return f"{what}-{identifier(one.place)}" if one.place else what


def _inputs(found: Outline) -> Data:
    asked = {each.setting: flow.asked(each) for each in jobs.asked(found)}
    return {"inputs": asked} if asked else {}

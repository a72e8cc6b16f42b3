"""Workflows for several environments: from the first to the last, each with its own secrets, queue and approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from converter.render.delivery import commands
from converter.render.delivery.github import jobs, steps
from converter.render.delivery.github.expressions import Expression, expression, quoted
from converter.render.delivery.github.flow import application, back_to, identifier, placed, question
from converter.render.delivery.outline import Outline

Data = dict[str, Any]
EVERY = "every environment"
# An environment is concerned by what has changed since it was deployed last, also if that is several merges ago; what
# stands in the folders of other environments does not count. Where nothing is known of it, it is concerned.
_CONCERNED = """\
deployed() {{
  gh api "repos/$GITHUB_REPOSITORY/deployments?per_page=30&environment=$1" --jq '.[] | "\\(.id) \\(.sha)"' |
    while read -r id sha; do
      states="$(gh api "repos/$GITHUB_REPOSITORY/deployments/$id/statuses" --jq '.[].state')"
      if grep -qx success <<< "$states"; then
        echo "$sha"
        break
      fi
    done
}}
concerned() {{
  changed="$(git diff --name-only "$(deployed "$1" || true)" HEAD 2> /dev/null)" || return 0
  [ -n "$changed" ] || return 1
  grep -qv '{folders}' <<< "$changed" || grep -q "{own}" <<< "$changed"
}}
approved() {{
  rules='[.protection_rules[]? | select(.type == "required_reviewers")] | length'
  count="$(gh api "repos/$GITHUB_REPOSITORY/environments/$1" --jq "$rules")" && [ "$count" != 0 ]
}}
found=()
for each in {every}; do
  if [ -n "$ASKED" ]; then
    if [ "$ASKED" = "$each" ] || [ "$ASKED" = {all} ]; then found+=("$each"); fi
  elif ! concerned "$each"; then
    echo "nothing has changed for $each"
  elif [ "$each" = {last} ] && ! approved "$each"; then
    echo "::warning::$each has no required reviewers: it is deployed by hand only (Actions > Deploy > Run workflow)"
  else
    found+=("$each")
  fi
done
echo "environments=$(jq --null-input --compact-output '$ARGS.positional' --args -- "${{found[@]}}")" >> "$GITHUB_OUTPUT"
"""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a workflow goes through the environments: forward one after the other, or back in one of them."""

    prefix: str
    title: str
    when: Callable[[str], str]
    start: tuple[str, ...] = ()
    dispatched: bool = False
    app: Expression | None = None
    manifests: Expression | None = None


def deploy(found: Outline, collections: bool) -> Data:
    """The environments that a merge is about, in their order; the next one only after the one before answers."""
    names = [one.place for one in found.each]
    body: Data = {"changes": changes(names, "^inventories/[^/]*/", "^inventories/$1/")}
    way = Way(prefix="apply", title="Apply to", when=concerned, start=("changes",), dispatched=True)
    _through(found, body, way, collections)
    return body


def rollback(found: Outline, collections: bool) -> tuple[Data, Data]:
    """The jobs that take one environment back, and what they are asked."""
    body: Data = {}
    revision = question("Revision of this repository to go back to: a commit of the default branch, in full, or a tag")
    asked: Data = {"revision": {**revision, "required": True}} if found.playbook else {}
    if found.source:
        asked["app_revision"] = back_to(found)
    asked["environment"] = choice(found, "Environment to roll back")
    reviewed = expression("inputs.revision") if found.playbook else None
    app = application(found) if found.source else None
    way = Way(prefix="rollback", title="Roll back", when=_named, app=app, manifests=reviewed)
    _through(found, body, way, collections)
    return body, asked


def choice(found: Outline, description: str, *more: str) -> Data:
    """The question for an environment."""
    return chosen(description, [*more, *(one.place for one in found.each)])


def chosen(description: str, options: Sequence[str]) -> Data:
    """A question with these answers."""
    return {"description": description, "type": "choice", "options": list(options), "required": True}


def twin(place: str) -> str:
    """The environment of a job that only looks: it has the secrets, and asks for no approval."""
    return f"{place}-plan"


def builds(found: Outline, body: Data) -> list[str]:
    """A build for each environment, which publishes nothing; returns what comes after them."""
    for one in found.each:
        build = jobs.build(one, publish=False, dispatched=False)
        named = {**build, "name": f"{build['name']} for {one.place}"}
        body[f"build-{identifier(one.place)}"] = placed(named, environment=twin(one.place))
    return [f"build-{identifier(one.place)}" for one in found.each]


def _through(found: Outline, body: Data, way: Way, collections: bool) -> None:
    needs = list(way.start)
    built = bool(found.build or found.kept)
    if found.one_build and built:
        body["build"] = placed(
            jobs.build(found, publish=True, dispatched=way.dispatched, ref=way.app), needs=list(needs)
        )
        needs.append("build")
    last: list[str] = []
    for one in found.each:
        before = [*needs, *(last if way.start else [])]
        last = _environment(found, one, body, way, before, collections)
    if found.one_build and found.publish:
        publish = jobs.publish(found, dispatched=way.dispatched, ref=way.app)
        body["publish"] = placed(publish, needs=[*needs, *last], **{"if": way.when(found.each[-1].place)})


def _environment(found: Outline, one: Outline, body: Data, way: Way, needs: list[str], collections: bool) -> list[str]:
    """The jobs of one environment; returns the last of them."""
    key, when = identifier(one.place), {"if": way.when(one.place)}
    alone = {"group": f"deploy-{key}", "cancel-in-progress": False}
    last: list[str] = []
    if not found.one_build and (one.build or one.kept):
        build = jobs.build(one, publish=True, dispatched=way.dispatched, ref=way.app)
        publishes = any(step.publish for step in one.build)
        where = one.place if publishes else twin(one.place)
        named = {**build, "name": f"{build['name']} for {one.place}"}
        body[f"build-{key}"] = placed(named, needs=needs, **when, environment=where, concurrency=alone)
        last = [f"build-{key}"]
    if one.playbook:
        env = jobs.playbook_environment(one, one.place, dispatched=way.dispatched)
        title = f"{way.title} {one.place}"
        run = jobs.apply_run(one)
        job = jobs.playbook(
            one, title, 60, run, collections=collections, env=env, ref=way.manifests, dispatched=way.dispatched
        )
        job["steps"].append(jobs.health_step(one))
        body[f"{way.prefix}-{key}"] = placed(
            job, needs=[*needs, *last], **when, environment=one.place, concurrency=alone
        )
        last = [f"{way.prefix}-{key}"]
    if not found.one_build and one.publish:
        publish = jobs.publish(one, dispatched=way.dispatched, ref=way.app)
        named = {**publish, "name": f"{publish['name']} for {one.place}"}
        placing: Data = {**when, "environment": one.place, "concurrency": alone}
        body[f"publish-{key}"] = placed(named, needs=[*needs, *last], **placing)
        last = [f"publish-{key}"]
    return last


def changes(names: Sequence[str], folders: str, own: str) -> Data:
    """The job that says which environments the rest is about; `folders` matches the paths that belong to any of them
    alone, `own` those that belong to the environment `$1`."""
    script = _CONCERNED.format(
        every=" ".join(map(commands.word, names)),
        all=commands.word(EVERY),
        last=commands.word(names[-1]),
        folders=folders,
        own=own,
    )
    env = {"ASKED": expression("inputs.environment"), "GH_TOKEN": expression("github.token")}
    look = {**steps.run("See what changed and who has to agree", script, env), "id": "look"}
    more = {"outputs": {"environments": expression("steps.look.outputs.environments")}}
    permissions = {"actions": "read", "contents": "read", "deployments": "read"}
    body = [steps.manifests(history=True), look]
    return jobs.job("Which environments are concerned", 10, body, permissions=permissions, **more)


def concerned(place: str) -> str:
    """A job of an environment runs where nothing before it failed, also where others were left out."""
    return f"!cancelled() && !failure() && contains(fromJSON(needs.changes.outputs.environments), {quoted(place)})"


def _named(place: str) -> str:
    return f"!cancelled() && !failure() && inputs.environment == {quoted(place)}"

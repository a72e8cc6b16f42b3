"""Workflows of GitHub as data: what places a job in its workflow, and what a run by hand is asked."""

from __future__ import annotations

from typing import Any

from converter.render.delivery.github.expressions import DECLARED, Expression, expression
from converter.render.delivery.given import Input
from converter.render.delivery.outline import Outline
from converter.render.delivery.settings import described

Data = dict[str, Any]


def workflow(name: str, on: Data, group: str | Expression, cancel: bool, body: Data) -> Data:
    """A workflow whose jobs may do what they say and no more; without a group its jobs have groups of their own."""
    alone = {"concurrency": {"group": group, "cancel-in-progress": cancel}} if group else {}
    return {
        "name": name,
        "on": on,
        "permissions": {},
        **alone,
        "defaults": {"run": {"shell": "bash"}},
        "jobs": body,
    }


def placed(job: Data, *, needs: list[str] | None = None, **more: Any) -> Data:
    """The job with what places it in the workflow, which reads best before its steps."""
    steps = job.pop("steps")
    placed = {**job, **({"needs": needs} if needs else {}), **more}
    return {**placed, "steps": steps}


def question(description: str) -> Data:
    """One question of a run by hand. GitHub reads no expressions here, so what looks like one is spelled apart."""
    return {"description": description.replace("${{", "$ {{"), "type": "string", "required": False}


def asked(given: Input) -> Data:
    """An input of the script as a question: text, a box to tick, or a choice."""
    plain = question(described(given))
    if given.switch:
        said = plain["description"].removeprefix("true: ").removesuffix(f" (empty: {given.default})")
        return {**plain, "description": said, "type": "boolean"}
    if not given.choices:
        return plain
    options = [each for each in given.choices if each]
    leave = [] if given.required else [DECLARED]
    return {**plain, "type": "choice", "options": [*leave, *options], "required": given.required}


def chosen(given: Input) -> bool:
    """Whether a run by hand may leave its choice to the manifests."""
    return bool(given.choices) and not given.switch and not given.required


def identifier(name: str) -> str:
    """The name as the key of a job."""
    return "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in name)


def application(found: Outline) -> Expression:
    """The revision of the application: where it lies in this repository, it goes back with the manifests."""
    if not found.playbook:
        return expression("inputs.app_revision")
    return expression("inputs.app_revision || vars.APP_REF || !vars.APP_REPOSITORY && inputs.revision || ''")


def back_to(found: Outline) -> Data:
    """The question for the revision of the application."""
    if not found.playbook:
        return {**question("Revision of the application to go back to: a commit, in full, or a tag"), "required": True}
    return question("Revision of the application, if it has a repository of its own (empty: as in a deployment)")

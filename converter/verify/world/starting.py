"""Guesses how a script is started: as whom, where, with which arguments for each environment, and what it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.model.plan import Environment, Plan, PlanVariable, VariableKind, confirmations
from converter.model.trace import RunsOn
from converter.model.world import Run

_VERSION = "1.0.0"


def run_of(plan: Plan) -> Run:
    """The run, as far as the plan tells."""
    environment = {each.name: _value(plan, each) for each in plan.variables if _is_told(each)}
    return Run(
        user=_user(plan),
        directory=_directory(plan),
        arguments={each.name: given for each in plan.environments if (given := _arguments(plan, each))},
        input="y\n" * len(confirmations(plan)),
        environment=environment,
    )


def _user(plan: Plan) -> str:
    """Whoever uses sudo is not root."""
    sudo = any(re.search(r"(^|[\s;&|(])sudo\s", entry.text) and entry.host in ("", "workstation") for entry in plan.ledger)
    return "deploy" if sudo or plan.runs_on is RunsOn.WORKSTATION else "root"


def _directory(plan: Plan) -> str:
    """Where the manifests take the script's folder to be, if it runs on the hosts themselves."""
    return f"/opt/{plan.name}" if plan.runs_on is RunsOn.SERVER else f"/home/deploy/{plan.name}"


def _is_told(variable: PlanVariable) -> bool:
    return (
        variable.kind is VariableKind.INPUT
        and variable.required
        and variable.name.isupper()
        and variable.name.isidentifier()
    )


def _value(plan: Plan, variable: PlanVariable) -> str:
    """Something that fits: one of its choices, a host for a host, a version for a version."""
    if variable.choices:
        return variable.choices[0]
    if variable.number:
        return "1"
    if re.search(r"HOST|SERVER|TARGET|ADDRESS|_IP$", variable.name):
        return "app1"
    return _VERSION if re.search(r"VERSION|TAG|RELEASE", variable.name) else variable.name.lower()


def _arguments(plan: Plan, environment: Environment) -> tuple[str, ...]:
    """What selects the environment, where several can be selected, and the inputs without a default by their places."""
    text = "\n".join(source.text for source in plan.sources)
    found: dict[int, str] = {}
    if len(plan.environments) > 1:
        option = re.search(r"^\s*(?:-\w\s*\|\s*)?(--?e(?:nv(?:ironment)?)?)\)", text, re.MULTILINE)
        if option:
            return (option[1], environment.name)
        for variable in environment.variables:
            place = re.search(rf"^\s*(?:export\s+|local\s+|readonly\s+)?{re.escape(variable.name)}=[\"']?\$\{{?(\d)", text, re.MULTILINE)
            if place and variable.value is not None and variable.value.text:
                found[int(place[1])] = variable.value.text
        if not found and re.search(r"\bcase\s+[\"']?\$\{?1\b", text):
            found[1] = environment.name
    for variable in plan.variables:
        if variable.kind is VariableKind.INPUT and variable.required:
            place = re.search(rf"^\s*{re.escape(variable.name)}=[\"']?\$\{{?(\d)", text, re.MULTILINE)
            if place:
                found.setdefault(int(place[1]), _value(plan, variable))
    return tuple(found.get(number, "") for number in range(1, max(found, default=0) + 1))

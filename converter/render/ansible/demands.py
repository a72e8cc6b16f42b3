"""What has to be given before anything is changed: an assertion for each input that is required or limited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.render.ansible.group_vars import SERVER_ADDRESS, VERSIONS
from converter.render.ansible.value import inert, quoted
from converter.render.ansible.versions import versions

Data = dict[str, Any]
_OURS = (SERVER_ADDRESS, "HOME", "project_dir")


def demands(plan: Plan, names: Mapping[str, str], used: frozenset[str]) -> list[Data]:
    """The tasks before all others of the first play."""
    promoted = versions(plan)
    return [
        _task(each, names[each.name], each.name in promoted)
        for each in plan.variables
        if each.kind == VariableKind.INPUT and each.name in used and each.name not in _OURS and _limited(each)
    ]


def _limited(variable: PlanVariable) -> bool:
    return variable.required or bool(variable.choices) or variable.number


def _task(variable: PlanVariable, name: str, promoted: bool) -> Data:
    text = f"{name} | default('', true) | string"
    that = [f"{text} | length > 0"] if variable.required else []
    if variable.choices:
        that = [f"{text} in [{', '.join(quoted(each) for each in variable.choices)}]"]
    elif variable.number:
        that = [f"{text} is ansible.builtin.match('{'-?[0-9]+' if variable.required else '(-?[0-9]+)?'}$')"]
    where = f"inventories/.../{VERSIONS} says it" if promoted else f"give it with --extra-vars {name}=..."
    said = f" ({' '.join(variable.help.split())})" if variable.help else ""
    message = inert(f"{name}{said} has to be {_wanted(variable)}: {where}")
    arguments: Data = {"that": that, "fail_msg": message, "quiet": True}
    what = "one of its choices" if variable.choices else _wanted(variable)
    return {"name": f"Make sure that {name} is {what}", "ansible.builtin.assert": arguments}


def _wanted(variable: PlanVariable) -> str:
    """In words; an input that may be left out is checked all the same, as in the script."""
    if variable.choices:
        return "one of " + ", ".join(each or "nothing" for each in variable.choices)
    return "a number" if variable.number else "given"

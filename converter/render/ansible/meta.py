"""What a role says of itself: who it is for, and the variables that it has to be given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from converter.model.plan import BUILD_JOB, Plan, PlanVariable, VariableKind
from converter.model.tree import TreeFile
from converter.render.ansible.group_vars import SERVER_ADDRESS
from converter.render.ansible.value import inert
from converter.render.yaml import document


def meta(plan: Plan, role: str, names: Mapping[str, str], used: frozenset[str]) -> list[TreeFile]:
    """`meta/main.yml`, and `meta/argument_specs.yml`, against which Ansible checks the variables before the first
    task."""
    about = {
        "galaxy_info": {
            "author": "the maintainers of this repository",
            "description": f"Deploys {plan.name}",
            "license": "proprietary",
            "min_ansible_version": "2.16",
        },
        "dependencies": [],
    }
    found = [TreeFile(path=f"roles/{role}/meta/main.yml", text=document(about))]
    options = {names[variable.name]: _option(variable) for variable in plan.every_variable if _given(variable, used)}
    if options:
        main = {"short_description": f"Deploys {inert(plan.name)}", "options": options}
        text = document({"argument_specs": {"main": main}}, ["Variables that have to be there before the first task."])
        found.append(TreeFile(path=f"roles/{role}/meta/argument_specs.yml", text=text))
    return found


def _given(variable: PlanVariable, used: frozenset[str]) -> bool:
    given = variable.kind in (VariableKind.INPUT, VariableKind.SECRET) or variable.on == BUILD_JOB
    return given and variable.name in used and variable.name not in (SERVER_ADDRESS, "HOME")


def _option(variable: PlanVariable) -> dict[str, Any]:
    secret = variable.kind == VariableKind.SECRET
    said = variable.help or (
        "A secret; README.md says where it is kept" if secret else f"{variable.name} of the script"
    )
    fallback = variable.kind == VariableKind.INPUT and variable.value is not None and not variable.required
    known = variable.name == "project_dir" or fallback
    found: dict[str, Any] = {"type": "int" if variable.number else "str", "description": inert(said)}
    found["required"] = secret or not known
    found |= {"choices": [inert(each) for each in variable.choices]} if variable.choices else {}
    return found | ({"no_log": True} if secret else {})

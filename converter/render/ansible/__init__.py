"""The Ansible target: a repository laid out as Ansible's documentation advises.

In: a plan. Out: inventories, `site.yml`, roles, pinned requirements. The order of the resources is the order of the tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.resource import Phase, Resource
from converter.model.tree import FileTree, TreeFile
from converter.render.ansible.conditions import failure
from converter.render.ansible.inventory import inventories
from converter.render.ansible.mentions import names_of
from converter.render.ansible.names import Unique, slug, snake, variables
from converter.render.ansible.requirements import requirements
from converter.render.ansible.role import Role
from converter.render.ansible.value import UnrenderableError, template
from converter.render.yaml import Item, document, listing

CONFIG = """[defaults]
inventory = inventories/{environment}/hosts.yml
roles_path = roles
interpreter_python = auto_silent
host_key_checking = True
retry_files_enabled = False

[ssh_connection]
pipelining = True

[diff]
always = False
"""


def ansible(plan: Plan) -> FileTree:
    """The files of the repository that Ansible reads."""
    deployed = [resource for resource in plan.resources if resource.phase == Phase.DEPLOY]
    if not any(resource.on != "local" for resource in deployed):
        return FileTree()
    secrets = [variable.name for variable in plan.variables if variable.kind == VariableKind.SECRET]
    names = variables((variable.name for variable in plan.variables), secrets, slug(plan.name))
    roles = _roles(plan, deployed, names, frozenset(secrets))
    files = [TreeFile(path="ansible.cfg", text=CONFIG.format(environment=plan.environments[0].name))]
    files += inventories(plan, names)
    files.append(TreeFile(path="site.yml", text=_site(plan, roles, names)))
    for _, role, _ in roles:
        files += role.written()
        files += _meta(plan, role, names)
    text = requirements(files)
    if text:
        files.append(TreeFile(path="requirements.yml", text=text))
    unsupported = tuple(found for _, role, _ in roles for found in role.unsupported)
    return FileTree(files=tuple(files), unsupported=unsupported)


Play = tuple[str, Role, list[Resource]]


def _roles(plan: Plan, deployed: Sequence[Resource], names: dict[str, str], secrets: frozenset[str]) -> list[Play]:
    """One role for each stretch of resources on the same hosts; what runs locally goes with its neighbours."""
    found: list[Play] = []
    unique = Unique()
    for on, stretch in groupby(_placed(deployed), key=lambda pair: pair[0]):
        resources = [resource for _, resource in stretch]
        only = len({place for place, _ in _placed(deployed)}) == 1
        role = Role(unique.name(slug(plan.name) if only else slug(on)), names, secrets, plan.edges, {})
        names.update(_own_names(role.name, resources))
        role.add(resources)
        found.append((on, role, resources))
    return found


def _own_names(role: str, resources: Sequence[Resource]) -> dict[str, str]:
    """The variables that the role itself sets bear its name: what commands print, and which steps failed."""
    found: dict[str, str] = {}
    for resource in resources:
        variable = getattr(resource.spec, "variable", "") or getattr(resource.spec, "output", "")
        if variable:
            found[variable] = f"{role}_{snake(variable)}"
        found |= {failure(step): f"{role}_step_{step}_failed" for step in resource.steps}
    return found


def _placed(deployed: Sequence[Resource]) -> list[tuple[str, Resource]]:
    """Each resource with the group of the play that it belongs to."""
    first = next(resource.on for resource in deployed if resource.on != "local")
    placed: list[tuple[str, Resource]] = []
    current = first
    for resource in deployed:
        current = resource.on if resource.on != "local" else current
        placed.append((current, resource))
    return placed


def _site(plan: Plan, roles: Sequence[Play], names: dict[str, str]) -> str:
    plays: list[Item] = []
    groups = {group.name: group for environment in plan.environments for group in environment.groups}
    for on, role, resources in roles:
        play: dict[str, Any] = {"name": f"Deploy {plan.name} to {slug(on)}", "hosts": slug(on)}
        play["gather_facts"] = True
        if groups[on].serial:
            play["serial"] = 1
        before = _before(plan, resources, names, on)
        if before:
            play["pre_tasks"] = before
        play["roles"] = [{"role": role.name}]
        plays.append(Item(play, _order_note(groups[on].serial)))
    return listing(plays, [f"Applies {plan.name}: ansible-playbook site.yml"])


def _order_note(serial: bool) -> list[str]:
    return ["One host after the other, as in the script."] if serial else []


def _before(plan: Plan, resources: Sequence[Resource], names: dict[str, str], on: str) -> list[dict[str, Any]]:
    """Required inputs are demanded, and what a command computes is asked for, before anything changes."""
    used = {name for resource in resources for name in names_of(resource)}
    tasks: list[dict[str, Any]] = []
    required = [v for v in plan.variables if v.kind == VariableKind.INPUT and v.required and v.name in used]
    if required:
        that = [f"{names[v.name]} | default('', true) | string | length > 0" for v in required]
        said = "Set " + ", ".join(names[v.name] for v in required)
        tasks.append(
            {
                "name": "Make sure that the inputs are given",
                "ansible.builtin.assert": {"that": that, "fail_msg": said, "quiet": True},
            }
        )
    for variable in plan.variables:
        if variable.kind == VariableKind.COMPUTED and variable.name in used:
            tasks += _computed(variable, names, on)
    return tasks


def _computed(variable: PlanVariable, names: dict[str, str], on: str) -> list[dict[str, Any]]:
    if variable.value is None or not variable.value.outputs:
        return []
    name = names[variable.name]
    text = variable.value.outputs[0].text
    if len(variable.value.parts) > 1 or not variable.value.parts[0] == variable.value.outputs[0]:
        text = ""
    try:
        cmd = text.replace("{{", "{{ '{{' }}") if text else f"printf %s {template(variable.value, names)}"
    except UnrenderableError:
        return []
    args = {"cmd": f"set -o pipefail\n{cmd}" if "|" in cmd.replace("||", "") else cmd, "executable": "/bin/bash"}
    ask: dict[str, Any] = {"name": f"Ask for {name}", "ansible.builtin.shell": args, "register": f"{name}_asked"}
    ask |= {"changed_when": False, "check_mode": False}
    if variable.on == "local":
        ask |= {"delegate_to": "localhost", "run_once": True}
    keep = {"name": f"Keep {name}", "ansible.builtin.set_fact": {name: f"{{{{ {name}_asked.stdout }}}}"}}
    return [ask, keep]


def _meta(plan: Plan, role: Role, names: dict[str, str]) -> list[TreeFile]:
    data = {
        "galaxy_info": {
            "author": "the maintainers of this repository",
            "description": f"Deploys {plan.name}",
            "license": "proprietary",
            "min_ansible_version": "2.16",
        },
        "dependencies": [],
    }
    return [TreeFile(path=f"roles/{role.name}/meta/main.yml", text=document(data))]

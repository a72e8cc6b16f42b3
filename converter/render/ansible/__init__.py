"""The Ansible target: a repository laid out as Ansible's documentation advises.

In: a plan. Out: inventories, `site.yml`, roles, pinned requirements. The order of the resources is the order of the
tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from converter.model.plan import Plan, VariableKind
from converter.model.resource import Phase
from converter.model.tree import FileTree, TreeFile
from converter.render.ansible.computed import Computed
from converter.render.ansible.demands import demands
from converter.render.ansible.group_vars import GroupVars
from converter.render.ansible.inventory import inventories
from converter.render.ansible.mentions import names_of
from converter.render.ansible.meta import meta
from converter.render.ansible.names import Unique, slug, variables
from converter.render.ansible.plays import LOCAL, Stretch, results, stretches
from converter.render.ansible.requirements import requirements
from converter.render.ansible.role import Role
from converter.render.ansible.versions import joined, pinned
from converter.render.yaml import Item, listing

CONFIG = """[defaults]
{inventory}
roles_path = roles
interpreter_python = auto_silent
host_key_checking = True
retry_files_enabled = False

[ssh_connection]
pipelining = True
"""


def ansible(plan: Plan) -> FileTree:
    """The files of the repository that Ansible reads; none where nothing is deployed to a host."""
    plan = pinned(joined(plan))
    found = stretches(plan)
    if not found or not plan.environments:
        return FileTree()
    secrets = frozenset(variable.name for variable in plan.variables if variable.kind == VariableKind.SECRET)
    names = variables(plan.variables, slug(plan.name))
    registers = Unique(names.values())
    made = results(found, registers)
    roles = [Role(plan, stretch, names, secrets, made, registers) for stretch in found]
    computed = Computed(plan, names, found, _used(plan))
    used = _used(plan) | computed.needs
    settings = {name: setting for role in roles for name, setting in role.settings.items()}
    files = [TreeFile(path="ansible.cfg", text=CONFIG.format(inventory=_inventory(plan)))]
    files += [*inventories(plan, names), *GroupVars(plan, names, used, settings).files()]
    asked = demands(plan, names, used)
    files.append(TreeFile(path="site.yml", text=_site(plan, found, computed, asked)))
    for role in roles:
        mentioned = frozenset(name for resource in role.stretch.resources for name in names_of(resource))
        files += [*role.written(), *meta(plan, role.name, names, mentioned)]
    text = requirements(files)
    files += [TreeFile(path="requirements.yml", text=text)] if text else []
    return FileTree(files=tuple(files), unsupported=tuple(each for role in roles for each in role.unsupported))


def _inventory(plan: Plan) -> str:
    """Where there are several environments, none of them is meant without being named."""
    names = [environment.name for environment in plan.environments]
    if len(names) == 1:
        return f"inventory = inventories/{names[0]}"
    return f"# No environment is the default: --inventory inventories/{names[0]} names one."


def _used(plan: Plan) -> frozenset[str]:
    """The variables that something on a host mentions, with those that they are made of."""
    deployed = tuple(resource for resource in plan.resources if resource.phase == Phase.DEPLOY)
    used = {*names_of(deployed), *names_of(plan.environments)}
    for variable in reversed(plan.variables):
        if variable.name in used and variable.value is not None:
            used |= {*names_of(variable.value)}
            used |= {name for output in variable.value.outputs for name in _named(output.text, plan)}
    return frozenset(used)


def _named(text: str, plan: Plan) -> list[str]:
    return [
        variable.name for variable in plan.variables if f"${variable.name}" in text or f"${{{variable.name}" in text
    ]


def _site(plan: Plan, found: Sequence[Stretch], computed: Computed, asked: list[dict[str, Any]]) -> str:
    plays: list[Item] = []
    tasks = computed.local()
    if tasks:
        play: dict[str, Any] = {
            "name": "Compute what is the same for all hosts",
            "hosts": "localhost",
            "connection": "local",
        }
        plays.append(Item({**play, "gather_facts": False, "tasks": tasks}))
    serial = {group.name for environment in plan.environments for group in environment.groups if group.serial}
    for stretch in found:
        play = {
            "name": f"Deploy {slug(plan.name)} to {slug(stretch.on)}",
            "hosts": slug(stretch.on),
            "gather_facts": True,
        }
        if stretch.on == LOCAL:
            play |= {"name": f"Deploy {slug(plan.name)} from here", "hosts": "localhost", "connection": "local"}
        if stretch.on in serial:
            play["serial"] = 1
        first = asked if stretch is found[0] else []
        for key, data in (("vars", computed.elsewhere(stretch)), ("pre_tasks", [*first, *computed.before(stretch)])):
            if data:
                play[key] = data
        play["roles"] = [{"role": stretch.role}]
        plays.append(Item(play, ["One host after the other, as in the script."] if stretch.on in serial else []))
    where = f" --inventory inventories/{plan.environments[0].name}" if len(plan.environments) > 1 else ""
    return listing(plays, [f"Applies {slug(plan.name)}: ansible-playbook{where} site.yml"])

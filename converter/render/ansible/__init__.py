"""The Ansible target: a repository laid out as Ansible's documentation advises.

In: a plan. Out: inventories, `site.yml`, roles, pinned requirements. The order of the resources is the order of the
tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from converter.model.plan import Plan, VariableKind
from converter.model.resource import Phase, Purpose
from converter.model.tree import FileTree, TreeFile
from converter.render.ansible.compose import proposals
from converter.render.ansible.computed import Computed
from converter.render.ansible.demands import demands
from converter.render.ansible.group_vars import GroupVars, hidden
from converter.render.ansible.inventory import inventories
from converter.render.ansible.mentions import names_of
from converter.render.ansible.meta import meta
from converter.render.ansible.names import Unique, slug, variables
from converter.render.ansible.plays import LOCAL, Stretch, results, stretches
from converter.render.ansible.requirements import requirements
from converter.render.ansible.role import Role
from converter.render.ansible.versions import joined, pinned
from converter.render.secrets import store_named
from converter.render.yaml import Item, listing

CONFIG = """[defaults]
{inventory}
roles_path = roles
interpreter_python = auto_silent
host_key_checking = True
retry_files_enabled = False
{more}
[ssh_connection]
pipelining = True
"""


_DOES = {Purpose.PROVISION: "Prepare for {}", Purpose.DEPLOY: "Deploy {}", Purpose.ROLLBACK: "Roll {} back"}
_TO = {Purpose.PROVISION: "on", Purpose.DEPLOY: "to", Purpose.ROLLBACK: "on"}


def ansible(plan: Plan, secrets: str = "vault") -> FileTree:
    """The files of the repository that Ansible reads, with its secrets in the store of that name; none where nothing
    is deployed to a host."""
    plan = joined(plan)
    proposed = proposals(plan)
    plan = pinned(plan)
    found = stretches(plan)
    if not found or not plan.environments:
        return FileTree()
    secret = frozenset(variable.name for variable in plan.every_variable if variable.kind == VariableKind.SECRET)
    names = variables(plan.every_variable, slug(plan.name))
    registers = Unique(names.values())
    made = results(found, registers)
    roles = [Role(plan, stretch, names, secret, made, registers) for stretch in found]
    computed = Computed(plan, names, found, _used(plan))
    used = _used(plan) | computed.needs
    settings = {name: setting for role in roles for name, setting in role.settings.items()}
    keys = hidden(plan, names, used)
    kept = store_named(secrets)(plan.name, [each.name for each in plan.environments], keys)
    more = kept.config if keys else ""
    files = [TreeFile(path="ansible.cfg", text=CONFIG.format(inventory=_inventory(plan), more=more))]
    files += [*inventories(plan, names), *GroupVars(plan, names, used, settings, kept).files()]
    files += kept.files() if keys else ()
    asked = demands(plan, names, used)
    files.append(TreeFile(path="site.yml", text=_site(plan, found, computed, asked)))
    for role in roles:
        mentioned = frozenset(name for resource in role.stretch.resources for name in names_of(resource))
        files += [*role.written(), *meta(plan, role.name, names, mentioned)]
    text = requirements(files, kept.collections if keys else ())
    files += [TreeFile(path="requirements.yml", text=text)] if text else []
    unsupported = tuple(each for role in roles for each in role.unsupported)
    files += proposed
    return FileTree(files=tuple(files), unsupported=unsupported, store=kept.store() if keys else None)


def _inventory(plan: Plan) -> str:
    """Where there are several environments, none of them is meant without being named."""
    names = [environment.name for environment in plan.environments]
    if len(names) == 1:
        return f"inventory = inventories/{names[0]}"
    return f"# No environment is the default: --inventory inventories/{names[0]} names one."


def _used(plan: Plan) -> frozenset[str]:
    """The variables that something on a host mentions, with those that they are made of."""
    deployed = tuple(resource for resource in plan.resources if resource.phase == Phase.DEPLOY)
    used = {*names_of(deployed), *names_of(tuple(environment.groups for environment in plan.environments))}
    own = [variable for environment in plan.environments for variable in environment.variables]
    for variable in reversed((*plan.variables, *own)):
        if variable.name in used and variable.value is not None:
            used |= {*names_of(variable.value), *names_of(variable.cwd)}
            used |= {name for output in variable.value.outputs for name in _named(output.text, plan)}
    return frozenset(used)


def _named(text: str, plan: Plan) -> list[str]:
    names = [variable.name for variable in plan.every_variable]
    return [name for name in names if f"${name}" in text or f"${{{name}" in text]


def _site(plan: Plan, found: Sequence[Stretch], computed: Computed, asked: list[dict[str, Any]]) -> str:
    plays: list[Item] = []
    tasks = computed.local()
    if tasks:
        play: dict[str, Any] = {
            "name": "Compute what is the same for all hosts",
            "hosts": "localhost",
            "connection": "local",
        }
        tags = {"tags": ["always"]} if len({each.purpose for each in found}) > 1 else {}
        plays.append(Item({**play, "gather_facts": False, **tags, "tasks": tasks}))
    serial = {group.name for environment in plan.environments for group in environment.groups if group.serial}
    for stretch in found:
        does = _DOES[stretch.purpose].format(slug(plan.name))
        to = f"{_TO[stretch.purpose]} {slug(stretch.on)}"
        play = {"name": f"{does} {to}", "hosts": slug(stretch.on), "gather_facts": True}
        if stretch.on == LOCAL:
            play |= {"name": f"{does} from here", "hosts": "localhost", "connection": "local"}
        if stretch.on in serial:
            play["serial"] = 1
        first = asked if stretch is found[0] else []
        for key, data in (("vars", computed.elsewhere(stretch)), ("pre_tasks", [*first, *computed.before(stretch)])):
            if data:
                play[key] = data
        if len({each.purpose for each in found}) > 1:
            play["tags"] = ["never"] * (stretch.purpose == Purpose.ROLLBACK) + [str(stretch.purpose)]
        play["roles"] = [{"role": stretch.role}]
        said = f"One host after the other{', as in the script' if plan.scripted else ''}."
        plays.append(Item(play, [said] if stretch.on in serial else []))
    where = f" --inventory inventories/{plan.environments[0].name}" if len(plan.environments) > 1 else ""
    return listing(plays, [f"Applies {slug(plan.name)}: ansible-playbook{where} site.yml"])

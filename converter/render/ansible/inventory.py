"""Inventories: the hosts of each environment, and how they are reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from converter.model.plan import Environment, HostGroup, Plan
from converter.model.trace import Host, RunsOn
from converter.model.tree import TreeFile
from converter.model.value import Value
from converter.render.ansible.group_vars import SERVER_ADDRESS
from converter.render.ansible.names import Unique, slug
from converter.render.ansible.value import template
from converter.render.yaml import document


def inventories(plan: Plan, names: Mapping[str, str]) -> list[TreeFile]:
    """The hosts of each environment."""
    return [
        TreeFile(path=f"inventories/{each.name}/hosts.yml", text=_hosts(plan, each, names))
        for each in plan.environments
    ]


def _hosts(plan: Plan, environment: Environment, names: Mapping[str, str]) -> str:
    # Ansible warns of a host and a group of one name.
    unique = Unique({"all", *(slug(group.name) for group in environment.groups)})
    known: dict[Host, str] = {}
    groups: dict[str, Any] = {}
    said = {f"Hosts of {environment.name}.": None}
    for group in environment.groups:
        entries: dict[str, Any] = {}
        for host in group.hosts:
            again = host in known
            name = known.setdefault(host, known.get(host) or _name(host, group, unique))
            entries[name] = {} if again else _reached(host, plan, names)
        groups[slug(group.name)] = {"hosts": entries}
        said |= dict.fromkeys(_keys(group.hosts))
    # A play over a group that this environment does not have is then empty, and no mistake.
    for other in plan.environments:
        for group in other.groups:
            groups.setdefault(slug(group.name), {"hosts": {}})
    if plan.runs_on == RunsOn.SERVER:
        said["The environment of the run says which machine it is: DEPLOY_HOST, and DEPLOY_USER to log in."] = None
    return document({"all": {"children": groups}}, list(said))


def _name(host: Host, group: HostGroup, unique: Unique) -> str:
    """The first label of a host's name, else its whole address, else the group's name with a number."""
    text = host.address.text
    wanted = [f"{slug(group.name)}{number}" for number in range(1, len(group.hosts) + 2)]
    if text is not None and not host.address.variables and re.fullmatch(r"[\w.:-]+", text, re.ASCII):
        labels = text.split(".")
        named = len(labels) > 1 and not labels[-1].isdigit() and ":" not in text
        wanted = [*([labels[0]] if named else []), text, *wanted]
    return unique.first(wanted)


def _reached(host: Host, plan: Plan, names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"ansible_host": _address(host.address, names)}
    if host.user is not None:
        found["ansible_user"] = template(host.user, names)
    elif plan.runs_on == RunsOn.SERVER:
        found["ansible_user"] = _environment("DEPLOY_USER", "root")
    if host.port is not None:
        port = host.port.text
        found["ansible_port"] = (
            int(port) if port is not None and port.isdigit() and not host.port.variables else template(host.port, names)
        )
    if host.jump is not None:
        found["ansible_ssh_common_args"] = f"-o ProxyJump={template(host.jump, names)}"
    return found


def _address(address: Value, names: Mapping[str, str]) -> str:
    if [variable.name for variable in address.variables] == [SERVER_ADDRESS]:
        return _environment("DEPLOY_HOST", "")
    return template(address, names)


def _environment(name: str, default: str) -> str:
    fallback = f" | default('{default}', true)" if default else ""
    return f"{{{{ lookup('ansible.builtin.env', '{name}'){fallback} }}}}"


def _keys(hosts: Iterable[Host]) -> list[str]:
    files = dict.fromkeys(host.identity_file.shell() for host in hosts if host.identity_file is not None)
    return [f"The script logs in with the key {path}; here the key of whoever runs Ansible is used." for path in files]

"""Inventories and variables: which hosts there are, and what differs from one environment to the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.plan import Environment, HostGroup, Plan, PlanVariable, VariableKind
from converter.model.trace import Host, RunsOn
from converter.model.tree import TreeFile
from converter.render.ansible.names import slug
from converter.render.ansible.value import UnrenderableError, template
from converter.render.yaml import document, mapping

_TYPES = re.compile(r"true|false|yes|no|\d+", re.IGNORECASE)


def inventories(plan: Plan, names: Mapping[str, str]) -> list[TreeFile]:
    """The folder of each environment."""
    found: list[TreeFile] = []
    for environment in plan.environments:
        root = f"inventories/{environment.name}"
        found.append(TreeFile(path=f"{root}/hosts.yml", text=_hosts(plan, environment, names)))
        found.extend(_group_vars(plan, environment, names, root))
    return found


def _hosts(plan: Plan, environment: Environment, names: Mapping[str, str]) -> str:
    groups: dict[str, Any] = {}
    for group in environment.groups:
        entries = {name: settings for name, settings in (_entry(host, group, plan, names) for host in group.hosts)}
        groups[slug(group.name)] = {"hosts": entries}
    said = [f"Hosts of {environment.name}."]
    return document({"all": {"children": groups}}, said)


def _entry(host: Host, group: HostGroup, plan: Plan, names: Mapping[str, str]) -> tuple[str, dict[str, Any] | None]:
    address = host.address.text
    if address is None:
        variable = host.address.variables[0].name if host.address.variables else "deploy_host"
        default = _default(plan, variable)
        name = slug(group.name) if len(group.hosts) == 1 else slug(variable)
        settings: dict[str, Any] = {"ansible_host": _looked_up(variable.upper(), default)}
    else:
        name, settings = address, {}
    settings |= _login(host, plan, names)
    return name, settings


def _login(host: Host, plan: Plan, names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in (("ansible_user", host.user), ("ansible_port", host.port)):
        if value is None:
            continue
        text = value.text
        if text is not None:
            found[key] = int(text) if key == "ansible_port" and text.isdigit() else text
        else:
            variable = value.variables[0].name if value.variables else key.upper()
            found[key] = _looked_up(variable.upper(), _default(plan, variable))
    if plan.runs_on == RunsOn.SERVER and host.user is None:
        found["ansible_user"] = _looked_up("DEPLOY_USER", "root")
    if host.jump is not None and host.jump.text is not None:
        found["ansible_ssh_common_args"] = f"-o ProxyJump={host.jump.text}"
    return found


def _looked_up(name: str, default: str) -> str:
    fallback = f" | default('{default}', true)" if default and "'" not in default else ""
    return f"{{{{ lookup('ansible.builtin.env', '{name}'){fallback} }}}}"


def _default(plan: Plan, name: str) -> str:
    found = next((variable for variable in plan.variables if variable.name == name), None)
    return (found.value.text or "") if found is not None and found.value is not None else ""


def _group_vars(plan: Plan, environment: Environment, names: Mapping[str, str], root: str) -> list[TreeFile]:
    own = {variable.name: variable for variable in environment.variables}
    entries: list[tuple[str, Any, Sequence[str]]] = []
    for variable in plan.variables:
        entry = _variable(own.get(variable.name, variable), names)
        if entry is not None:
            entries.append(entry)
    secrets = [variable for variable in plan.variables if variable.kind == VariableKind.SECRET]
    files = []
    if entries:
        files.append(
            TreeFile(path=f"{root}/group_vars/all/main.yml", text=mapping(entries, ["Values that the script sets."]))
        )
    if secrets:
        files.append(TreeFile(path=f"{root}/group_vars/all/vault.yml.example", text=_vault(secrets, names, root)))
    return files


def _variable(variable: PlanVariable, names: Mapping[str, str]) -> tuple[str, Any, list[str]] | None:
    name = names[variable.name]
    said = [variable.help] if variable.help else []
    if variable.kind == VariableKind.FIXED and variable.value is not None:
        try:
            return name, template(variable.value, names), said
        except UnrenderableError:
            return None
    if variable.kind == VariableKind.INPUT:
        default = ""
        if variable.value is not None:
            try:
                default = template(variable.value, names)
            except UnrenderableError:
                default = ""
        return name, _looked_up(variable.name.upper(), default) if _is_plain(default) else default, said
    return None


def _is_plain(text: str) -> bool:
    return not re.search(r"['{}\\\n]", text)


def _vault(secrets: Sequence[PlanVariable], names: Mapping[str, str], root: str) -> str:
    said = [
        "Secrets that the script held. Copy this file to vault.yml, fill it in, and encrypt it:",
        f"  ansible-vault encrypt {root}/group_vars/all/vault.yml",
    ]
    return mapping([(names[secret.name], "", [secret.help] if secret.help else []) for secret in secrets], said)

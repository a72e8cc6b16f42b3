"""Inventories: the hosts of each environment, how they are reached, and the variables that hold there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from converter.model.plan import BUILD_JOB, Environment, HostGroup, Plan, PlanVariable, VariableKind
from converter.model.trace import Host, RunsOn
from converter.model.tree import TreeFile
from converter.model.value import Value
from converter.render.ansible.names import Unique, is_alias, slug
from converter.render.ansible.value import HOME, UnrenderableError, template
from converter.render.secrets import Secret, Secrets
from converter.render.yaml import document, mapping

# The plan's name for the address of a server that the script itself never names.
SERVER_ADDRESS = "deploy_host"
_CHECKOUT = "{{ playbook_dir }}/app"

Entry = tuple[str, Any, Sequence[str]]


def inventories(
    plan: Plan,
    names: Mapping[str, str],
    used: frozenset[str],
    settings: Mapping[str, tuple[str, str]],
    secrets: Secrets,
) -> list[TreeFile]:
    """The folder of each environment; `used` are the variables that the manifests mention, `settings` those they
    bring, `secrets` says how they read theirs."""
    found: list[TreeFile] = []
    for environment in plan.environments:
        root = f"inventories/{environment.name}"
        found.append(TreeFile(path=f"{root}/hosts.yml", text=_hosts(plan, environment, names)))
        found += _group_vars(plan, environment, names, used, settings, secrets)
    return found


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


def _group_vars(
    plan: Plan,
    environment: Environment,
    names: Mapping[str, str],
    used: frozenset[str],
    settings: Mapping[str, tuple[str, str]],
    secrets: Secrets,
) -> list[TreeFile]:
    own = {variable.name: variable for variable in environment.variables}
    known = {**{variable.name: variable for variable in plan.variables}, **own}
    variables = [each for name, each in known.items() if name in used and not is_alias(each, names)]
    made = (_entry(variable, names, environment.name, secrets) for variable in variables)
    entries = [entry for entry in made if entry is not None]
    entries += [(name, value, [said]) for name, (value, said) in settings.items()]
    root = f"inventories/{environment.name}/group_vars/all"
    text = mapping(entries, [f"Variables of {environment.name}."])
    return [TreeFile(path=f"{root}/main.yml", text=text)] if entries else []


def hidden(plan: Plan, names: Mapping[str, str], used: frozenset[str]) -> list[Secret]:
    """The secrets that the manifests mention."""
    own = [variable for environment in plan.environments for variable in environment.variables]
    known = {variable.name: variable for variable in (*plan.variables, *own)}
    return [
        Secret(name=each.name, variable=names[each.name], help=each.help)
        for each in known.values()
        if each.kind == VariableKind.SECRET and each.name in used
    ]


def _entry(variable: PlanVariable, names: Mapping[str, str], environment: str, secrets: Secrets) -> Entry | None:
    """A variable with its value; one that has to be given at each run is only a comment."""
    name = names[variable.name]
    said = [variable.help] if variable.help else []
    said += [variable.span.lines()] if variable.span is not None else []
    if variable.kind == VariableKind.FIXED and variable.value is not None:
        try:
            return name, template(variable.value, names), said
        except UnrenderableError:
            return None
    if variable.kind == VariableKind.SECRET:
        secret = Secret(name=variable.name, variable=name, help=variable.help)
        return name, secrets.value(secret, environment), said
    if variable.on == BUILD_JOB:
        how = "the build job of the pipeline computes it and"
        return name, ..., [*said, f"{name} has to be given at each run: {how} hands it over"]
    if variable.kind != VariableKind.INPUT or variable.name == SERVER_ADDRESS:
        return None
    default = _default(variable, names)
    if default is None:
        return name, ..., [*said, f"{name} has to be given at each run: --extra-vars {name}=..."]
    return name, default, said


def _default(variable: PlanVariable, names: Mapping[str, str]) -> str | None:
    if variable.value is not None:
        try:
            return template(variable.value, names)
        except UnrenderableError:
            return None
    return {"HOME": f"{{{{ {HOME} }}}}", "project_dir": _CHECKOUT}.get(variable.name)

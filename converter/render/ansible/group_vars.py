"""Variables of the inventories: what holds in every environment, what differs, and the versions that are promoted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from converter.model.plan import BUILD_JOB, Environment, Plan, PlanVariable, VariableKind
from converter.model.tree import TreeFile
from converter.render.ansible.names import is_alias
from converter.render.ansible.value import HOME, UnrenderableError, template
from converter.render.ansible.versions import is_version, versions
from converter.render.secrets import Secret, Secrets
from converter.render.yaml import mapping

# The plan's name for the address of a server that the script itself never names.
SERVER_ADDRESS = "deploy_host"
VERSIONS = "group_vars/all/versions.yml"
_CHECKOUT = "{{ playbook_dir }}/app"
_SHARED = (
    "Variables that are the same in every environment.",
    "Ansible takes these before those of `inventories/`: one that is to differ moves there, into every environment.",
)
_PROMOTED = "Versions that run here. A promotion copies this file to the next environment."

Entry = tuple[str, Any, Sequence[str]]
Settings = Mapping[str, tuple[str, str]]


def hidden(plan: Plan, names: Mapping[str, str], used: frozenset[str]) -> list[Secret]:
    """The secrets that the manifests mention."""
    return [
        Secret(name=each.name, variable=names[each.name], help=each.help)
        for each in plan.variables
        if each.kind == VariableKind.SECRET and each.name in used
    ]


class GroupVars:
    """The variables of a plan; `used` are those that the manifests mention, `settings` those that they bring, and
    `secrets` says how they read theirs."""

    def __init__(
        self, plan: Plan, names: Mapping[str, str], used: frozenset[str], settings: Settings, secrets: Secrets
    ) -> None:
        self._plan, self._names, self._secrets = plan, names, secrets
        brought: list[Entry] = [(name, value, [said]) for name, (value, said) in settings.items()]
        several = len(plan.environments) > 1
        self._pinned = [entry for entry in brought if several and is_version(entry[0])]
        self._settings = [entry for entry in brought if entry not in self._pinned]
        self._variables = [each for each in plan.variables if each.name in used and not is_alias(each, names)]
        self._several = several
        self._versions = versions(plan)
        self._own = {each.name for environment in plan.environments for each in environment.variables}
        self._own |= {each.name for each in plan.variables if each.kind == VariableKind.SECRET}

    def files(self) -> list[TreeFile]:
        """What all environments share beside the playbook, and the rest in the folder of each environment."""
        found = [file for environment in self._plan.environments for file in self._of(environment)]
        shared = [each for each in self._variables if self._several and each.name not in self._own | self._versions]
        entries = [*self._entries(shared, ""), *(self._settings if self._several else ())]
        return [*found, *_file("group_vars/all/main.yml", entries, _SHARED)]

    def _of(self, environment: Environment) -> list[TreeFile]:
        own = {each.name: each for each in environment.variables}
        variables = [own.get(each.name, each) for each in self._variables]
        here = [each for each in variables if not self._several or each.name in self._own - self._versions]
        entries = [*self._entries(here, environment.name), *(() if self._several else self._settings)]
        root = f"inventories/{environment.name}/group_vars/all"
        files = _file(f"{root}/main.yml", entries, [f"Variables of {environment.name}."])
        promoted = [_version(each, self._names) for each in variables if each.name in self._versions]
        return files + _file(f"inventories/{environment.name}/{VERSIONS}", [*promoted, *self._pinned], [_PROMOTED])

    def _entries(self, variables: Iterable[PlanVariable], environment: str) -> list[Entry]:
        made = (_entry(each, self._names, environment, self._secrets) for each in variables)
        return [entry for entry in made if entry is not None]


def _file(path: str, entries: Sequence[Entry], said: Sequence[str]) -> list[TreeFile]:
    return [TreeFile(path=path, text=mapping(entries, said))] if entries else []


def _version(variable: PlanVariable, names: Mapping[str, str]) -> Entry:
    """A version with its value; one that the script was told at each run is empty until it is set."""
    said = [variable.help] if variable.help else []
    said += [variable.span.lines()] if variable.span is not None else []
    value = template(variable.value, names) if variable.value is not None else ""
    return names[variable.name], value, said if value else [*said, "to be set before the first deployment"]


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

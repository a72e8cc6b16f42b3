"""A generated repository as verify reads it: the working tree, with the plan and the sources that it was made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan, VariableKind
from converter.model.trace import RunsOn
from converter.verify.world.shape import Machine

SOURCES = ".gitopsify/source"
WORLD = ".gitopsify/world.yaml"
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ASKED = re.compile(r"""lookup\(\s*['"](?:ansible\.builtin\.)?env['"]\s*,\s*['"](\w+)['"]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """`machines` are those of one environment; `environment` is what the pipeline would tell the manifests; `script` is
    run in the place of the one that the repository was made from."""

    root: Path
    plan: Plan
    name: str
    machines: tuple[Machine, ...]
    environment: Mapping[str, str]
    script: Path | None = None

    @property
    def inventory(self) -> str:
        """The inventory of the environment."""
        return f"inventories/{self.name}"

    @property
    def on_workstation(self) -> bool:
        """Whether the script runs elsewhere than on the hosts."""
        return self.plan.scripted and self.plan.runs_on is RunsOn.WORKSTATION

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets of the script by the names that its copy has for them."""
        known = [each.name for each in self.plan.every_variable if each.kind is VariableKind.SECRET]
        return tuple(dict.fromkeys([*known, *(each.name for each in self.plan.exposed)]))


def repository(root: Path, plan: Plan, environment: str, *, login: str = "root") -> Repository:
    """Reads it; `environment` "" is the only one, or the last of several; `login` is whose the run says to log in."""
    known = sorted(path.parent.name for path in root.glob("inventories/*/hosts.yml"))
    order = [each.name for each in plan.environments if each.name in known] or known
    if not order:
        raise ConverterError(
            f"{root} has no inventory to apply anything to", "name a folder that gitopsify convert wrote"
        )
    if environment and environment not in known:
        raise ConverterError(f"{root} has no environment {environment}", f"it has {', '.join(order)}")
    name = environment or order[-1]
    found = yaml.safe_load((root / f"inventories/{name}/hosts.yml").read_text(encoding="utf-8")) or {}
    told: dict[str, str] = {}
    plain = _group_vars(root, name)
    machines = tuple(
        _machine(host, _filled(about or {}, plain), login, told)
        for host, about in _hosts(found.get("all") or {}).items()
    )
    return Repository(root=root, plan=plan, name=name, machines=machines, environment=told)


def _hosts(group: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: about or {} for name, about in (group.get("hosts") or {}).items()}
    for inner in (group.get("children") or {}).values():
        for name, about in _hosts(inner or {}).items():
            found[name] = {**(found.get(name) or {}), **about}
    return found


def _group_vars(root: Path, environment: str) -> dict[str, str]:
    """Variables of the inventory that are plain text."""
    found: dict[str, str] = {}
    for file in sorted((root / f"inventories/{environment}/group_vars/all").glob("*.yml")):
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        if isinstance(values, dict):
            found |= {name: value for name, value in values.items() if isinstance(value, str)}
    return found


def _filled(about: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The variables of a host with those of the inventory in them."""

    def fill(value: Any) -> Any:
        for _ in range(5):
            if isinstance(value, str):
                value = _VARIABLE.sub(lambda found: known.get(found[1], found[0]), value)
        return value

    return {name: fill(value) for name, value in about.items()}


def _machine(name: str, about: Mapping[str, Any], login: str, told: dict[str, str]) -> Machine:
    """What the inventory looks up in the environment is the host's name there, and the login."""
    address, user = str(about.get("ansible_host", name)), str(about.get("ansible_user", "root"))
    for text, value in ((address, name), (user, login)):
        for asked in _ASKED.findall(text):
            told[asked] = value
    # One text may say both.
    inside, _, address = address.rpartition("@")
    return Machine(
        name=name,
        address=name if "{{" in address else address,
        user=login if "{{" in user else inside or user,
        port=int(about.get("ansible_port", 22) or 22) if str(about.get("ansible_port", 22)).isdigit() else 22,
    )

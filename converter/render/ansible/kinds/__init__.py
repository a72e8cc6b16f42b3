"""An emitter for every kind of resource; one that Ansible can't express says why."""

from __future__ import annotations

from converter.render.ansible.kinds import (
    accounts,
    applications,
    commands,
    containers,
    files,
    packages,
    services,
    system,
    transfer,
)
from converter.render.ansible.task import Emitter

MODULES = (accounts, applications, commands, containers, files, packages, services, system, transfer)
UNSUPPORTED: dict[str, str] = {}


def emitter(kind: str) -> Emitter | None:
    """The function that has the name of the kind."""
    for module in MODULES:
        found: Emitter | None = getattr(module, kind, None)
        if found is not None and getattr(found, "__module__", "") == module.__name__:
            return found
    return None

"""Stores by name: adding one is a line here and a module of its own."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.tree import Store, TreeFile

STORES = {
    "vault": "converter.render.secrets.vault:Vault",
    "sops": "converter.render.secrets.sops:Sops",
    "ci": "converter.render.secrets.ci:Ci",
    "external": "converter.render.secrets.external:External",
}


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of the manifests: the script's name, the variable that holds it, and what is known of it."""

    name: str
    variable: str
    help: str = ""


class Secrets(Protocol):
    """Keeps the secrets of a project; `config` goes into the section [defaults] of ansible.cfg."""

    config: str
    collections: tuple[str, ...]

    def __init__(self, project: str, environments: Sequence[str], secrets: Sequence[Secret]) -> None:
        """The store of a project's secrets."""

    def value(self, secret: Secret, environment: str) -> str:
        """The template that reads it."""

    def files(self) -> list[TreeFile]:
        """Templates for a person to fill in; never a value."""

    def store(self) -> Store:
        """What pipelines and documents have to know."""


def store_named(name: str) -> type[Secrets]:
    """The store of that name."""
    if name not in STORES:
        raise ConverterError(f"there is no store of secrets {name!r}", f"one of {', '.join(STORES)}")
    module, _, found = STORES[name].partition(":")
    return cast(type[Secrets], getattr(import_module(module), found))

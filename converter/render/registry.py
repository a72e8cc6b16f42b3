"""Targets and deliveries by name: adding one is a line here and a module of its own."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.tree import FileTree

TARGETS = {
    "ansible": "converter.render.ansible:ansible",
    "kubernetes": "converter.render.kubernetes:kubernetes",
}
DELIVERIES = {
    "github-actions": "converter.render.delivery.github_actions:github_actions",
    "gitlab-ci": "converter.render.delivery.gitlab_ci:gitlab_ci",
}


class Target(Protocol):
    """Makes the manifests of one tool from a plan."""

    def __call__(self, plan: Plan, secrets: str) -> FileTree:
        """The files, with the secrets in the store of that name, and what the tool can't express."""


class Delivery(Protocol):
    """Makes the pipeline that applies the manifests."""

    def __call__(self, plan: Plan, tree: FileTree) -> FileTree:
        """The files of the pipeline alone."""


def target_named(name: str) -> Target:
    """The target of that name."""
    return cast(Target, _found(TARGETS, "target", name))


def delivery_named(name: str) -> Delivery:
    """The delivery of that name."""
    return cast(Delivery, _found(DELIVERIES, "delivery", name))


def _found(registry: dict[str, str], what: str, name: str) -> object:
    if name not in registry:
        raise ConverterError(f"there is no {what} {name!r}", f"one of {', '.join(registry)}")
    module, _, function = registry[name].partition(":")
    return getattr(import_module(module), function)

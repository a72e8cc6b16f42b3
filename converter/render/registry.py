"""Targets and deliveries by name: adding one is a line here and a module of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Protocol, cast

import msgspec

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
    "flux": "converter.render.delivery.flux:flux",
    "argocd": "converter.render.delivery.argocd:argocd",
    "ansible-pull": "converter.render.delivery.ansible_pull:ansible_pull",
}


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with a target: its deliveries, those that are usual, and for each of its stores of secrets the
    deliveries that can't read it. The first store that all deliveries read is the usual one."""

    deliveries: tuple[str, ...]
    usual: tuple[str, ...]
    stores: dict[str, tuple[str, ...]]


FITS = {
    "ansible": Fit(
        deliveries=("github-actions", "gitlab-ci", "ansible-pull"),
        usual=("github-actions", "gitlab-ci"),
        stores={"vault": (), "sops": (), "ci": (), "external": ()},
    ),
    "kubernetes": Fit(
        deliveries=("flux", "argocd", "github-actions", "gitlab-ci"),
        usual=("flux",),
        # Argo CD decrypts nothing without a plugin.
        stores={"sops": ("argocd",), "sealed": (), "external": ()},
    ),
}


class Target(Protocol):
    """Makes the manifests of one tool from a plan."""

    def __call__(self, plan: Plan, secrets: str) -> FileTree:
        """The files, with the secrets in the store of that name, and what the tool can't express."""


class Delivery(Protocol):
    """Makes the pipeline that applies the manifests."""

    def __call__(self, plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
        """The files of the pipeline alone; `beside` are all deliveries that the repository has."""


def usual_deliveries(target: str) -> tuple[str, ...]:
    """The deliveries of a target where nobody has said any."""
    return FITS[target].usual if target in FITS else ()


def usual_store(target: str, deliveries: Sequence[str]) -> str:
    """The store of secrets where nobody has said one."""
    fit = FITS.get(target)
    return (
        next((name for name, without in fit.stores.items() if not {*without} & {*deliveries}), "") if fit else "vault"
    )


def check(target: str, deliveries: Sequence[str], store: str) -> None:
    """Refuses what can't work together."""
    fit = FITS.get(target)
    if fit is None:
        return
    for name in deliveries:
        if name in DELIVERIES and name not in fit.deliveries:
            raise ConverterError(f"{name} delivers no {target} manifests", f"one of {', '.join(fit.deliveries)}")
    if {"flux", "argocd"} <= {*deliveries}:
        raise ConverterError("Flux and Argo CD would undo each other's changes", "choose one of them with --delivery")
    without = fit.stores.get(store)
    if without is None:
        raise ConverterError(
            f"{target} manifests have no store of secrets {store!r}", f"one of {', '.join(fit.stores)}"
        )
    unable = [name for name in deliveries if name in without]
    if unable:
        others = [name for name, each in fit.stores.items() if not {*each} & {*deliveries}]
        raise ConverterError(f"{unable[0]} can't read secrets of {store}", f"--secrets {' or '.join(others)}")


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

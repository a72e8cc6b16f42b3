"""Targets and deliveries by name: adding one is a line here and a module of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
    deliveries that can't read it. The first store that all deliveries read is the usual one. Of several targets, that
    with the lowest `turn` has first what it can express, and leaves the rest to the others."""

    deliveries: tuple[str, ...]
    usual: tuple[str, ...]
    stores: dict[str, tuple[str, ...]]
    turn: int


FITS = {
    "ansible": Fit(
        deliveries=("github-actions", "gitlab-ci", "ansible-pull"),
        usual=("github-actions", "gitlab-ci"),
        stores={"vault": (), "sops": (), "ci": (), "external": ()},
        turn=2,
    ),
    "kubernetes": Fit(
        deliveries=("flux", "argocd", "github-actions", "gitlab-ci"),
        usual=("flux",),
        # Argo CD decrypts nothing without a plugin.
        stores={"sops": ("argocd",), "sealed": (), "external": ()},
        turn=1,
    ),
}


# A target about which nothing is said goes with everything.
_ANY = Fit(deliveries=tuple(DELIVERIES), usual=(), stores={"vault": (), "sops": (), "ci": (), "external": ()}, turn=3)


def _fit(target: str) -> Fit:
    return FITS.get(target, _ANY)


class Target(Protocol):
    """Makes the manifests of one tool from a plan."""

    def __call__(self, plan: Plan, secrets: str) -> FileTree:
        """The files, with the secrets in the store of that name, and what the tool can't express."""


class Delivery(Protocol):
    """Makes the pipeline that applies the manifests."""

    def __call__(self, plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
        """The files of the pipeline alone; `beside` are all deliveries that the repository has."""


def targets_named(text: str) -> tuple[str, ...]:
    """The targets that stand between commas, in the order in which they choose, whatever that of the names is."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names or (text,):
        _found(TARGETS, "target", name)
    return tuple(sorted(names, key=lambda name: _fit(name).turn))


def usual_deliveries(target: str) -> tuple[str, ...]:
    """The deliveries of each target where nobody has said any."""
    return tuple(dict.fromkeys(name for one in targets_named(target) for name in _fit(one).usual))


def usual_store(target: str, deliveries: Sequence[str]) -> str:
    """The store of secrets of one target where nobody has said one."""
    stores = _fit(target).stores
    return next((name for name, without in stores.items() if not {*without} & {*deliveries}), "")


def store_of(target: str, deliveries: Sequence[str], given: str) -> str:
    """The store of one of several targets: the one that is named where it knows it."""
    return given if given in _fit(target).stores else usual_store(target, deliveries)


def delivers(target: str, deliveries: Sequence[str], targets: Sequence[str]) -> tuple[str, ...]:
    """Those that bring the manifests of a target. One that could bring those of several brings those of the last."""
    able = {name: [one for one in targets if name in _fit(one).deliveries] for name in deliveries}
    return tuple(dict.fromkeys(name for name, known in able.items() if known[-1:] == [target]))


def check(target: str, deliveries: Sequence[str], store: str) -> None:
    """Refuses what can't work together, for one target or for several."""
    targets = targets_named(target)
    for name in deliveries:
        able = [each for one in targets for each in _fit(one).deliveries]
        if name in DELIVERIES and name not in able:
            named = " or ".join(targets)
            raise ConverterError(f"{name} delivers no {named} manifests", f"one of {', '.join(able)}")
        delivery_named(name)
    if {"flux", "argocd"} <= {*deliveries}:
        raise ConverterError("Flux and Argo CD would undo each other's changes", "choose one of them with --delivery")
    known = [one for one in targets if store in _fit(one).stores]
    if store and not known:
        stores = dict.fromkeys(each for one in targets for each in _fit(one).stores)
        named = " or ".join(targets)
        raise ConverterError(f"{named} manifests have no store of secrets {store!r}", f"one of {', '.join(stores)}")
    for one in known:
        _check_store(one, delivers(one, deliveries, targets), store)


def choices() -> Iterator[tuple[str, str]]:
    """Every target, and all of them together, with each of its stores."""
    for target in (*FITS, ",".join(FITS)):
        for store in dict.fromkeys(name for one in targets_named(target) for name in _fit(one).stores):
            yield target, store


def fits(target: str, deliveries: Sequence[str], store: str) -> bool:
    """Whether these work together."""
    try:
        check(target, deliveries, store)
    except ConverterError:
        return False
    return True


def _check_store(target: str, deliveries: Sequence[str], store: str) -> None:
    unable = [name for name in deliveries if name in _fit(target).stores[store]]
    if unable:
        others = [name for name, each in _fit(target).stores.items() if not {*each} & {*deliveries}]
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

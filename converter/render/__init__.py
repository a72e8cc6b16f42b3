"""Stage 6, render: the files of the repository from a plan.

In: a plan, a target and its deliveries. Out: manifests, pipelines, and what could not be expressed. It never decides
what should
be so, and text of the script never becomes code of the target.
"""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.render.registry import (
    DELIVERIES,
    FITS,
    TARGETS,
    check,
    choices,
    delivery_named,
    fits,
    store_of,
    target_named,
    targets_named,
)
from converter.render.secrets import STORES
from converter.render.split import split

__all__ = ["DELIVERIES", "FITS", "STORES", "TARGETS", "choices", "fits", "render", "targets_named"]


def render(plan: Plan, *, target: str, deliveries: Sequence[str], secrets: str = "") -> FileTree:
    """The manifests of a target, what delivers them, and the store of their secrets, which is the usual one if none
    is named. Several targets with commas between them share the plan."""
    targets = targets_named(target)
    check(target, deliveries, secrets)
    if len(targets) > 1:
        return split(plan, targets, deliveries, secrets)
    manifests = target_named(targets[0])(plan, store_of(targets[0], deliveries, secrets))
    tree = manifests
    for name in dict.fromkeys(deliveries):
        tree = tree.plus(delivery_named(name)(plan, manifests, deliveries))
    return tree

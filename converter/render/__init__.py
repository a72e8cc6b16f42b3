"""Stage 6, render: the files of the repository from a plan.

In: a plan, a target and its deliveries. Out: manifests, pipelines, and what could not be expressed. It never decides
what should
be so, and text of the script never becomes code of the target.
"""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.render.registry import DELIVERIES, FITS, TARGETS, check, delivery_named, target_named, usual_store
from converter.render.secrets import STORES

__all__ = ["DELIVERIES", "FITS", "STORES", "TARGETS", "render"]


def render(plan: Plan, *, target: str, deliveries: Sequence[str], secrets: str = "") -> FileTree:
    """The manifests of a target, what delivers them, and the store of their secrets, which is the usual one if none
    is named."""
    make, store = target_named(target), secrets or usual_store(target, deliveries)
    check(target, deliveries, store)
    manifests = make(plan, store)
    tree = manifests
    for name in dict.fromkeys(deliveries):
        tree = tree.plus(delivery_named(name)(plan, manifests, deliveries))
    return tree

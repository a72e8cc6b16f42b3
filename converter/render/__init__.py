"""Stage 6, render: the files of the repository from a plan.

In: a plan, a target and its deliveries. Out: manifests, pipelines, and what could not be expressed. It never decides
what should
be so, and text of the script never becomes code of the target.
"""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.render.registry import DELIVERIES, TARGETS, delivery_named, target_named
from converter.render.secrets import STORES

__all__ = ["DELIVERIES", "STORES", "TARGETS", "render"]


def render(plan: Plan, *, target: str, deliveries: Sequence[str], secrets: str = "vault") -> FileTree:
    """The manifests of a target, the pipelines that deliver them, and the store of their secrets."""
    manifests = target_named(target)(plan, secrets)
    tree = manifests
    for name in dict.fromkeys(deliveries):
        tree = tree.plus(delivery_named(name)(plan, manifests))
    return tree

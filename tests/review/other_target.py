"""A second target, for tests that switch to it."""

from __future__ import annotations

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile


def other(plan: Plan, secrets: str) -> FileTree:
    """One file with the first line of each resource."""
    text = "\n\n".join(f"# {each.origin.spans[0].lines()}\n- {each.kind}: {secrets}" for each in plan.resources)
    return FileTree(files=(TreeFile(path="other.yaml", text=text),))

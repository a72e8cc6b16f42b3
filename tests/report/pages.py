"""Plans of scripts, and pages of them."""

from __future__ import annotations

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.pipeline import scripts_to_plan
from converter.render import render
from converter.repo.page import page

BOTH = ("github-actions", "gitlab-ci")


def planned(*scripts: str, names: tuple[str, ...] = ("deploy.sh", "restart.sh")) -> Plan:
    """The plan of scripts."""
    given = [(name, text.encode()) for name, text in zip(names, scripts, strict=False)]
    return scripts_to_plan(given, name="shop")


def tree_of(plan: Plan, deliveries: tuple[str, ...] = BOTH) -> FileTree:
    """Manifests and pipelines."""
    return render(plan, target="ansible", deliveries=deliveries)


def page_of(plan: Plan, deliveries: tuple[str, ...] = BOTH, *, beside: bool = True) -> str:
    """The page of its repository."""
    return page(plan, tree_of(plan, deliveries), deliveries=deliveries, beside=beside)

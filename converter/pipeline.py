"""The whole conversion, one line a stage: read this first.

In: the bytes of scripts and what the user asks for. Out: a plan, and the files of a repository. It never prints, asks
or writes; `cli` does, and `repo.write` turns the files into a commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from converter.model.plan import Plan
from converter.model.question import Answer
from converter.model.source import SourceFile
from converter.model.trace import RunsOn
from converter.model.tree import FileTree, TreeFile

ANSWERS = ".gitopsify/answers.yaml"
Load = Callable[[str], "tuple[str, bytes] | None"]


def scripts_to_plan(
    sources: Sequence[tuple[str, bytes]],
    *,
    name: str,
    load: Load | None = None,
    runs_on: RunsOn | None = None,
    rules: Sequence[Path] = (),
) -> Plan:
    """The scripts, understood together: what should be so, where, and what became of each command."""
    from converter.match import load_rules, match
    from converter.parse import parse, parse_text, read_source
    from converter.plan import hidden, plan
    from converter.trace import trace

    def beside(path: str) -> SourceFile | None:
        found = load(path) if load else None
        return read_source(*found) if found else None

    scripts = [parse(read_source(path, data)) for path, data in sources]
    traced = trace(scripts, parse_text=parse_text, load=beside, runs_on=runs_on)
    concealed, secrets = hidden(traced)
    matched = match(concealed, load_rules(rules))
    return plan(concealed, matched, name=name, secrets=secrets)


def reviewed(plan: Plan, answers: Sequence[Answer]) -> Plan:
    """The plan with a person's answers in it."""
    from converter.review import review

    return review(plan, answers) if answers else plan


def plan_to_tree(plan: Plan, *, target: str, deliveries: Sequence[str], answers: str = "") -> FileTree:
    """All files of the repository: manifests, pipelines, what explains them, and what a next conversion needs."""
    from converter.plan.document import dump
    from converter.render import render
    from converter.repo import documents

    manifests = render(plan, target=target, deliveries=deliveries)
    tree = manifests.plus(documents(plan, manifests, target=target, deliveries=deliveries, plan_text=dump(plan)))
    if answers:
        tree = tree.plus(FileTree(files=(TreeFile(path=ANSWERS, text=answers),)))
    return tree

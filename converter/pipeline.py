"""The whole conversion, one line a stage: read this first.

In: the bytes of scripts and what the user asks for. Out: a plan, and the files of a repository. It never prints, asks
or writes; `cli` does, and `repo.write` turns the files into a commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.question import Answer
from converter.model.report import Proof
from converter.model.resource import Purpose
from converter.model.secret import FoundSecret
from converter.model.source import SourceFile
from converter.model.trace import RunsOn, Trace
from converter.model.tree import FileTree, TreeFile

ANSWERS = ".gitopsify/answers.yaml"
PLAN = ".gitopsify/plan.yaml"
Load = Callable[[str], "tuple[str, bytes] | None"]
Followed = Mapping[Purpose, tuple[Trace, ...]]


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
    from converter.plan import Secrets, find_secrets, join, plan, together

    followed = _followed(sources, load, runs_on)
    secrets = Secrets(find_secrets(*_every(followed)))
    known = load_rules(rules)

    def planned(run: Trace) -> Plan:
        return plan(run, match(run, known), name=name, secrets=secrets)

    return together({purpose: join(secrets.conceal(runs), planned) for purpose, runs in followed.items()})


def scripts_to_secrets(
    sources: Sequence[tuple[str, bytes]],
    *,
    name: str,
    load: Load | None = None,
    runs_on: RunsOn | None = None,
    rules: Sequence[Path] = (),
) -> tuple[FoundSecret, ...]:
    """The secrets of the scripts with their values, each by the name that the manifests have for it."""
    from converter.plan import find_secrets
    from converter.render.secrets.names import named

    planned = scripts_to_plan(sources, name=name, load=load, runs_on=runs_on, rules=rules)
    return named(find_secrets(*_every(_followed(sources, load, runs_on))), planned)


def _every(followed: Followed) -> list[Trace]:
    return [run for runs in followed.values() for run in runs]


def _followed(sources: Sequence[tuple[str, bytes]], load: Load | None, runs_on: RunsOn | None) -> Followed:
    from converter.parse import parse, parse_text, read_source
    from converter.trace import traces

    def beside(path: str) -> SourceFile | None:
        found = load(path) if load else None
        return read_source(*found) if found else None

    scripts = [parse(read_source(path, data)) for path, data in sources]
    return traces(scripts, parse_text=parse_text, load=beside, runs_on=runs_on)


def reviewed(plan: Plan, answers: Sequence[Answer]) -> Plan:
    """The plan with a person's answers in it."""
    from converter.review import review

    return review(plan, answers) if answers else plan


def repository_to_proof(
    directory: Path,
    *,
    environment: str = "",
    world: Path | None = None,
    script: Path | None = None,
    compare: bool = True,
    **system: Any,
) -> Proof:
    """Runs the script that a repository was made from, or another one, and its manifests in sandboxes; `system` is as
    in `Asked`."""
    from dataclasses import replace

    from converter.verify.proof.prove import Asked, prove
    from converter.verify.proof.repository import WORLD, repository
    from converter.verify.sandbox.rootfs import cache_directory
    from converter.verify.world import document
    from converter.verify.world.guess import surroundings

    plan = _kept_plan(directory)
    around = world or directory / WORLD
    if world or around.is_file():
        stands = document.load(around.read_text(encoding="utf-8"), str(around))
    else:
        stands = surroundings(plan)
    found = repository(directory, plan, environment, login=stands.script.user)
    return prove(cache_directory(), replace(found, script=script), stands, Asked(compare=compare, **system))


def _kept_plan(directory: Path) -> Plan:
    from converter.plan.document import load

    file = directory / PLAN
    if not file.is_file():
        raise ConverterError(f"{directory} holds no {PLAN}", "name a folder that gitopsify convert wrote")
    return load(file.read_text(encoding="utf-8"), str(file))


def plan_to_page(plan: Plan, *, target: str, deliveries: Sequence[str], secrets: str = "vault") -> str:
    """The page for whoever approves the migration, of a repository that is not written yet."""
    from converter.render import render
    from converter.repo.page import page

    tree = render(plan, target=target, deliveries=deliveries, secrets=secrets)
    return page(plan, tree, deliveries=deliveries, beside=False)


def repository_to_page(directory: Path, *, beside: bool) -> tuple[Plan, str]:
    """The plan that a repository keeps, and the page of its files as they are now; `beside` says that the page will
    lie in it."""
    from converter.render import STORES, TARGETS, render
    from converter.repo.page import page, standing

    plan = _kept_plan(directory)
    deliveries = standing.deliveries(directory)
    trees = [
        render(plan, target=target, deliveries=deliveries, secrets=store) for target in TARGETS for store in STORES
    ]
    tree, edited = standing.as_it_is(trees, directory)
    return plan, page(plan, tree, deliveries=deliveries, beside=beside, edited=edited)


def plan_to_tree(
    plan: Plan, *, target: str, deliveries: Sequence[str], answers: str = "", secrets: str = "vault"
) -> FileTree:
    """All files of the repository: manifests, pipelines, what explains them, and what a next conversion needs."""
    from converter.plan.document import dump
    from converter.render import render
    from converter.repo import documents
    from converter.verify.proof.repository import WORLD
    from converter.verify.world.document import dump as dump_world
    from converter.verify.world.guess import surroundings

    manifests = render(plan, target=target, deliveries=deliveries, secrets=secrets)
    tree = manifests.plus(documents(plan, manifests, target=target, deliveries=deliveries, plan_text=dump(plan)))
    tree = tree.plus(FileTree(files=(TreeFile(path=WORLD, text=dump_world(surroundings(plan))),)))
    if answers:
        tree = tree.plus(FileTree(files=(TreeFile(path=ANSWERS, text=answers),)))
    return tree

"""The end of a conversion: where the repository is, what became of it, and what to do now."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.terminal import Screen, visible

if TYPE_CHECKING:
    from converter.model.plan import Plan
    from converter.model.tree import FileTree
    from converter.repo import Written

_STATES = {
    "created": "The repository is in",
    "unchanged": "Nothing has changed in",
    "merged": "The new conversion is merged in",
    "imported": "The new conversion waits on a branch in",
    "conflicts": "You and the new conversion changed the same lines in",
}


def ending(
    directory: str, written: Written | None, plan: Plan, screen: Screen, *, look: Sequence[str] = ()
) -> Iterable[str]:
    """The last lines that are printed, for the repository of a plan; `look` are commands that tell of its manifests,
    where they are not Ansible's."""
    yield ""
    if written is None:
        yield "Nothing was written."
        return
    outcome = written.outcome
    if written.who.fallback:
        yield screen.paint(f"git knows no name of yours, so the commit is by {visible(str(written.who))}.", "yellow")
    if written.around:
        note = f"It lies inside of the repository {written.around}, which should ignore it: it is one of its own."
        yield from screen.wrapped(visible(note), indent=0, first="", styles=("yellow",))
    branch = f" (branch {outcome.branch})" if outcome.state in ("merged", "imported", "conflicts") else ""
    said = _STATES[outcome.state]
    said = said if plan.scripted else said.replace("new conversion", "new start")
    yield f"{said} {screen.paint(visible(directory), 'bold')}{visible(branch)}."
    yield from (f"  {visible(path)}" for path in outcome.conflicts)
    if outcome.reason:
        yield from screen.wrapped(visible(f"It is not merged: {outcome.reason}."), indent=0, first="")
    yield "Next:"
    yield from (f"  {command}" for command in _next(directory, written, plan, look))


def looks(tree: FileTree, directory: str) -> list[str]:
    """How to see what validators say of a cluster's manifests, and what they would change; nothing for others."""
    place = shlex.quote(directory)
    paths = [file.path for file in tree.files]
    overlay = next((path for path in paths if "/overlays/" in path and path.endswith("/kustomization.yaml")), "")
    if overlay:
        built = f"kubectl kustomize {shlex.quote(overlay.rpartition('/')[0])}"
        return [
            f"gitopsify verify --level lint {place}    # the validators' opinion",
            f"cd {place} && {built}    # what a cluster would get",
        ]
    return []


def waits_for_you(written: Written) -> bool:
    """Whether a merge is left to the person who did not ask for that."""
    return written.outcome.state == "conflicts" or bool(written.outcome.reason)


def warn(directory: str, written: Written, plan: Plan) -> None:
    """Says even in a quiet run that a merge is open or could not be made."""
    outcome = written.outcome
    said = f"conflicts in {', '.join(outcome.conflicts)}" if outcome.conflicts else f"not merged: {outcome.reason}"
    print(f"gitopsify: {visible(directory)}: {visible(said)}", file=sys.stderr)
    for command in _next(directory, written, plan)[:2]:
        print(f"  hint: {command.partition('    #')[0]}", file=sys.stderr)


def _next(directory: str, written: Written, plan: Plan, look: Sequence[str] = ()) -> list[str]:
    place, outcome = shlex.quote(directory), written.outcome
    if outcome.state == "conflicts":
        return [
            f"cd {place} && git status    # which files have conflicts: mend them, then git add",
            f"cd {place} && git merge --continue    # or git merge --abort, which takes all of it back",
        ]
    page, about = ("MIGRATION.md", "what became of every line") if plan.scripted else ("README.md", "what to set first")
    report = f"less {shlex.quote(str(Path(directory) / page))}    # {about}"
    if outcome.state == "imported":
        words = shlex.join(["git", "merge", *outcome.options, outcome.branch])
        return [f"cd {place} && {words}    # your edits and the new conversion", report]
    if look:
        return [report, *look]
    several = len(plan.environments) > 1
    inventory = f" --inventory inventories/{plan.environments[0].name}" if several else ""
    return [
        report,
        f"gitopsify verify {place}    # the validators' opinion",
        f"cd {place} && ansible-playbook{inventory} site.yml --check --diff    # what it would change",
    ]

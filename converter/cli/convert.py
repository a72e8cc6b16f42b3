"""`gitopsify convert`: from scripts to a repository, and the summary that ends it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.answers import Answers, existing
from converter.cli.asking import ask, can_ask, take_defaults
from converter.cli.ending import ending, looks, waits_for_you, warn
from converter.cli.exits import Exit
from converter.cli.explain import LOOKS
from converter.cli.request import Asked, as_objects, counts, report, scripts
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.model.plan import LedgerEntry, Plan
from converter.model.question import Answer
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.pipeline import STARTER, Understood, plan_to_tree

if TYPE_CHECKING:
    from converter.repo import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The repository that the user wants."""

    target: str
    deliveries: tuple[str, ...]
    secrets: str
    directory: str
    yes: bool
    dry_run: bool
    merge: bool = True
    answers: str = ""
    interactive: bool = False


def convert(asked: Asked, wanted: Wanted, *, as_json: bool, quiet: bool) -> int:
    """Converts the scripts; 1 if something is left for a person."""
    return deliver(scripts(asked), wanted, as_json=as_json, quiet=quiet)


def deliver(understood: Understood, wanted: Wanted, *, as_json: bool, quiet: bool) -> int:
    """Writes the repository of a plan, or with --dry-run shows it."""
    answers = Answers(Path(wanted.directory), existing(wanted.answers))
    plan, taken = _settled(understood, answers, wanted, quiet=quiet or as_json)
    return written(plan, answers, wanted, taken, as_json=as_json, quiet=quiet)


def _settled(
    understood: Understood, answers: Answers, wanted: Wanted, *, quiet: bool
) -> tuple[Plan, tuple[Answer, ...]]:
    """The plan after what was said, and after questions or the default answers to them, which are the second item."""
    if wanted.interactive and wanted.yes:
        raise ConverterError("--interactive asks and --yes does not", "give one of them")
    if not understood.plan(answers.all).ledger:
        raise ConverterError("there is no command in it, so there is nothing to convert")
    if wanted.interactive or (can_ask() and not (wanted.yes or quiet or wanted.dry_run)):
        return ask(understood, answers), ()
    return take_defaults(understood, answers, quiet=quiet)


def written(
    plan: Plan, answers: Answers, wanted: Wanted, taken: Sequence[Answer], *, as_json: bool, quiet: bool
) -> int:
    """Writes the repository of a plan about which nothing more is asked; 1 if something is left for a person."""
    from converter.repo import diff, expressed, write

    directory = Path(wanted.directory)
    if (directory / STARTER).is_file():
        raise ConverterError(
            f"{directory} was started without a script, and gitopsify starter alone writes to it",
            "name a new folder with -o",
        )
    tree = plan_to_tree(
        plan, target=wanted.target, deliveries=wanted.deliveries, answers=answers.text, secrets=wanted.secrets
    )
    written = None if wanted.dry_run else write(tree, directory, message=_message(plan), merge=wanted.merge)
    if written and written.outcome.state != "imported":
        answers.forget_session()
    report(plan.diagnostics, quiet=quiet or as_json)
    if as_json:
        result = {"directory": wanted.directory, **_outcome(written), **_for_programs(plan, tree, taken)}
        print(json.dumps(result, indent=2))
    elif not quiet:
        screen = Screen()
        shown = preview(tree, diff(tree, directory), screen) if wanted.dry_run else ()
        after = ending(wanted.directory, written, plan, screen, look=looks(tree, wanted.directory))
        for line in [*shown, *_summary(expressed(plan, tree), tree, screen), *after]:
            screen.print(line)
    waits = written is not None and waits_for_you(written)
    if written and waits and (quiet or as_json):
        warn(wanted.directory, written, plan)
    return Exit.LEFT if waits or left(plan, tree) else Exit.DONE


def left(plan: Plan, tree: FileTree) -> int:
    """How much is left for a person."""
    return counts(plan)["unresolved"] + len(tree.unsupported)


def _outcome(written: Written | None) -> dict[str, object]:
    if written is None:
        return {"commit": None}
    outcome = written.outcome
    return {
        "commit": written.commit,
        "state": outcome.state,
        "branch": outcome.branch,
        "reason": outcome.reason or None,
        "conflicts": list(outcome.conflicts),
    }


def _for_programs(plan: Plan, tree: FileTree, taken: Sequence[Answer]) -> dict[str, object]:
    return {
        "files": [file.path for file in tree.files],
        "summary": counts(plan),
        **({"targets": {each.target: sorted(each.addresses) for each in tree.shares}} if tree.shares else {}),
        "unsupported": [{"address": item.address, "reason": item.reason} for item in tree.unsupported],
        "questions": [{"id": item.id, "prompt": item.prompt, "default": item.default} for item in plan.questions],
        "defaults": [{"id": each.question, "answer": each.answer} for each in taken],
        "diagnostics": as_objects(plan.diagnostics),
    }


def preview(tree: FileTree, difference: str, screen: Screen) -> Iterable[str]:
    """The files, then what would change."""
    from converter.repo import listing

    yield screen.paint("Files", "bold")
    yield from (f"  {visible(line)}" for line in listing(tree).splitlines())
    yield ""
    yield screen.paint("Difference", "bold")
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in difference.splitlines() or ["  none"]:
        yield screen.paint(visible(line), *((colours[line[0]],) if line[:1] in colours else ()))
    yield ""


def _message(plan: Plan) -> str:
    """The message of the commit."""
    named = ", ".join(source.path for source in plan.sources)
    return f"Convert {named}" if len(named) <= 60 else f"Convert {len(plan.sources)} scripts"


def _summary(plan: Plan, tree: FileTree, screen: Screen) -> Iterable[str]:
    found = counts(plan)
    for disposition in (Disposition.CONVERTED, Disposition.KEPT, Disposition.UNRESOLVED):
        sign, ascii_, styles, name = LOOKS[disposition]
        if not found[disposition]:
            continue
        yield screen.paint(f"{screen.sign(sign, ascii_)} {found[disposition]} {name}", *styles)
        if disposition != Disposition.CONVERTED:
            yield from _entries(plan, disposition, screen)
    quiet = found["absorbed"] + found["dropped"]
    if quiet:
        yield screen.paint(f"{screen.sign('·', '.')} {quiet} absorbed: messages, variables, conditions", "dim")
    for item in tree.unsupported:
        yield from screen.wrapped(visible(f"{item.address} is left for you: {item.reason}"), indent=4, first="  ")


def _entries(plan: Plan, disposition: Disposition, screen: Screen) -> Iterable[str]:
    for entry in plan.ledger:
        if entry.disposition == disposition:
            yield from screen.wrapped(visible(_described(entry)), indent=6, first="    ")


def _described(entry: LedgerEntry) -> str:
    text = " ".join(entry.text.split())
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"{entry.span.lines()}  {text}" + (f": {entry.reason}" if entry.reason else "")

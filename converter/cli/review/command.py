"""`gitopsify review`: opens the review of scripts, of a plan or of a repository, and writes what was decided."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from converter.cli.answers import Answers
from converter.cli.asking import can_ask, take_defaults
from converter.cli.convert import Wanted, written
from converter.cli.exits import Exit
from converter.cli.request import Asked, counts, rule_folders, scripts
from converter.cli.review.session import Session
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.pipeline import ANSWERS, STARTER, Saved, Understood
from converter.render.registry import targets_named, usual_deliveries

PLAN = ".gitopsify/plan.yaml"


@dataclass(frozen=True, slots=True)
class Opened:
    """What is reviewed, where what is said about it is kept, and the folder of its repository."""

    understood: Understood
    answers: Answers
    directory: str


def review(asked: Asked, wanted: Wanted) -> int:
    """Opens the application; 1 if something is left for a person."""
    wanted = replace(wanted, target=",".join(targets_named(wanted.target)))
    if not (can_ask() and sys.stdout.isatty()):
        raise ConverterError(
            "review needs a terminal", "gitopsify convert takes the default answers, or those of --answers"
        )
    opened = _opened(asked, wanted)
    session = Session(opened.understood, opened.answers, wanted.target, wanted.deliveries, wanted.secrets)
    if not session.plan.ledger:
        started = (Path(opened.directory) / STARTER).is_file()
        raise ConverterError(
            "there is no command in it, so there is nothing to review",
            "change its .gitopsify/starter.yaml and start again: gitopsify starter -o DIR" if started else None,
        )
    from converter.cli.review.app import Review

    app = Review(session, opened.directory)
    folder = app.run()
    if app.problem is not None:
        raise app.problem
    if not folder:
        return _left(session)
    return _written(opened, replace(_for(session.target, wanted), directory=folder))


def _for(target: str, wanted: Wanted) -> Wanted:
    """What is wanted, for the target that was switched to: with what is usual there."""
    if target == wanted.target:
        return wanted
    return replace(wanted, target=target, deliveries=usual_deliveries(target), secrets="")


def _opened(asked: Asked, wanted: Wanted) -> Opened:
    """A plan and a repository are known by what they are; everything else is scripts."""
    paths = [Path(path) for path in asked.scripts]
    if len(paths) == 1 and (paths[0] / PLAN).is_file():
        folder = paths[0]
        return Opened(_saved(folder / PLAN, asked), Answers(folder, wanted.answers), str(folder))
    file = wanted.answers or ANSWERS
    answers = Answers(Path(wanted.directory or "."), file)
    if len(paths) == 1 and paths[0].suffix in (".yaml", ".yml"):
        return Opened(_saved(paths[0], asked), answers, wanted.directory)
    return Opened(scripts(asked), answers, wanted.directory)


def _saved(file: Path, asked: Asked) -> Understood:
    from converter.plan import document

    if not file.is_file():
        raise ConverterError(f"there is no plan {file}", "write one with: gitopsify plan deploy.sh -o plan.yaml")
    plan = document.load(file.read_text(encoding="utf-8", errors="surrogateescape"), str(file))
    return Saved(plan, rule_folders(asked.rules))


def _written(opened: Opened, wanted: Wanted) -> int:
    answers = Answers(Path(wanted.directory), str(opened.answers.place))
    plan, taken = take_defaults(opened.understood, answers, quiet=False)
    return written(plan, answers, wanted, taken, as_json=False, quiet=False)


def _left(session: Session) -> int:
    screen = Screen()
    done, all_ = session.progress
    screen.print(f"{done} of {all_} lines are decided; everything is in {visible(str(session.answers.place))}.")
    screen.print(f"Next:\n  gitopsify convert SCRIPT -o DIR --answers {visible(str(session.answers.place))}")
    return Exit.LEFT if session.plan.questions or counts(session.plan)["unresolved"] else Exit.DONE

"""`gitopsify starter`: a repository for an application that no script deploys yet."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from converter.cli.asking import can_ask
from converter.cli.convert import preview
from converter.cli.ending import ending, looks, waits_for_you, warn
from converter.cli.exits import Exit
from converter.cli.interrupted import Interrupted
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.model.starter import Starter
from converter.pipeline import STARTER, offers, starter_to_plan, starter_to_tree

if TYPE_CHECKING:
    from converter.model.tree import FileTree
    from converter.starter.answers import Settled
    from converter.starter.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user says: answers by their names, a file of more of them, and where the repository is to be."""

    given: Mapping[str, str]
    file: str
    directory: str
    yes: bool = False
    dry_run: bool = False
    merge: bool = True


def starter(wanted: Wanted, *, as_json: bool, quiet: bool) -> int:
    """Writes the repository, or with --dry-run shows it; 1 if something is left for a person."""
    from converter.repo import diff, write

    directory = Path(wanted.directory)
    _refuse_foreign(directory)
    settled = _settled(wanted, quiet=quiet or as_json)
    plan = starter_to_plan(settled.starter)
    tree = starter_to_tree(settled.starter, plan)
    message = f"Start {plan.name}: {', '.join(each.name for each in plan.environments)}"
    done = None if wanted.dry_run else write(tree, directory, message=message, merge=wanted.merge)
    if done is not None:
        Interrupted(wanted.directory, {}).forget()
    waits = done is not None and waits_for_you(done)
    if as_json:
        result = {
            "directory": wanted.directory,
            "commit": done.commit if done else None,
            "state": done.outcome.state if done else None,
            "conflicts": list(done.outcome.conflicts) if done else [],
            "files": [file.path for file in tree.files],
            "defaults": {field.name: answer for field, answer in settled.taken},
            "unsupported": [{"address": item.address, "reason": item.reason} for item in tree.unsupported],
        }
        print(json.dumps(result, indent=2))
    elif not quiet:
        screen = Screen()
        shown = preview(tree, diff(tree, directory), screen) if wanted.dry_run else ()
        after = ending(wanted.directory, done, plan, screen, look=looks(tree, wanted.directory))
        for line in [*shown, *_summary(settled.starter, tree, screen), *after]:
            screen.print(line)
    if done and waits and (quiet or as_json):
        warn(wanted.directory, done, plan)
    return Exit.LEFT if waits or tree.unsupported else Exit.DONE


def _refuse_foreign(directory: Path) -> None:
    """Before anything is asked: a folder with something in it, that no starter has made, is left alone."""
    if directory.is_dir() and any(directory.iterdir()) and not (directory / STARTER).is_file():
        raise ConverterError(
            f"{directory} is not empty, and no gitopsify starter has made it", "name a new folder with -o"
        )
    if directory.exists() and not directory.is_dir():
        raise ConverterError(f"{directory} is not a folder", "name another one with -o")


def _settled(wanted: Wanted, *, quiet: bool) -> Settled:
    from converter.starter.answers import settle

    person = can_ask() and not (wanted.yes or quiet or wanted.dry_run)
    given = _given(wanted)
    if person:
        asking = _Asking(Screen(sys.stderr), Interrupted(wanted.directory, given))
        found = settle({**asking.before, **given}, offers(), asking.answer)
    else:
        found = settle(given, offers())
    if found.taken and not quiet:
        screen = Screen(sys.stderr)
        for line in _taken(found, screen):
            screen.print(line)
    return found


def _given(wanted: Wanted) -> dict[str, str]:
    """The options, and under them the file that is named, or the answers that the repository was started with."""
    from converter.starter.answers import load

    file = Path(wanted.file or Path(wanted.directory) / STARTER)
    if wanted.file and not file.is_file():
        raise ConverterError(f"there are no answers {wanted.file}", "docs/starter.md shows such a file")
    known = load(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else {}
    names = wanted.given.get("environments", known.get("environments", "")).split()
    kept = {key: text for key, text in known.items() if "." not in key or key.partition(".")[2] in names}
    return kept | _placed(wanted.given, names or ["production"])


def _placed(given: Mapping[str, str], environments: list[str]) -> dict[str, str]:
    """Answers about an environment that is not named are about the only one."""
    named = {key.partition(".")[2] for key in given if "." in key} - {""}
    known = environments if environments != ["production"] or not named else sorted(named)
    found = {}
    for key, text in given.items():
        if not key.endswith("."):
            found[key] = text
        elif len(known) == 1:
            found[f"{key}{known[0]}"] = text
        else:
            option = {"hosts.": "--host", "domain.": "--domain"}[key]
            raise ConverterError(
                f"{option} {text} names no environment", f"write it as {option} {known[0]}={text.split()[0]}"
            )
    return found


def _taken(found: Settled, screen: Screen) -> Iterable[str]:
    yield screen.paint("Usual answers; the options, or a file with --from, give others:", "dim")
    for field, answer in found.taken:
        said = f"{field.prompt.rstrip('?')}: {answer or 'none'} ({field.option.rstrip('=')})"
        yield from screen.wrapped(visible(said), indent=4, first="  ", styles=("dim",))


def _summary(wanted: Starter, tree: FileTree, screen: Screen) -> Iterable[str]:
    for each in wanted.environments:
        place = "in its cluster" if wanted.in_cluster else f"on {', '.join(each.hosts)}"
        said = f"{each.name}: {each.version or wanted.version} {place}"
        yield f"{screen.paint(screen.sign('✓', '+'), 'bold', 'green')} {visible(said)}"
    for item in tree.unsupported:
        yield from screen.wrapped(visible(f"{item.address} is left for you: {item.reason}"), indent=4, first="  ")


class _Asking:
    """Questions on the terminal, one after the other; `before` are the answers of a run that was cut short."""

    def __init__(self, screen: Screen, kept: Interrupted) -> None:
        self._screen, self._kept = screen, kept
        self.before = kept.answers

    def answer(self, field: Field) -> str:
        """An answer that does; the default where the person says nothing."""
        try:
            answer = self._asked(field)
        except (KeyboardInterrupt, EOFError):
            self._screen.print("\nYour answers are saved: the same command goes on from here.")
            raise KeyboardInterrupt from None
        self._kept.add(field.name, answer)
        return answer

    def _asked(self, field: Field) -> str:
        screen = self._screen
        for line in screen.wrapped(visible(field.prompt), indent=2, first="", styles=("bold",)):
            screen.print(line)
        for number, choice in enumerate(field.choices, 1):
            about = f": {field.outcomes[number - 1]}" if field.outcomes else ""
            for line in screen.wrapped(f"{choice}{about}", indent=5, first=f"  {number}  "):
                screen.print(line)
        shown = "" if field.default is None else f" [{field.default or 'none'}]"
        while True:
            said = (
                " ".join(input(f"answer{visible(shown)}: ").replace(",", " ").split())
                if field.several
                else (input(f"answer{visible(shown)}: ").strip())
            )
            answer = self._chosen(field, said or field.default or "")
            problem = "" if not answer and field.optional else field.wrong(answer) if answer else "it needs an answer"
            if not problem:
                return answer
            screen.print(visible(problem))

    def _chosen(self, field: Field, said: str) -> str:
        """Numbers of choices as what they stand for."""
        words = said.split() if field.several else [said]
        numbers = {str(number): choice for number, choice in enumerate(field.choices, 1)}
        return " ".join(numbers.get(word, word) for word in words)

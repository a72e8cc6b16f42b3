"""`gitopsify report`: the page for the person who approves a migration, from scripts or from a repository."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from converter.cli.answers import existing
from converter.cli.exits import Exit
from converter.cli.request import Asked, counts, scripts
from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.question import Answer
from converter.pipeline import PLAN, Understood, plan_to_page, repository_to_page

_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The page that the user wants, and the repository that it tells of where only scripts are given."""

    output: str
    force: bool
    target: str
    deliveries: tuple[str, ...]
    secrets: str
    yes: bool
    answers: str
    environment: str = ""


def report(asked: Asked, wanted: Wanted, *, quiet: bool) -> int:
    """Writes the page; 1 if something is left for a person."""
    if wanted.output != "-":
        _check(Path(wanted.output), force=wanted.force)
    plan, text = _page(asked, wanted)
    if wanted.output == "-":
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        _write(Path(wanted.output), text)
        if not quiet:
            print(f"The page is in {wanted.output}; any browser shows it.", file=sys.stderr)
    return Exit.LEFT if counts(plan)["unresolved"] else Exit.DONE


def _page(asked: Asked, wanted: Wanted) -> tuple[Plan, str]:
    repository = _repository(asked.scripts)
    if repository:
        beside = wanted.output != "-" and Path(wanted.output).resolve().parent == repository.resolve()
        return repository_to_page(repository, beside=beside, environment=wanted.environment)
    plan = _answered(scripts(asked), wanted)
    if not plan.ledger:
        raise ConverterError("there is no command in it, so there is nothing to report")
    how = {"target": wanted.target, "secrets": wanted.secrets, "environment": wanted.environment}
    return plan, plan_to_page(plan, deliveries=wanted.deliveries, **how)


def _repository(scripts: list[str]) -> Path | None:
    """The generated repository that is named, if it is none of scripts."""
    folder = Path(scripts[0])
    return folder if len(scripts) == 1 and folder.is_dir() and (folder / PLAN).is_file() else None


def _answered(understood: Understood, wanted: Wanted) -> Plan:
    from converter.review import load

    file = existing(wanted.answers)
    said = load(Path(file).read_text(encoding="utf-8"), file) if file else ()
    plan = understood.plan(said)
    if not wanted.yes:
        return plan
    usual = (Answer(question=each.id, answer=each.default, asked=False) for each in plan.questions if each.default)
    return understood.plan((*said, *usual))


def _check(file: Path, *, force: bool) -> None:
    """Refuses before anything is done where the page can't be, or would cost somebody a file."""
    from converter.repo.page import MARK

    if file.is_dir():
        raise ConverterError(f"{file} is a folder", "name the file of the page with -o")
    if not file.parent.is_dir():
        raise ConverterError(f"there is no folder {file.parent}", "make it, or name another file with -o")
    if force or not os.path.lexists(file) or _is_device(file):
        return
    with suppress(OSError), file.open("rb") as there:
        if MARK.encode() in there.read(_HEAD):
            return
    raise ConverterError(f"{file} is there already and is no page of gitopsify", "name another file, or use --force")


def _is_device(file: Path) -> bool:
    with suppress(OSError):
        return not stat.S_ISREG(file.stat().st_mode)
    return False


def _write(file: Path, text: str) -> None:
    """Wholly or not at all: a page that is cut off must not be approved."""
    try:
        if _is_device(file):
            file.write_text(text, encoding="utf-8")
            return
        place = file.resolve()
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".report-", delete=False) as new:
            new.write(text.encode("utf-8"))
        beside = Path(new.name)
        try:
            beside.chmod((place.stat().st_mode & 0o777) if place.exists() else 0o666 & ~_umask())
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as problem:
        raise ConverterError(f"{file} can't be written: {problem.strerror or problem}") from None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

"""What the user asks for, from the paths of scripts to a plan."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from converter.cli.answers import existing
from converter.cli.inputs import Inputs
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError, Diagnostic, Severity
from converter.model.plan import Plan
from converter.model.secret import FoundSecret
from converter.model.trace import Disposition, RunsOn
from converter.pipeline import ANSWERS, Scripts

OWN_RULES = Path(".gitopsify/rules")
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The scripts, and how they are to be understood."""

    scripts: list[str]
    runs_on: str | None = None
    name: str = ""
    rules: list[str] = field(default_factory=list)


def scripts(asked: Asked) -> Scripts:
    """The scripts, ready to be understood with what a person says."""
    inputs = Inputs(asked.scripts)
    return Scripts(
        inputs.read(),
        name=asked.name or inputs.project_name(),
        load=inputs.beside,
        runs_on=RunsOn(asked.runs_on) if asked.runs_on else None,
        rules=rule_folders(asked.rules),
    )


def understand(asked: Asked) -> Plan:
    """The plan of the scripts, as nobody has said anything about it."""
    return scripts(asked).plan()


def found_in(asked: Asked, answers: str) -> tuple[FoundSecret, ...]:
    """The secrets of the scripts, with those that a person named in the answers, and without what is none."""
    from converter.review import load

    file = Path(existing(answers) or ANSWERS)
    said = load(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else ()
    return scripts(asked).secrets(said)


def rule_folders(given: Sequence[str]) -> list[Path]:
    """The user's own rule packs: those named, then those of the project that one is in."""
    for folder in given:
        if not Path(folder).is_dir():
            raise ConverterError(f"there is no folder of rules {folder}")
    return [Path(folder) for folder in given] + ([OWN_RULES] if OWN_RULES.is_dir() else [])


def report(diagnostics: Sequence[Diagnostic], *, quiet: bool) -> None:
    """Prints what is to be known about the script, errors only if quiet."""
    screen = Screen(sys.stderr)
    for diagnostic in diagnostics:
        if quiet and diagnostic.severity != Severity.ERROR:
            continue
        place = f"{diagnostic.span}: " if diagnostic.span else ""
        severity = screen.paint(str(diagnostic.severity), "bold", _COLOURS[diagnostic.severity])
        screen.print(visible(place) + f"{severity}[{diagnostic.name}]: {visible(diagnostic.message)}")
        if diagnostic.hint:
            screen.print(screen.paint(f"  hint: {visible(diagnostic.hint)}", "dim"))


def counts(plan: Plan) -> dict[str, int]:
    """How many commands came to which end."""
    found = {str(disposition): 0 for disposition in Disposition}
    for entry in plan.ledger:
        found[entry.disposition] += 1
    return {**found, "total": len(plan.ledger)}


def as_objects(diagnostics: Sequence[Diagnostic]) -> list[dict[str, object]]:
    """Diagnostics for programs."""
    return [
        {
            "name": diagnostic.name,
            "severity": str(diagnostic.severity),
            "message": diagnostic.message,
            "file": diagnostic.span.path if diagnostic.span else None,
            "line": diagnostic.span.line if diagnostic.span else None,
            "column": diagnostic.span.column if diagnostic.span else None,
            "hint": diagnostic.hint,
        }
        for diagnostic in diagnostics
    ]

"""`gitopsify verify`: the results of the validators as a list."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from converter.cli.exits import Exit
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.model.report import CheckResult, Outcome, Report
from converter.verify import lint

_LOOKS = {
    Outcome.PASSED: ("✓", "+", "green"),
    Outcome.FAILED: ("✗", "!", "red"),
    Outcome.SKIPPED: ("·", "-", "yellow"),
}


def verify(directory: str, level: str, *, as_json: bool, quiet: bool) -> int:
    """Checks the repository; 1 if a validator objects, 2 if none was there to ask."""
    if not Path(directory).is_dir():
        raise ConverterError(
            f"there is no folder {directory}", "write a repository with: gitopsify convert deploy.sh -o DIR"
        )
    found = lint(Path(directory))
    if not found.results:
        raise ConverterError(
            f"{directory} holds nothing that {level} reads", "name a folder that gitopsify convert wrote"
        )
    if as_json:
        print(json.dumps({"level": level, "passed": found.passed, **msgspec.to_builtins(found)}, indent=2))
    elif not (quiet and found.passed):
        _print(found, Screen())
    if all(result.outcome == Outcome.SKIPPED for result in found.results):
        raise ConverterError("no validator is installed, so nothing was checked", found.results[0].install)
    return Exit.DONE if found.passed else Exit.LEFT


def _print(found: Report, screen: Screen) -> None:
    for result in found.results:
        sign, ascii_, colour = _LOOKS[result.outcome]
        mark = screen.paint(screen.sign(sign, ascii_), "bold", colour)
        screen.print(f"{mark} {result.tool} {screen.paint(result.version, 'dim')}".rstrip() + _note(result))
        for line in result.details.splitlines() if result.outcome == Outcome.FAILED else ():
            screen.print(f"    {visible(line)}")
        if result.install:
            screen.print(screen.paint(f"    hint: {result.install}", "dim"))


def _note(result: CheckResult) -> str:
    return ": not installed, skipped" if result.outcome == Outcome.SKIPPED else ""

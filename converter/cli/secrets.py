"""`gitopsify secrets`: which secrets stand in scripts, and their values on request, for their owner alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from converter.cli.exits import Exit
from converter.cli.request import Asked, found_in
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.model.secret import FoundSecret


def listed(asked: Asked, answers: str, *, as_json: bool) -> int:
    """Names and places; a value is never shown."""
    found = found_in(asked, answers)
    if as_json:
        secrets = [{"name": each.name, "variable": each.variable, "places": _places(each)} for each in found]
        print(json.dumps({"secrets": secrets}, indent=2))
        return Exit.DONE
    screen = Screen()
    if not found:
        screen.print("No secret was found.")
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        name = screen.paint(visible(each.name).ljust(width), "bold")
        screen.print(f"{name}  {visible(', '.join(_places(each)))}")
    if found:
        screen.print(screen.paint(f"{_counted(found)}: make new ones, since these were in a script", "dim"))
    return Exit.DONE


def exported(
    asked: Asked, to: str, output: str, *, answers: str, environment: str, password_file: str, age: str
) -> int:
    """Writes the values to a file, those of one environment where they differ."""
    from converter.export import export

    if output == "-":
        raise ConverterError("secrets are not printed", "name a file with -o")
    found = _of(found_in(asked, answers), environment)
    if not found:
        raise ConverterError("no secret was found, so there is nothing to export")
    values = {each.variable: each.value for each in found}
    export(values, to, Path(output), password_file=password_file, age=age)
    screen = Screen()
    how = "for you alone to read, not encrypted" if to == "env" else f"encrypted for {to}"
    screen.print(f"{_counted(found)} in {screen.paint(visible(output), 'bold')}, {how}.")
    return Exit.DONE


def _of(found: Sequence[FoundSecret], environment: str) -> list[FoundSecret]:
    """The secrets of an environment, and those of all; all of them where no two have one name."""
    known = sorted({name for each in found for name in each.environments})
    if environment and environment not in known:
        raise ConverterError(
            f"no secret is of the environment {environment}", f"there are: {', '.join(known) or 'none'}"
        )
    chosen = [each for each in found if not environment or not each.environments or environment in each.environments]
    names = [each.variable for each in chosen]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConverterError(f"{twice} differs between {' and '.join(known)}", f"say which with --env {known[0]}")
    return chosen


def _places(found: FoundSecret) -> list[str]:
    return list(dict.fromkeys(span.lines() for span in found.spans))


def _counted(found: Sequence[FoundSecret]) -> str:
    return "1 secret" if len(found) == 1 else f"{len(found)} secrets"

"""`gitopsify doctor`: what this machine can do, and how to get what is missing."""

from __future__ import annotations

import json

import msgspec

from converter.cli.exits import Exit
from converter.cli.terminal import Screen, visible
from converter.model.report import Need
from converter.verify.doctor import forget_systems, needs

_LEVELS = {
    "lint": "lint: what validators say of a repository; one that is missing is skipped",
    "apply": "apply and compare: the manifests and the script in sandboxes",
    "backend": "backends: what hosts are made with; the first that works is chosen, or verify --backend NAME",
}


def doctor(*, clean: bool, as_json: bool) -> int:
    """Prints each need; 1 if what `gitopsify verify` does by default can't be done here."""
    if clean:
        forget_systems()
    found = needs()
    able = all(need.found for need in found if need.level == "apply")
    if as_json:
        print(json.dumps({"able": able, "needs": msgspec.to_builtins(found)}, indent=2))
        return Exit.DONE if able else Exit.LEFT
    screen = Screen()
    for level, about in _LEVELS.items():
        screen.print(screen.paint(about, "bold"))
        for need in found:
            if need.level == level:
                _print(need, screen)
    screen.print("All of it can be done here." if able else "gitopsify verify --level lint is what can be done here.")
    return Exit.DONE if able else Exit.LEFT


def _print(need: Need, screen: Screen) -> None:
    sign, colour = (screen.sign("✓", "+"), "green") if need.found else (screen.sign("✗", "!"), "red")
    screen.print(
        f"  {screen.paint(sign, 'bold', colour)} {need.name} {screen.paint(visible(need.about), 'dim')}".rstrip()
    )
    if need.hint:
        screen.print(screen.paint(f"      hint: {visible(need.hint)}", "dim"))

"""`gitopsify explain`: the script line by line, with what became of each command and why."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from converter.cli.exits import Exit
from converter.cli.request import Asked, as_objects, counts, report, understand
from converter.cli.terminal import Screen, visible
from converter.model.plan import LedgerEntry, Plan, SourceCopy
from converter.model.trace import Disposition, RunsOn

# How each end of a command looks: sign, the same in ASCII, colours, and its name in the summary.
LOOKS: dict[Disposition, tuple[str, str, tuple[str, ...], str]] = {
    Disposition.CONVERTED: ("✓", "+", ("green",), "converted"),
    Disposition.KEPT: ("●", "*", ("cyan",), "kept as commands"),
    Disposition.UNRESOLVED: ("✗", "!", ("bold", "red"), "left for a person"),
    Disposition.ABSORBED: ("·", ".", ("dim",), "absorbed"),
    Disposition.DROPPED: ("·", "-", ("dim",), "dropped"),
}


def explain(asked: Asked, *, as_json: bool, quiet: bool) -> int:
    """Prints the explanation; 1 if something is left for a person."""
    plan = understand(asked)
    if as_json:
        print(json.dumps(explained(plan), indent=2, ensure_ascii=False))
    elif not quiet:
        screen = Screen()
        for line in listing(plan, screen):
            screen.print(line)
    if not as_json:
        report(plan.diagnostics, quiet=quiet)
    return Exit.LEFT if counts(plan)["unresolved"] else Exit.DONE


def explained(plan: Plan) -> dict[str, object]:
    """The stable form for programs."""
    commands = [
        {
            "file": entry.span.path,
            "line": entry.span.line,
            "end_line": entry.span.last_line,
            "text": entry.text,
            "disposition": str(entry.disposition),
            "resources": list(entry.resources),
            "reason": entry.reason,
            "host": entry.host,
            "user": entry.user,
            "cwd": entry.cwd,
        }
        for entry in plan.ledger
    ]
    return {"commands": commands, "summary": counts(plan), "diagnostics": as_objects(plan.diagnostics)}


def listing(plan: Plan, screen: Screen) -> Iterable[str]:
    """The lines to print: each file with its annotations, then the summary."""
    for source in plan.sources:
        yield from _headed(plan, source, screen)
        entries: defaultdict[int, list[LedgerEntry]] = defaultdict(list)
        for entry in plan.ledger:
            if entry.span.path == source.path:
                entries[entry.span.last_line].append(entry)
        yield from _annotated(source.text.splitlines(), entries, screen)
        yield ""
    yield from _summary(plan, screen)


def _headed(plan: Plan, source: SourceCopy, screen: Screen) -> list[str]:
    place = "on the server that it deploys" if plan.runs_on == RunsOn.SERVER else "on a workstation or in CI"
    title = f"{visible(source.path)}, run {place}"
    rule = screen.sign("─", "-") * min(screen.width, max(len(title), 20))
    return [*screen.wrapped(title, indent=0, styles=("bold",)), screen.paint(rule, "dim")]


def _annotated(lines: Sequence[str], entries: dict[int, list[LedgerEntry]], screen: Screen) -> Iterable[str]:
    gutter = len(str(max(len(lines), 1))) + 2
    place = ""
    for number, line in enumerate(lines, 1):
        yield from _source_line(number, visible(line), gutter, screen)
        for entry in entries.get(number, ()):
            if entry.disposition in (Disposition.CONVERTED, Disposition.KEPT, Disposition.UNRESOLVED):
                now = _place(entry)
                if now and now != place:
                    yield from screen.wrapped(
                        visible(now), indent=gutter + 4, first=" " * (gutter + 2), styles=("dim", "blue")
                    )
                place = now
            yield from _annotation(entry, line, gutter, screen)


def _source_line(number: int, line: str, gutter: int, screen: Screen) -> Iterable[str]:
    """The line of the script with its number, broken hard where the terminal is too narrow."""
    room = max(screen.width - gutter, 10)
    pieces = [line[start : start + room] for start in range(0, len(line), room)] or [""]
    style = ("dim",) if line.lstrip().startswith("#") else ()
    yield screen.paint(f"{number:>{gutter - 2}}  ", "dim") + screen.paint(pieces[0], *style)
    for piece in pieces[1:]:
        yield " " * (gutter - 2) + screen.paint(screen.sign("↪ ", "> "), "dim") + screen.paint(piece, *style)


def _annotation(entry: LedgerEntry, line: str, gutter: int, screen: Screen) -> list[str]:
    """What became of one command; it is named where the line holds more than it."""
    sign, ascii_, styles, _ = LOOKS[entry.disposition]
    said = entry.reason or str(entry.disposition)
    if entry.resources:
        said = ", ".join(entry.resources) + (f" ({entry.reason})" if entry.reason else "")
    named = " ".join(entry.text.split())
    if named != " ".join(line.split()):
        said = f"{_short(named)}: {said}"
    mark = screen.paint(screen.sign(sign, ascii_), *styles)
    quiet = ("dim",) if entry.disposition in (Disposition.ABSORBED, Disposition.DROPPED) else ()
    return screen.wrapped(visible(said), indent=gutter + 4, first=" " * (gutter + 2) + f"{mark} ", styles=quiet)


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 3].rstrip() + "..."


def _place(entry: LedgerEntry) -> str:
    who = f"{entry.user}@{entry.host}" if entry.user and entry.host else entry.host or entry.user
    parts = [f"on {who}" if entry.host else f"as {who}" if who else "", f"in {entry.cwd}" if entry.cwd else ""]
    return ", ".join(part for part in parts if part)


def _summary(plan: Plan, screen: Screen) -> Iterable[str]:
    found = counts(plan)
    if not found["total"]:
        yield "There is no command in it: nothing to convert."
        return
    parts = [
        screen.paint(f"{screen.sign(sign, ascii_)} {found[disposition]} {name}", *styles)
        for disposition, (sign, ascii_, styles, name) in LOOKS.items()
        if found[disposition]
    ]
    yield f"{found['total']} commands"
    yield from (f"  {part}" for part in parts)
    for assumption in plan.assumptions:
        yield from screen.wrapped(visible(f"assumed: {assumption}"), indent=2, first="", styles=("dim",))

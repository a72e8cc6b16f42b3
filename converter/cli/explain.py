"""`gitopsify explain`: the script line by line, with what became of each command and why."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from converter.cli.exits import Exit
from converter.cli.request import Asked, as_objects, counts, report, understand
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import Diagnostic
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
QUIET = (Disposition.ABSORBED, Disposition.DROPPED)
PLACES = {
    "server": "the server",
    "workstation": "the workstation",
    "${HOME}": "the home folder",
    "${project_dir}": "the folder of the project",
}
# The column of the script's line at which short notes stand.
SAID_FROM = 40


def explain(asked: Asked, target: str, *, as_json: bool, quiet: bool) -> int:
    """Prints the explanation, as the manifests of a target have it where one is named; 1 if something is left for a
    person."""
    plan = understand(asked)
    if target:
        from converter.render import render
        from converter.repo import expressed

        plan = expressed(plan, render(plan, target=target, deliveries=()))
    if as_json:
        print(json.dumps(explained(plan), indent=2))
    elif not quiet:
        screen = Screen()
        for line in listing(plan, screen):
            screen.print(line)
    if not as_json:
        report(_untold(plan), quiet=quiet)
    return Exit.LEFT if counts(plan)["unresolved"] else Exit.DONE


def _untold(plan: Plan) -> list[Diagnostic]:
    """The diagnostics that the listing does not say at the line itself."""
    told = {entry.span for entry in plan.ledger if entry.disposition == Disposition.UNRESOLVED}
    return [diagnostic for diagnostic in plan.diagnostics if diagnostic.span not in told]


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
        here = entries.get(number, [])
        beside = _beside(here, visible(line), gutter, screen)
        yield from _source_line(number, visible(line), gutter, screen, beside)
        for entry in () if beside else here:
            if entry.disposition not in QUIET and _place(entry) not in ("", place):
                place = _place(entry)
                lead = " " * (gutter + 2)
                yield from screen.wrapped(visible(place), indent=gutter + 4, first=lead, styles=("blue",))
            yield from _annotation(entry, lines, gutter, screen)


def _beside(entries: Sequence[LedgerEntry], line: str, gutter: int, screen: Screen) -> str:
    """What is said at the end of a line that leaves nothing behind, if there is room."""
    if len(entries) != 1 or entries[0].disposition not in QUIET or not _is_whole(entries[0], line):
        return ""
    sign, ascii_, styles, _ = LOOKS[entries[0].disposition]
    note = f"{screen.sign(sign, ascii_)} {visible(entries[0].reason or str(entries[0].disposition))}"
    column = max(len(line), SAID_FROM)
    return (
        " " * (column - len(line) + 2) + screen.paint(note, *styles)
        if gutter + column + 2 + len(note) <= screen.width
        else ""
    )


def _source_line(number: int, line: str, gutter: int, screen: Screen, beside: str) -> Iterable[str]:
    """The line of the script with its number, broken hard where the terminal is too narrow."""
    room = max(screen.width - gutter, 10)
    pieces = [line[start : start + room] for start in range(0, len(line), room)] or [""]
    style = ("dim",) if line.lstrip().startswith("#") else ("bold",)
    yield (screen.paint(f"{number:>{gutter - 2}}", "dim") + f"  {screen.paint(pieces[0], *style)}{beside}").rstrip()
    for piece in pieces[1:]:
        yield " " * (gutter - 2) + screen.paint(screen.sign("↪ ", "> "), "dim") + screen.paint(piece, *style)


def _annotation(entry: LedgerEntry, lines: Sequence[str], gutter: int, screen: Screen) -> list[str]:
    """What became of one command; it is named where the line holds more than it."""
    sign, ascii_, styles, _ = LOOKS[entry.disposition]
    said = entry.reason or str(entry.disposition)
    if entry.disposition == Disposition.CONVERTED:
        how = entry.reason.removeprefix("Recognised ").rstrip(".")
        said = ", ".join(entry.resources) + (f" ({how})" if how else "")
    if not _is_whole(entry, "\n".join(lines[entry.span.line - 1 : entry.span.last_line])):
        said = f"{_short(_plain(entry.text))}: {said}"
    mark = screen.paint(screen.sign(sign, ascii_), *styles)
    quiet = ("dim",) if entry.disposition in QUIET else ()
    return screen.wrapped(visible(said), indent=gutter + 4, first=" " * (gutter + 2) + f"{mark} ", styles=quiet)


def _is_whole(entry: LedgerEntry, line: str) -> bool:
    return _plain(entry.text) == _plain(line)


def _plain(text: str) -> str:
    """A command in one line."""
    return " ".join(text.replace("\\\n", " ").split())


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 3].rstrip() + "..."


def _place(entry: LedgerEntry) -> str:
    """Where a command runs, as a person would say it."""
    who = f" as {entry.user}" if entry.user and "@" not in entry.host else ""
    where = f"on {PLACES.get(entry.host, entry.host)}" if entry.host else ""
    folder = PLACES.get(entry.cwd, entry.cwd)
    return ", ".join(part for part in (f"{where}{who}".strip(), f"in {folder}" if folder else "") if part)


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

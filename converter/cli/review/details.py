"""What is said below about the line under the cursor: reasons, decisions, assumptions and its question."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from converter.cli.explain import PLACES
from converter.cli.review.lines import Line
from converter.cli.review.looks import ENDS
from converter.cli.review.session import Session
from converter.cli.terminal import visible
from converter.model.decision import Choice
from converter.model.plan import LedgerEntry, Plan
from converter.model.question import Question
from converter.model.trace import Disposition

# A longer line is cut on the left, so that it is said here.
_SHORT = 32
_DECIDED = {Choice.ACCEPT: "accepted", Choice.KEEP: "kept as a command", Choice.DROP: "left out"}


def details(session: Session, line: Line, at: int) -> Text:
    """Everything about the line; `at` is the command in it that the keys are about."""
    parts = [*_asked(session, line)]
    for index, (name, entry) in enumerate(line.commands):
        several = len(line.commands) > 1
        long = len(line.text) > _SHORT
        parts.append(_command(session, name, entry, mark=several and index == at, named=several or long))
    parts += [Text(f"assumed: {visible(each)}") for each in _assumed(session.plan, line)]
    return Text("\n").join(parts) if parts else Text("There is no command in this line.", "dim")


def _asked(session: Session, line: Line) -> Iterator[Text]:
    for question in line.questions:
        yield Text(f"? {visible(question.prompt)}", "bold").append(f"  {_choices(question)}", "not bold")
        if question.reason:
            yield Text(f"  {visible(question.reason)}", "dim")
    if not line.questions and (known := session.question(line)) is not None and session.answer(known):
        yield Text(f"✓ {visible(known.prompt)} {visible(session.answer(known))}")


def _choices(question: Question) -> str:
    if not question.choices:
        return "Enter answers"
    shown = ", ".join(f"[{each}]" if each == question.default else each for each in question.choices)
    return f"Enter: {visible(shown)}"


def _command(session: Session, name: str, entry: LedgerEntry, *, mark: bool, named: bool) -> Text:
    sign, colour = ENDS[entry.disposition]
    text = Text("> " if mark else "").append(f"{sign} {entry.disposition}", colour)
    if named:
        text.append(f"  {visible(' '.join(entry.text.split()))}", "bold")
    if entry.resources:
        text.append(f"  {visible(', '.join(entry.resources))}")
    text.append(f"  {visible(entry.reason)}" if entry.reason else "")
    where = _where(entry)
    text.append(f"\n  {visible(where)}" if where and entry.disposition != Disposition.ABSORBED else "")
    said = _said(session, name)
    return text.append(f"\n  decided: {visible(said)}" if said else "", "bold")


def _where(entry: LedgerEntry) -> str:
    who = f" as {entry.user}" if entry.user and "@" not in entry.host else ""
    where = f"on {PLACES.get(entry.host, entry.host)}{who}" if entry.host else ""
    folder = PLACES.get(entry.cwd, entry.cwd)
    return ", ".join(part for part in (where, f"in {folder}" if folder else "") if part)


def _said(session: Session, name: str) -> str:
    known = session.decision(name)
    said = [_DECIDED[known.choice]] if known.choice in _DECIDED else []
    said += [f"“{known.note}”"] if known.note else []
    said += [f"by the rule {known.rule}"] if known.rule else []
    said += [f"runs: {known.place}"] if known.place else []
    edits = [f"{field}: {text or 'not set'}" for edit in known.edits for field, text in edit.fields]
    marks = [f"{mark.field} is the {mark.choice} {mark.name}" for mark in known.marks]
    return ", ".join([*said, *edits, *marks])


def _assumed(plan: Plan, line: Line) -> Iterator[str]:
    """What is assumed of the line, or of the whole script where it begins."""
    places = {entry.span.lines() for _, entry in line.commands} | {f"{line.path}:{line.number}"}
    first = min((entry.span for entry in plan.ledger if entry.span.path == line.path), default=None)
    for each in (*plan.assumptions, *plan.changes):
        about = each.startswith(tuple(f"{place}: " for place in places)) or any(
            f"({place})" in each for place in places
        )
        general = not any(f"{source.path}:" in each for source in plan.sources)
        if about or (general and first is not None and first.line == line.number):
            yield each

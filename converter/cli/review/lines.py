"""The lines of the scripts, each with the commands in it and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from converter.model.plan import LedgerEntry, Plan
from converter.model.question import Question
from converter.model.trace import Disposition
from converter.review import Identities

QUIET = (Disposition.ABSORBED, Disposition.DROPPED)


class State(StrEnum):
    """How far a line is: a question waits there, nobody has looked at it yet, it is decided, or there is nothing to
    decide."""

    OPEN = "open"
    PROPOSED = "not decided"
    DECIDED = "decided"
    QUIET = "nothing to decide"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script. `commands` begin or go on in it, with their identities; `head` is that of the line in which
    the first of them begins."""

    path: str
    number: int
    text: str
    commands: tuple[tuple[str, LedgerEntry], ...] = ()
    questions: tuple[Question, ...] = ()
    state: State = State.QUIET
    head: bool = True

    @property
    def main(self) -> int:
        """Which of its commands the keys are about at first: one that does something, if there is one."""
        return next((i for i, (_, entry) in enumerate(self.commands) if entry.disposition not in QUIET), 0)

    @property
    def disposition(self) -> Disposition | None:
        """What became of the command that matters most here."""
        ends = [entry.disposition for _, entry in self.commands]
        order = (Disposition.UNRESOLVED, Disposition.KEPT, Disposition.CONVERTED, Disposition.DROPPED)
        return next((end for end in order if end in ends), Disposition.ABSORBED if ends else None)


def lines(
    plan: Plan, names: Identities, decided: Callable[[str], bool], answered: Collection[tuple[str, int]]
) -> tuple[Line, ...]:
    """All lines of all scripts; `decided` says of an identity whether a person has, `answered` at which lines a
    question was."""
    found = (line for source in plan.sources for line in _of(plan, source.path, source.text, names, decided))
    return tuple(_answered(line) if (line.path, line.number) in answered else line for line in found)


def _answered(line: Line) -> Line:
    """Who answers what is asked at a line has decided about it."""
    return replace(line, state=State.DECIDED) if line.state is State.PROPOSED else line


def _of(plan: Plan, path: str, text: str, names: Identities, decided: Callable[[str], bool]) -> Iterator[Line]:
    entries: dict[int, list[tuple[str, LedgerEntry]]] = {}
    for entry in plan.ledger:
        if entry.span.path == path:
            for number in range(entry.span.line, entry.span.last_line + 1):
                entries.setdefault(number, []).append((names.get(entry.span.start, ""), entry))
    asked = _asked(plan, path)
    for number, line in enumerate(text.splitlines(), 1):
        commands = tuple(entries.get(number, ()))
        head = not commands or any(entry.span.line == number for _, entry in commands)
        questions = asked.get(number, ())
        state = _state(commands, questions, decided)
        yield Line(path, number, line, commands, questions, state, head)


def _asked(plan: Plan, path: str) -> Mapping[int, tuple[Question, ...]]:
    found: dict[int, tuple[Question, ...]] = {}
    for question in plan.questions:
        if question.span is not None and question.span.path == path:
            found[question.span.line] = (*found.get(question.span.line, ()), question)
        elif question.span is None and plan.sources and path == plan.sources[0].path:
            found[1] = (*found.get(1, ()), question)
    return found


def _state(
    commands: tuple[tuple[str, LedgerEntry], ...], questions: tuple[Question, ...], decided: Callable[[str], bool]
) -> State:
    if questions:
        return State.OPEN
    matter = [(name, entry) for name, entry in commands if entry.disposition not in QUIET or decided(name)]
    if not matter:
        return State.QUIET
    if any(entry.disposition == Disposition.UNRESOLVED and not decided(name) for name, entry in matter):
        return State.OPEN
    return State.DECIDED if all(decided(name) for name, _ in matter) else State.PROPOSED

"""What a person decided about a line of the script or about a variable, as data that replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from converter.model.question import Answer

STEP, VARIABLE = "step.", "variable."


class Choice(StrEnum):
    """What becomes of a line: it is right as proposed, it stays a command, or it is left out. What a variable is: a
    secret, an input, or plain text that was taken for a secret."""

    ACCEPT = "accept"
    KEEP = "keep"
    DROP = "drop"
    SECRET = "secret"
    INPUT = "input"
    PLAIN = "plain"


OF_STEPS = (Choice.ACCEPT, Choice.KEEP, Choice.DROP)
OF_VARIABLES = (Choice.SECRET, Choice.INPUT, Choice.PLAIN)


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of a resource as a person wants them, each as `plan.yaml` writes it, in YAML."""

    resource: str
    fields: tuple[tuple[str, str], ...]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A text in a field of a resource that becomes a variable of that name, as a secret or an input. `field` may go on:
    `environment.DB_PASSWORD`, `argv.2`."""

    resource: str
    field: str
    choice: Choice
    name: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """`about` is the identity of a step, which stays the same when other lines change, or names a variable. `place` is
    a group of hosts, `local` or `build`; `rule` the alternative that was chosen."""

    about: str
    choice: Choice | None = None
    note: str = ""
    place: str = ""
    rule: str = ""
    edits: tuple[Edit, ...] = ()
    marks: tuple[Mark, ...] = ()


Said = Answer | Decision


def key(said: Said) -> str:
    """What it is about; the last thing that is said about something counts."""
    return said.about if isinstance(said, Decision) else said.question


def nothing(about: str) -> Said:
    """What takes back what another file says of it."""
    return Decision(about=about) if about.startswith((STEP, VARIABLE)) else Answer(question=about, answer="")


def last(said: Sequence[Said]) -> dict[str, Said]:
    """What counts, by what it is about, in the order in which it was said."""
    found: dict[str, Said] = {}
    for each in said:
        found.pop(key(each), None)
        found[key(each)] = each
    return found


def answers_in(said: Sequence[Said]) -> tuple[Answer, ...]:
    """The answers to questions."""
    return tuple(each for each in last(said).values() if isinstance(each, Answer))


def decisions_in(said: Sequence[Said]) -> Mapping[str, Decision]:
    """The decisions by what they are about."""
    return {name: each for name, each in last(said).items() if isinstance(each, Decision)}

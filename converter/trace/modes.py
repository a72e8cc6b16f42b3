"""Modes of a script that Ansible has of its own: a dry run is `--check`, more words are `-v`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from converter.model.script import Arm, Block, Case, Exec, Statement
from converter.model.source import Span
from converter.model.value import Value
from converter.trace.walk import mentioned, statements, words_of

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

CHECK = "`--check` does this"
VERBOSE = "`-v` of ansible-playbook does this"
NEVER = "it never runs: its condition can't be {} here"
_NAMES = {
    CHECK: re.compile(r"(?:is_|do_)?(?:dry_?run|no_?op|simulate)", re.IGNORECASE),
    VERBOSE: re.compile(r"verbose|verbosity", re.IGNORECASE),
}
_FLAGS = {
    CHECK: frozenset({"--dry-run", "--dryrun", "--dry_run", "--noop", "--no-op", "--simulate"}),
    VERBOSE: frozenset({"--verbose"}),
}
_OFF = frozenset({"", "0", "false", "no", "off", "n"})


def mode(name: str, flags: Iterable[str] = ()) -> str:
    """What Ansible has in place of a variable that switches such a mode on, "" for any other variable."""
    given = set(flags)
    found = (how for how, names in _NAMES.items() if names.fullmatch(name) or given & _FLAGS[how])
    return next(found, "")


def off(value: Value | None) -> bool:
    """Whether the mode is not on with this value."""
    return value is None or (value.text is not None and value.text.lower() in _OFF)


def asks_for(run: Interpreter, text: str | None, span: Span) -> bool:
    """Whether a word that an argument is compared with is an option for such a mode."""
    how = next((how for how, flags in _FLAGS.items() if text in flags), "")
    if how:
        note(run, how, f"the option {text}", span)
    return bool(how)


def note(run: Interpreter, how: str, said: str, span: Span | None, name: str = "") -> None:
    """Says once that something only switches a mode, and remembers the variable that does."""
    if name:
        run.account.modes[name] = how
    place = f"{span.lines()}: " if span is not None else ""
    run.account.assume(f"{place}{said} of the script only switches a mode that Ansible has too: {how}")


def never(run: Interpreter, condition: Block, outcome: str) -> str:
    """Why a branch never runs: the mode is Ansible's, or the condition is decided."""
    names = mentioned(condition)
    found = next((how for name, how in run.account.modes.items() if name in names), "")
    asking = (inner for inner in statements(condition) if isinstance(inner, Case) or _tests(inner))
    words = {word.source.strip("\"'") for inner in asking for word in words_of(inner)}
    return found or next((how for how, flags in _FLAGS.items() if words & flags), "") or NEVER.format(outcome)


def _tests(found: Statement) -> bool:
    return isinstance(found, Exec) and found.words[:1] != () and found.words[0].source in ("[", "[[", "test")


def asked(node: Case, arm: Arm) -> Block:
    """What an arm of a `case` asks, without what it does."""
    return (Case(subject=node.subject, arms=(Arm(patterns=arm.patterns, body=(), span=arm.span),), span=node.span),)

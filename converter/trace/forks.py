"""Variables that branches set differently: what uses one is followed once for each of its values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.script import Parameter, Substitution, Word
from converter.model.trace import Guard
from converter.trace.conditions import flip, merged
from converter.trace.state import Choice, State
from converter.trace.walk import mentioned

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter


def forked_names(state: State, words: tuple[Word, ...]) -> list[str]:
    """The variables in the words that hold a choice."""
    names: dict[str, None] = {}
    for word in words:
        _names(word, names)
    return [name for name in names if name in state.slots and isinstance(state.slots[name].content, Choice)]


def _names(word: Word, names: dict[str, None]) -> None:
    for part in word.parts:
        if isinstance(part, Parameter):
            names[part.name] = None
            if part.operand:
                _names(part.operand, names)
        elif isinstance(part, Substitution):
            names.update(mentioned(part.body))


def alternatives(run: Interpreter, state: State, name: str) -> list[tuple[Guard, State]]:
    """A state for each value that is still possible, with the guard under which it holds."""
    slot = state.slots[name]
    if not isinstance(slot.content, Choice):
        return [((), state)]
    found: list[tuple[Guard, State]] = []
    path = state.guard
    for guard, value in slot.content.alternatives:
        if any(flip(test) in path for test in guard):
            continue
        branch = state.copy()
        branch.slots[name] = replace(slot, content=value)
        branch.path = merged(state.path, guard)
        found.append((guard, branch))
    return found

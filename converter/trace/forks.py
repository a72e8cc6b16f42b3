"""Variables that branches set differently: what uses one is followed once for each of its values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.script import Parameter, Substitution, Word
from converter.model.trace import Guard
from converter.model.value import Value
from converter.trace.conditions import flip, merged
from converter.trace.state import Choice, State
from converter.trace.walk import mentioned

SPELLINGS = (
    ("docker compose", "docker-compose"),
    ("python3", "python"),
    ("pip3", "pip"),
)

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
    same = _one_program(slot.content)
    if same is not None:
        run.account.assume(f"${name} is `{same.key()}`: its other spelling runs the same program")
        branch = state.copy()
        branch.slots[name] = replace(slot, content=same)
        return [((), branch)]
    found: list[tuple[Guard, State]] = []
    path = state.guard
    for guard, value in slot.content.alternatives:
        if any(flip(test) in path for test in guard):
            continue
        branch = state.copy()
        # One name for several commands would be ambiguous, so each alternative stands for its own.
        own = isinstance(value, Value) and bool(value.outputs)
        branch.slots[name] = replace(slot, content=value, local=slot.local or own)
        branch.path = merged(state.path, guard)
        found.append((guard, branch))
    return found


def _one_program(choice: Choice) -> Value | None:
    """The first of several spellings of one program, None where the values are really different."""
    texts = {value.text for _, value in choice.alternatives if isinstance(value, Value)}
    for spellings in SPELLINGS:
        if texts and texts <= set(spellings):
            return Value.of(next(spelling for spelling in spellings if spelling in texts))
    return None

"""Values that only the run knows but that the shell can make of variables: what is cut, counted or calculated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from converter.model.value import CommandOutput, Value, Variable
from converter.trace.state import State

_LISTS = re.compile(
    r"\s*(?:sudo )?(?:ls|find|lsof|pgrep|pidof|ps|(?:docker|podman) (?:ps|images|container|image|volume|network)"
    r"|git (?:ls-files|diff|branch))\b(?!.*\|\s*(?:head|tail) -n? ?1\b)"
)


def lists(outputs: Sequence[CommandOutput]) -> bool:
    """Whether one of the commands may print several words, or none."""
    return any(_LISTS.match(output.text) for output in outputs)


def by_shell(state: State, names: Sequence[str], command: str) -> Value | None:
    """What a command prints that only works on variables; None where one of them can't be told to it."""
    before = ""
    for name in dict.fromkeys(names):
        slot = state.slots.get(name)
        content = slot.content if slot is not None else Value(Variable(name))
        if not isinstance(content, Value) or not re.fullmatch(r"[A-Za-z_]\w*", name):
            return None
        if content.outputs or content.unknowns or re.search(r'["`\\]', content.shell()):
            return None
        if content != Value(Variable(name)):
            before += f'{name}="{content.shell()}"; '
    return Value(CommandOutput(before + command))

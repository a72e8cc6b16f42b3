"""Values that only the run knows but that the shell can make of variables: what is cut, counted or calculated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from converter.model.value import CommandOutput, Value, Variable
from converter.trace.state import State


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

"""Values that only the run knows but that the shell can make of variables: what is cut, counted or calculated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from converter.model.script import Exec, Parameter
from converter.model.trace import Context
from converter.model.value import CommandOutput, Literal, Part, Value, Variable
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


def edited(state: State, command: Exec) -> tuple[str, Context]:
    """What `${#X}` and `${X%.*}` in a command need to run: assignments before its text, and variables around it."""
    before, context = "", state.context()
    environment = dict(context.environment)
    for word in command.words:
        for part in word.parts:
            if not isinstance(part, Parameter) or not part.operator or not part.name.isidentifier():
                continue
            slot = state.slots.get(part.name)
            content = slot.content if slot is not None else Value(Variable(part.name))
            if slot is not None and slot.local and isinstance(content, Value):
                before += f'{part.name}="{content.map(_escaped).shell()}"; '
            elif isinstance(content, Value):
                environment[part.name] = Value(Variable(part.name, content if slot is not None else None))
    return before, replace(context, environment=tuple(environment.items()))


def _escaped(part: Part) -> Part:
    return Literal(re.sub(r'(["$`\\])', r"\\\1", part.text)) if isinstance(part, Literal) else part

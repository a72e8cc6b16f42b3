"""What a plan names by the time of the run, so that each run makes it anew: dated releases, backups, archives."""

from __future__ import annotations

import re

from converter.model.plan import Plan, VariableKind

_CLOCKS = re.compile(r"\b(date|uuidgen|mktemp|RANDOM|EPOCHSECONDS)\b")
_NAMED = re.compile(r"Variable\(name='(\w+)'")


def timely(plan: Plan) -> tuple[str, ...]:
    """The names of such resources, as targets show them."""
    values = {each.name: _text(each.value) for each in plan.every_variable if each.value is not None}
    found = {
        each.name
        for each in plan.every_variable
        if each.kind is VariableKind.COMPUTED and each.value is not None and _CLOCKS.search(each.value.shell())
    }
    while more := {name for name, text in values.items() if name not in found and _mentions(text, found)}:
        found |= more
    named = [each.name for each in plan.resources if _mentions(_text(each.spec), found)]
    return tuple(dict.fromkeys(re.sub(r"\$\{(\w+)\}", r"$\1", name) for name in named))


def _text(value: object) -> str:
    return repr(value)


def _mentions(text: str, names: set[str]) -> bool:
    return not names.isdisjoint(_NAMED.findall(text))

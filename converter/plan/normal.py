"""Values in the form in which a saved plan gives them back, so that a plan in memory equals the plan on disk."""

from __future__ import annotations

from typing import TypeVar

from converter.model.plan import PlanVariable, VariableKind
from converter.model.value import Part, Value, Variable
from converter.plan.rewrite import rewrite

T = TypeVar("T")
_BOUND = frozenset({VariableKind.FIXED, VariableKind.COMPUTED})


def bound(thing: T, variables: tuple[PlanVariable, ...]) -> T:
    """The thing with each variable holding what the plan says of it, and nothing else."""
    binder = _Binder(variables)
    return rewrite(thing, binder.value)


def bound_variables(variables: tuple[PlanVariable, ...]) -> tuple[PlanVariable, ...]:
    """The variables themselves in that form."""
    return bound(variables, variables)


class _Binder:
    def __init__(self, variables: tuple[PlanVariable, ...]) -> None:
        self._given = {v.name: v.value for v in variables if v.kind in _BOUND and v.value is not None}
        self._done: dict[str, Variable] = {}
        self._known: dict[Value, Value] = {}
        self._open: set[str] = set()

    def value(self, value: Value) -> Value:
        """One value; what is already in that form stays the same object."""
        known = self._known.get(value)
        if known is None:
            stored = Value.parsed(value.stored())
            known = stored.map(self._part)
            known = value if known == value else known
            self._known[value] = known
        return known

    def _part(self, part: Part) -> Part:
        if not isinstance(part, Variable) or part.name not in self._given or part.name in self._open:
            return Variable(part.name) if isinstance(part, Variable) else part
        if part.name not in self._done:
            self._open.add(part.name)
            self._done[part.name] = Variable(part.name, Value.parsed(self._given[part.name].stored()).map(self._part))
            self._open.discard(part.name)
        return self._done[part.name]

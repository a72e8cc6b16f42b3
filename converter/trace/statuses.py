"""`$?`, also where it is kept in a variable or handed to a function: which command it tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.trace import AnyOf, Compare, Guard, NotEmpty, StepSucceeded, Test
from converter.model.value import Value, Variable
from converter.trace.conditions import Condition
from converter.trace.state import State

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_STATUS = "?"


def remember(run: Interpreter, state: State) -> Value:
    """The value of `$?` at this place."""
    run.statuses.append((state.status, len(run.account.steps)))
    return Value(Variable(_STATUS, Value(Variable(f"{_STATUS}{len(run.statuses) - 1}"))))


def remembered(run: Interpreter, value: Value) -> Condition | None:
    """How the command ended whose status the value is; None for another value, and for a test that would not come out
    the same now, because something has run since."""
    only = value.parts[0] if len(value.parts) == 1 else None
    while isinstance(only, Variable) and only.value is not None and len(only.value.parts) == 1:
        only = only.value.parts[0]
    if not isinstance(only, Variable) or not only.name.startswith(_STATUS) or only.name == _STATUS:
        return None
    condition, steps = run.statuses[int(only.name[1:])]
    same = len(run.account.steps) == steps or all(map(_lasts, (condition.yes or (), condition.no or ())))
    return condition if same else None


def _lasts(guard: Guard) -> bool:
    return all(_told(test) for test in guard)


def _told(test: Test) -> bool:
    subject = test.subject
    if isinstance(subject, AnyOf):
        return all(map(_lasts, subject.alternatives))
    return isinstance(subject, StepSucceeded | Compare | NotEmpty)

"""One numbering for the steps of several traces: the same command has the same number in each, and the order holds."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from converter.model.trace import AnyOf, Binding, Command, Guard, Step, StepSucceeded, Test, Trace


def numbered_alike(traces: Sequence[Trace]) -> tuple[Trace, ...]:
    """The traces with such numbers."""
    order: list[_Place] = []
    places: list[list[_Place]] = []
    one_script = len({tuple(file.path for file in trace.files[:1]) for trace in traces}) == 1
    for trace in traces:
        order, mine = _merged(order, [_key(step, one_script) for step in trace.steps])
        places.append(mine)
    numbers = {id(place): index for index, place in enumerate(order)}
    return tuple(
        _renumbered(trace, {step.id: numbers[id(place)] for step, place in zip(trace.steps, mine, strict=True)})
        for trace, mine in zip(traces, places, strict=True)
    )


Key = tuple[str, str, object]


class _Place:
    """One command in the common order."""

    def __init__(self, key: Key) -> None:
        self.key = key


def _key(step: Step, one_script: bool) -> Key:
    """What makes two steps the same command; of one script also the place where it stands."""
    return step.source.shell(), step.context.cwd.shell(), step.span.start if one_script else None


def _merged(order: list[_Place], keys: list[Key]) -> tuple[list[_Place], list[_Place]]:
    """The common order with a further trace in it, and that trace's places."""
    merged: list[_Place] = []
    mine: list[_Place] = []
    matcher = SequenceMatcher(None, [place.key for place in order], keys, autojunk=False)
    for operation, first, last, start, end in matcher.get_opcodes():
        merged += order[first:last]
        if operation == "equal":
            mine += order[first:last]
            continue
        new = [_Place(key) for key in keys[start:end]]
        merged += new
        mine += new
    return merged, mine


def _renumbered(trace: Trace, numbers: dict[int, int]) -> Trace:
    renumber = _Renumber(numbers)
    return msgspec.structs.replace(
        trace,
        steps=tuple(map(renumber.step, trace.steps)),
        commands=tuple(map(renumber.command, trace.commands)),
        bindings=tuple(map(renumber.binding, trace.bindings)),
        asked={test: renumber.following(step) for test, step in trace.asked.items()},
    )


class _Renumber:
    def __init__(self, numbers: dict[int, int]) -> None:
        self._numbers = numbers
        self._end = max(numbers.values(), default=-1) + 1

    def step(self, step: Step) -> Step:
        return msgspec.structs.replace(step, id=self._numbers[step.id], guard=self._guard(step.guard))

    def command(self, command: Command) -> Command:
        return msgspec.structs.replace(command, steps=tuple(self._numbers[step] for step in command.steps))

    def binding(self, binding: Binding) -> Binding:
        if binding.step is None:
            return binding
        return msgspec.structs.replace(binding, step=self.following(binding.step))

    def following(self, step: int) -> int:
        """The number of a step that something stands before; where there is none, what stands after all of them."""
        return self._numbers.get(step, self._end)

    def _guard(self, guard: Guard) -> Guard:
        return tuple(map(self._test, guard))

    def _test(self, test: Test) -> Test:
        match test.subject:
            case StepSucceeded(step=step):
                return msgspec.structs.replace(test, subject=StepSucceeded(step=self._numbers[step]))
            case AnyOf(alternatives=alternatives):
                inner = AnyOf(alternatives=tuple(map(self._guard, alternatives)))
                return msgspec.structs.replace(test, subject=inner)
            case _:
                return test

"""Arithmetic of `$(( ))`, where all that it needs is known."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from converter.model.value import Unknown, Value, Variable
from converter.trace.computed import by_shell
from converter.trace.parameters import positional
from converter.trace.state import State

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_NAME = re.compile(r"\$?\{?\b([A-Za-z_]\w*)\}?")
_POSITION = re.compile(r"\$\{?([1-9])\b\}?")
# What the shell can't be told in a text of its own.
_OTHER = re.compile(r"\$\(|\[|\$\{?[\d@*#]")
_BINARY: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda a, b: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1),
    ast.Mod: lambda a, b: abs(a) % abs(b) * (-1 if a < 0 else 1),
}
_LONGEST = 200


def arithmetic(run: Interpreter, state: State, source: str) -> Value:
    """The number, or what is unknown about it."""
    source = _POSITION.sub(lambda found: _argument(run, state, found), source)
    number = calculate(run, state, source)
    if number is None:
        names = list(dict.fromkeys(_NAME.findall(source)))
        text = _NAME.sub(r"${\1}", source)
        computed = by_shell(state, names, f"echo $(({text}))") if not _OTHER.search(source) else None
        return computed or Value(Unknown("a number that is computed at run time", f"$(({source}))"))
    return Value.of(str(number))


def _argument(run: Interpreter, state: State, found: re.Match[str]) -> str:
    """What the script or function is given there: a number, or the variable that holds it."""
    value = positional(run, state, int(found[1]))
    only = value.parts[0] if len(value.parts) == 1 else None
    if value.text is None and isinstance(only, Variable):
        return f"${{{only.name}}}"
    return value.text if value.text is not None and re.fullmatch(r"-?\d{1,15}", value.text) else found[0]


def calculate(run: Interpreter, state: State, source: str) -> int | None:
    """The number that the expression gives, if it is made of known numbers and + - * / %."""
    if len(source) > _LONGEST:
        return None
    text = _NAME.sub(lambda found: _number(state, found.group(1)), run.holes.readable(source))
    try:
        tree = ast.parse(text.strip().replace("/", "//"), mode="eval")
        return _evaluate(tree.body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None


def _number(state: State, name: str) -> str:
    slot = state.slots.get(name)
    known = slot.content.text if slot and isinstance(slot.content, Value) else None
    return known if known is not None and re.fullmatch(r"-?\d{1,15}", known) else "unknown"


def _evaluate(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(number)):
            return int(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            return int(_BINARY[type(sign)](_evaluate(left), _evaluate(right)))
        case _:
            raise ValueError(ast.dump(node))

"""Command substitution: what is known without running it, what is computed at run time, what changes something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.paths import absolute, directory_of, name_of
from converter.model.script import AndOr, Block, Exec, Loop, LoopKind, Statement, Substitution
from converter.model.value import CommandOutput, Literal, Unknown, Value
from converter.trace import words as expansion
from converter.trace.lookers import block_looks, only_looks
from converter.trace.messages import message
from converter.trace.state import Slot, State
from converter.trace.walk import mentioned

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

DEEPEST = 20
MOST_ITEMS = 60


def substitution(run: Interpreter, state: State, part: Substitution) -> Value:
    """The value that the commands print, without the line ends."""
    if run.depth > DEEPEST:
        return Value(Unknown("substitutions are nested too deeply", part.source))
    run.depth += 1
    try:
        known = _known(run, state.copy(), part.body)
        known = known if known is not None else _said(run, state.copy(), part.body)
    finally:
        run.depth -= 1
    if known is not None:
        return known
    if block_looks(part.body) or _looks_expanded(run, state, part.body):
        return Value(CommandOutput(run.source_with_values(state, part.source, tuple(mentioned(part.body)))))
    return Value(Unknown("the output of a command that changes something", f"$({part.source})"))


def _looks_expanded(run: Interpreter, state: State, body: Block) -> bool:
    if len(body) != 1 or not isinstance(body[0], Exec) or body[0].redirects:
        return False
    words = expansion.expand(run, state.copy(), body[0].words)
    return only_looks(tuple(word.text or word.shell() for word in words))


def _known(run: Interpreter, state: State, body: Block) -> Value | None:
    """`$(cd d && pwd)`, `$(dirname "$0")` and the like."""
    commands = _sequence(body)
    if not commands:
        return None if body else Value()
    for command in commands[:-1]:
        words = _fields(run, state, command)
        if not words or words[0].text not in ("cd", "pushd") or len(words) < 2:
            return None
        state.cwd = absolute(state.cwd, words[-1])
    return _printed(run, state, _fields(run, state, commands[-1]), commands[-1])


def _said(run: Interpreter, state: State, body: Block) -> Value | None:
    """What a block of messages and of loops over known items prints, without the line ends."""
    text = _messages(run, state, body)
    if text is None or not text.parts or not isinstance(text.parts[-1], Literal):
        return text
    return Value(*text.parts[:-1], Literal(text.parts[-1].text.rstrip("\n")))


def _messages(run: Interpreter, state: State, body: Block) -> Value | None:
    lines: list[Value] = []
    for statement in body:
        match statement:
            case Exec(redirects=(), assigns=()):
                said = message(run, state, statement)
                found = [said] if said is not None else None
            case Loop(kind=LoopKind.FOR, items=items, variable=name, redirects=()) if items is not None:
                found = _repeated(run, state, name, expansion.expand(run, state, items), statement.body)
            case _:
                found = None
        if found is None:
            return None
        lines += found
    return Value.join(lines)


def _repeated(run: Interpreter, state: State, name: str, items: tuple[Value, ...], body: Block) -> list[Value] | None:
    lines: list[Value] = []
    for item in items[: MOST_ITEMS + 1]:
        state.slots[name] = Slot(item, local=True)
        said = _messages(run, state, body) if len(lines) < MOST_ITEMS and item.text is not None else None
        if said is None:
            return None
        lines.append(said)
    return lines


def _sequence(body: Block) -> list[Exec]:
    flat: list[Exec] = []
    for statement in body:
        found = _flattened(statement)
        if found is None:
            return []
        flat.extend(found)
    return flat


def _flattened(statement: Statement) -> list[Exec] | None:
    match statement:
        case Exec():
            return [statement]
        case AndOr(left=left, operator="&&", right=right):
            first, second = _flattened(left), _flattened(right)
            return None if first is None or second is None else first + second
        case AndOr(left=left, operator="||", right=Exec(words=words)) if words and words[0].source in (
            "true",
            ":",
            "echo",
        ):
            return _flattened(left) if words[0].source != "echo" else None
        case _:
            return None


def _fields(run: Interpreter, state: State, command: Exec) -> tuple[Value, ...]:
    return expansion.expand(run, state, command.words)


def _printed(run: Interpreter, state: State, words: tuple[Value, ...], command: Exec) -> Value | None:
    name = words[0].text if words else None
    operands = tuple(word for word in words[1:] if not (word.text or "").startswith("-"))
    match name:
        case "pwd":
            return state.cwd
        case "dirname" if len(operands) == 1:
            return directory_of(operands[0])
        case "basename" if operands:
            return name_of(operands)
        case "realpath" | "readlink" if len(operands) == 1 and _is_script(run, operands[0]):
            return absolute(state.cwd, operands[0])
        case "realpath" if len(operands) == 1 and operands[0].text is not None:
            return absolute(state.cwd, operands[0])
        case "echo" if not command.redirects:
            return Value.join(words[1:], " ") if not (words[1:2] and (words[1].text or "").startswith("-")) else None
        case "printf" if len(words) == 3 and words[1].text in ("%s", "%s\\n"):
            return words[2]
        case "whoami" if state.user is not None:
            return state.user
        case "id" if words[1:2] and words[1].text == "-un" and state.user is not None:
            return state.user
        case "seq" if all((word.text or "").isdigit() for word in words[1:]) and 2 <= len(words) <= 4:
            return _numbers([int(word.text or "0") for word in words[1:]])
        case _:
            return None


def _numbers(bounds: list[int]) -> Value | None:
    first, step, last = (
        (1, 1, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1] if len(bounds) == 3 else 1, bounds[-1])
    )
    if step == 0 or (last - first) // step > 1000:
        return None
    return Value.of("\n".join(str(number) for number in range(first, last + 1, step)))


def _is_script(run: Interpreter, value: Value) -> bool:
    return value == run.script_path

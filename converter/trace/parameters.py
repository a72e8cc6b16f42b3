"""Parameter expansion: `$X`, `${X:-default}`, `${X%pattern}`, `"${list[@]}"`, `$1`, `$@`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converter.model.script import Parameter, Word
from converter.model.trace import ParameterKind, ScriptInput
from converter.model.value import CommandOutput, Literal, Unknown, Value, Variable
from converter.trace import modes
from converter.trace import words as expansion
from converter.trace.computed import by_shell
from converter.trace.patterns import cut, substitute
from converter.trace.state import Choice, Content, State
from converter.trace.statuses import remember

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

DEFAULTS = {":-", "-", ":=", "="}
SHELL_OWN = {
    "RANDOM": "a random number",
    "SECONDS": "the seconds that the script has run",
    "$": "the process id of the shell",
    "!": "the process id of the last background command",
    "PPID": "a process id",
    "_": "the last argument of the previous command",
    "BASHPID": "a process id",
    "LINENO": "a line number",
    "BASH_REMATCH": "what a regular expression matched",
    "PIPESTATUS": "how the commands of a pipeline ended",
    "OPTARG": "an option's argument",
    "OPTIND": "the number of an option",
}


def fields(run: Interpreter, state: State, word: Word) -> tuple[Value, ...] | None:
    """The fields of a word that is just a list (`"$@"`, `"${a[@]}"`, `$LIST` that is an array); None for any other
    word."""
    if len(word.parts) != 1 or not isinstance(word.parts[0], Parameter):
        return None
    part = word.parts[0]
    if part.name in ("@", "*") and not part.operator:
        return state.arguments
    content = content_of(state, part.name)
    if part.index not in ("@", "*") or part.operator not in ("", "!"):
        return None
    if isinstance(content, dict):
        keys = tuple(Value.of(key) for key in content)
        return keys if part.operator == "!" else tuple(content.values())
    if isinstance(content, tuple):
        return tuple(Value.of(str(i)) for i in range(len(content))) if part.operator == "!" else content
    return None


def content_of(state: State, name: str) -> Content | None:
    """What a variable holds, None if the script never set it."""
    slot = state.slots.get(name)
    return slot.content if slot else None


def parameter(run: Interpreter, state: State, part: Parameter) -> Value:
    """The value of one expansion."""
    if part.operator in DEFAULTS:
        return _default(run, state, part)
    if part.operator in (":?", "?"):
        return _required(run, state, part)
    value = plain(run, state, part)
    if not part.operator:
        return value
    if part.operator in (":+", "+"):
        return _alternative(run, state, part, value)
    if part.operator == "length":
        return _length(state, part, value)
    if part.operator == "!":
        return _indirect(run, state, part, value)
    return _edited(run, state, part, value)


def plain(run: Interpreter, state: State, part: Parameter) -> Value:
    """`$X` without an operator."""
    name = part.name
    if name.isdigit():
        return positional(run, state, int(name))
    if name in ("@", "*"):
        return Value.join(state.arguments, " ") if state.arguments is not None else Value(Variable(name))
    if name == "#":
        return Value(Variable("#")) if state.arguments is None else Value.of(str(len(state.arguments)))
    if name == "?":
        return remember(run, state)
    if name in SHELL_OWN and name not in state.slots:
        return Value(Unknown(SHELL_OWN[name], part.source or f"${name}"))
    content = content_of(state, name)
    if content is None:
        return _unset(run, state, name)
    return _element(run, state, part, content)


def _element(run: Interpreter, state: State, part: Parameter, content: Content) -> Value:
    slot = state.slots[part.name]
    match content:
        case Value():
            return content if slot.local else expansion.variable(part.name, content)
        case Choice():
            return Value(Unknown("its value depends on a condition", part.source or f"${part.name}"))
        case dict():
            key = _index(run, state, part.index or "")
            if key.text in content:
                return content[key.text]
            run.account.hold(key, content)
            return Value(Unknown("an entry that is chosen at run time", part.source or f"${{{part.name}[..]}}"))
        case _:
            if part.index in ("@", "*"):
                return Value.join(content, " ")
            index = part.index or "0"
            if re.fullmatch(r"-?\d+", index) and -len(content) <= int(index) < len(content):
                return content[int(index)]
            return Value() if index.isdigit() else Value(Unknown("an entry that is chosen at run time", part.source))


def _index(run: Interpreter, state: State, index: str) -> Value:
    """The value of the index of an entry."""
    named = re.fullmatch(r"\$\{?(\w+)\}?", index)
    return plain(run, state, Parameter(name=named[1])) if named else run.holes.value(index)


def positional(run: Interpreter, state: State, number: int) -> Value:
    """`$1` and its like: what a function is given, else an input of the script."""
    if number == 0:
        return state.name
    if state.arguments is not None:
        return state.arguments[number - 1] if number <= len(state.arguments) else Value()
    number += state.shifted
    chosen = run.given.get(f"arg{number}")
    if chosen is not None:
        return Value(Variable(f"arg{number}", chosen))
    found = next((item for item in run.account.inputs.values() if item.position == number), None)
    if found is not None:
        return Value(Variable(found.name))
    run.account.ask(ScriptInput(name=f"arg{number}", kind=ParameterKind.POSITIONAL, position=number))
    return Value(Variable(f"arg{number}"))


def _unset(run: Interpreter, state: State, name: str) -> Value:
    known = run.surroundings(state, name)
    if known is not None:
        return known
    if name in run.given:
        return Value(Variable(name, run.given[name]))
    how = modes.mode(name)
    if how:
        modes.note(run, how, f"the variable {name}", run.span, name=name)
        return Value()
    return _asked(run, name)


def _asked(run: Interpreter, name: str) -> Value:
    run.account.ask(ScriptInput(name=name, kind=ParameterKind.ENVIRONMENT, span=run.span))
    return Value(Variable(name))


def _default(run: Interpreter, state: State, part: Parameter) -> Value:
    default = expansion.single(run, state, part.operand)
    content = content_of(state, part.name)
    if isinstance(content, Value):
        if content.text == "" and part.operator.startswith(":"):
            return default
        if part.name in run.account.inputs and content.text is None:
            _note_default(run, part.name, default)
        return plain(run, state, part)
    if content is not None:
        return plain(run, state, part)
    how = modes.mode(part.name)
    if how and modes.off(default):
        modes.note(run, how, f"the variable {part.name}", run.span, name=part.name)
        return default
    if part.name.isdigit() and state.arguments is not None:
        given = positional(run, state, int(part.name))
        return given or default
    # A script that is dry unless it is told otherwise asks for what it is told.
    value = _asked(run, part.name) if how else plain(run, state, part)
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        _note_default(run, value.parts[0].name, default)
        if part.operator.endswith("="):
            state.set(part.name, value)
    return value


def _note_default(run: Interpreter, name: str, default: Value) -> None:
    found = run.account.inputs.get(name)
    if found is not None:
        run.account.ask(ScriptInput(name=name, kind=found.kind, default=default))


def _required(run: Interpreter, state: State, part: Parameter) -> Value:
    value = plain(run, state, part)
    for found in value.parts:
        if isinstance(found, Variable) and found.name in run.account.inputs:
            message = expansion.single(run, state, part.operand).shell()
            kind = run.account.inputs[found.name].kind
            run.account.ask(ScriptInput(name=found.name, kind=kind, required=True, help=message))
    return value


def _alternative(run: Interpreter, state: State, part: Parameter, value: Value) -> Value:
    other = expansion.single(run, state, part.operand)
    content = content_of(state, part.name)
    if isinstance(content, tuple | dict):
        return other if content else Value()
    if value.text is not None:
        return other if value.text or part.operator == "+" else Value()
    return Value(Unknown(f"it depends on whether ${part.name} is set", part.source))


def _length(state: State, part: Parameter, value: Value) -> Value:
    content = content_of(state, part.name)
    if part.index in ("@", "*") and isinstance(content, tuple | dict):
        return Value.of(str(len(content)))
    text = value.text
    return Value.of(str(len(text))) if text is not None else _at_run_time(state, part, value)


def _indirect(run: Interpreter, state: State, part: Parameter, value: Value) -> Value:
    name = value.text
    if name is not None and re.fullmatch(r"\w+", name):
        return plain(run, state, Parameter(name=name, quoted=part.quoted, source=part.source))
    return Value(Unknown("the name of the variable is computed at run time", part.source))


def _edited(run: Interpreter, state: State, part: Parameter, value: Value) -> Value:
    text = value.text
    operand = expansion.pattern(run, state, part.operand) if part.operand else Value()
    if text is None or operand.text is None:
        return _path_cut(value, part.operator, operand.text) or _at_run_time(state, part, value)
    match part.operator:
        case "#" | "##" | "%" | "%%":
            return Value.of(cut(text, operand, part.operator))
        case "/" | "//" | "/#" | "/%":
            return Value.of(substitute(text, operand, part.operator))
        case "^" | "^^" | "," | ",,":
            return Value.of(_cased(text, part.operator))
        case ":":
            return _substring(text, operand.text, part)
        case _:
            return _at_run_time(state, part, value)


def _path_cut(value: Value, operator: str, operand: str | None) -> Value | None:
    """`${0%/*}` and `${0##*/}`: the folder and the name of a path of which only the beginning is open."""
    last = value.parts[-1] if value.parts else None
    if not isinstance(last, Literal) or "/" not in last.text:
        return None
    before, _, name = last.text.rpartition("/")
    match operator, operand:
        case "%", "/*":
            return Value(*value.parts[:-1], Literal(before))
        case "##", "*/":
            return Value.of(name)
        case _:
            return None


def _at_run_time(state: State, part: Parameter, value: Value) -> Value:
    if value.outputs and not value.unknowns:
        return Value(CommandOutput(f'{part.name}=$({value.outputs[0].text}); echo "{part.source}"'))
    names = [part.name, *re.findall(r"\$\{?([A-Za-z_]\w*)", part.source.replace("$HOME", "")[2:])]
    computed = by_shell(state, names, f'printf %s "{part.source}"')
    unknown = next(iter(value.unknowns), Unknown("text that is cut from a value known only at run time", part.source))
    return computed or Value(unknown)


def _cased(text: str, operator: str) -> str:
    change = str.upper if "^" in operator else str.lower
    return change(text) if len(operator) == 2 else change(text[:1]) + text[1:]


def _substring(text: str, operand: str, part: Parameter) -> Value:
    found = re.fullmatch(r"\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?", operand)
    if not found:
        return Value(Unknown("part of a text", part.source))
    start, length = int(found[1]), found[2]
    rest = text[start:]
    if length is None:
        return Value.of(rest)
    return Value.of(rest[: int(length)])

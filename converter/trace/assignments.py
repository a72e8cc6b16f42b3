"""Assignments: `X=a`, `X+=b`, arrays, `export`, `local`, `readonly`, and values that a command computes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.script import Assign, Parameter, Substitution, Word
from converter.model.trace import ParameterKind, ScriptInput
from converter.model.value import CommandOutput, Unknown, Value, Variable
from converter.trace import modes
from converter.trace import words as expansion
from converter.trace.branches import join
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.forks import alternatives, forked_names
from converter.trace.lookers import block_looks
from converter.trace.state import Choice, Content, Slot, State

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

HEAVIEST = 200_000


def assign(run: Interpreter, state: State, node: Assign) -> Condition:
    """Runs one assignment."""
    names = forked_names(state, ((node.value,) if node.value else ()) + (node.items or ()))
    if names:
        outcomes = [(guard, branch, assign(run, branch, node)) for guard, branch in alternatives(run, state, names[0])]
        slot = state.slots[names[0]]
        join(state, outcomes)
        state.slots[names[0]] = slot
        return SUCCESS
    effect = _changing_output(node)
    if effect is not None:
        return run_for_output(run, state, node, effect)
    content = _content(run, state, node)
    store(run, state, node, content)
    run.account.absorb(node, _said(node.name, content), state.context())
    return SUCCESS


def store(run: Interpreter, state: State, node: Assign, content: Content) -> None:
    """Puts the content into the variable, or into an entry of it."""
    if isinstance(content, Value) and content.weight > HEAVIEST:
        content = Value(Unknown("it grows longer than any text that a person wrote", f"${node.name}"))
    exported = node.declared == "export" or "x" in node.options
    local = node.declared in ("local", "declare", "typeset") and state.in_function
    if node.index is not None:
        _store_entry(run, state, node, content)
        return
    if isinstance(content, Value):
        content = _renamed_input(run, node.name, content)
        if not local:
            run.account.bind(node.name, content, node.span, exported)
    state.set(node.name, content, exported=exported, local=local)
    if node.declared == "readonly":
        state.slots[node.name] = replace(state.slots[node.name], readonly=True)


def _store_entry(run: Interpreter, state: State, node: Assign, content: Content) -> None:
    old = state.slots.get(node.name)
    key = run.holes.readable(node.index or "").strip("\"'")
    if not isinstance(content, Value):
        return
    if old is not None and isinstance(old.content, tuple) and key.isdigit():
        items = list(old.content)
        items[int(key) : int(key) + 1] = [content]
        state.set(node.name, tuple(items))
        return
    entries = dict(old.content) if old is not None and isinstance(old.content, dict) else {}
    entries[key] = content
    state.set(node.name, entries)


def _content(run: Interpreter, state: State, node: Assign) -> Content:
    old = state.slots.get(node.name)
    if node.items is not None:
        if any(node.keys):
            pairs = zip(node.keys, node.items, strict=True)
            return {
                expansion.single(run, state, key).key(): expansion.single(run, state, item)
                for key, item in pairs
                if key
            }
        items = expansion.expand(run, state, node.items)
        if not items and "A" in node.options:
            return {}
        previous = old.content if node.append and old is not None and isinstance(old.content, tuple) else ()
        return (*previous, *items)
    if node.value is None and "A" in node.options:
        return {}
    value = expansion.single(run, state, node.value)
    if node.append and old is not None and isinstance(old.content, Value):
        return old.content + value
    return value


def _renamed_input(run: Interpreter, name: str, value: Value) -> Value:
    """`ENV=$1` and `ENV=${ENV:-x}` give the input the author's name."""
    if len(value.parts) != 1 or not isinstance(value.parts[0], Variable):
        return value
    inner = value.parts[0]
    if inner.name in run.given and inner.value is not None:
        return inner.value
    found = run.account.inputs.get(inner.name)
    if found is None or inner.value is not None:
        return value
    if (
        found.kind == ParameterKind.POSITIONAL
        and re.fullmatch(r"arg\d+", inner.name)
        and name not in run.account.inputs
    ):
        run.account.inputs.pop(inner.name)
        how = modes.mode(name)
        if how and modes.off(found.default):
            modes.note(run, how, f"the argument {name}", run.span, name=name)
            return found.default or Value()
        run.account.ask(
            ScriptInput(
                name=name,
                kind=found.kind,
                position=found.position,
                default=found.default,
                required=found.required,
                help=found.help,
                span=run.span,
            )
        )
        run.renamed[inner.name] = name
        return Value(Variable(name))
    return Value(Variable(name)) if inner.name == name else value


def _changing_output(node: Assign) -> Substitution | None:
    """The substitution, if the value is the output of a command that changes something."""
    parts = node.value.parts if node.value is not None else ()
    found = [part for part in parts if isinstance(part, Substitution)]
    if len(found) != 1 or len(parts) != 1 or block_looks(found[0].body):
        return None
    return found[0]


def run_for_output(run: Interpreter, state: State, node: Assign, part: Substitution) -> Condition:
    """`X=$(command)` where the command changes something: it is a step, and X is what it prints."""
    value = expansion.single(run, state.copy(), Word(parts=(part,)))
    if not value.unknowns or value.outputs:
        store(run, state, node, value)
        run.account.absorb(node, _said(node.name, value), state.context())
        return SUCCESS
    first = len(run.account.steps)
    run.account.enter(part.body)
    inner = state.copy()
    before, run.testing = run.testing, False
    status = run.block(inner, part.body)
    run.testing = before
    if len(run.account.steps) == first:
        unknown = value.unknowns[0]
        content = Value(CommandOutput(unknown.text[2:-1])) if unknown.text.startswith("$(") else value
        store(run, state, node, content)
        run.account.absorb(node, _said(node.name, content), state.context())
        return status
    run.account.change(len(run.account.steps) - 1, output=node.name)
    state.slots[node.name] = Slot(Value(Variable(node.name)))
    run.account.absorb(node, f"{node.name} holds what the command prints", state.context())
    run.title = ""
    return status


def _said(name: str, content: Content) -> str:
    if isinstance(content, Value):
        if any(isinstance(part, Unknown) for part in content.walk()):
            return f"{name} is a variable whose value is not known before the run"
        return f"{name} is a variable"
    return f"{name} is a choice between values" if isinstance(content, Choice) else f"{name} is a list"


def parameter_of(word: Word) -> str | None:
    """The name, if the word is one parameter and nothing else."""
    if len(word.parts) == 1 and isinstance(word.parts[0], Parameter):
        return word.parts[0].name
    return None

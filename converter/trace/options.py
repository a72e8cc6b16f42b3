"""What the script is told when it runs: `read -p`, `getopts`, `while [ $# -gt 0 ]; do case "$1" in`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from converter.model.script import Arm, Assign, Case, Exec, Loop, LoopKind, Text
from converter.model.trace import ParameterKind, ScriptInput
from converter.model.value import Unknown, Value, Variable
from converter.trace import modes
from converter.trace.commands import Call
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.state import Slot, State
from converter.trace.walk import commands, statements

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_USUAL = re.compile(r"[\[(](?:y(?:es)?/No?|Y(?:es)?/no?)[\])]")
_WITH_VALUE = {"-p", "-t", "-n", "-N", "-d", "-u", "-i", "-a"}


def read(run: Interpreter, state: State, call: Call) -> Condition:
    """`read -p "Continue? " answer`: a question to the person who runs the script."""
    names, prompt, secret = _operands(call)
    if call.streams.stdin is not None:
        return _from_text(run, state, call, names)
    if call.streams.stdin_path is not None:
        for name in names:
            value = Value(Unknown("it is read from a file at run time", f"${name}"))
            state.slots[name] = Slot(value)
        run.account.absorb(call.node, "it reads a variable from a file", state.context())
        return SUCCESS
    help = prompt.shell().strip() if prompt is not None else run.take_title()
    for name in names or ["REPLY"]:
        # Where the question shows which answer is the usual one, no answer is one too.
        default = Value() if _USUAL.search(help) else None
        asked = ScriptInput(name=name, kind=ParameterKind.PROMPT, default=default, help=help, span=call.node.span)
        run.account.ask(msgspec.structs.replace(asked, secret=secret))
        run.prompts.add(name)
        state.slots[name] = Slot(run.given.get(name) or Value(Variable(name)))
    run.account.absorb(
        call.node, "a question to whoever runs it: an input, or the pipeline's approval", state.context()
    )
    return SUCCESS


def _operands(call: Call) -> tuple[list[str], Value | None, bool]:
    names: list[str] = []
    prompt: Value | None = None
    secret = False
    words = list(call.argv[1:])
    while words:
        word = words.pop(0)
        text = word.text or ""
        if text.startswith("-") and len(text) > 1:
            secret = secret or "s" in text
            if f"-{text[-1]}" in _WITH_VALUE and words:
                value = words.pop(0)
                prompt = value if text[-1] == "p" else prompt
        elif re.fullmatch(r"[A-Za-z_]\w*", text):
            names.append(text)
    return names, prompt, secret


def _from_text(run: Interpreter, state: State, call: Call, names: list[str]) -> Condition:
    text = call.streams.stdin.text if call.streams.stdin is not None else None
    words = text.split() if text is not None else None
    for index, name in enumerate(names):
        last = index == len(names) - 1
        if words is None:
            state.slots[name] = Slot(Value(Unknown("it is read from text known only at run time", f"${name}")))
        else:
            piece = " ".join(words[index:]) if last else "".join(words[index : index + 1])
            state.slots[name] = Slot(Value.of(piece))
    run.account.absorb(call.node, "it sets variables", state.context())
    return SUCCESS


def is_option_loop(node: Loop) -> bool:
    """Whether the loop reads the options of the script."""
    if node.kind not in (LoopKind.WHILE, LoopKind.FOR, LoopKind.UNTIL):
        return False
    head = [c for c in commands(node.condition) if isinstance(c, Exec)]
    if any(c.words and c.words[0].source == "getopts" for c in head):
        return True
    cases = [found for found in statements(node.body) if isinstance(found, Case)]
    shifts = any(isinstance(c, Exec) and c.words and c.words[0].source == "shift" for c in commands(node.body))
    over_arguments = node.kind == LoopKind.FOR and (
        node.items is None or node.items[0].source.strip('"') in ("$@", "$*")
    )
    return bool(cases) and (over_arguments or (shifts and any("#" in c.text or "$1" in c.text for c in head)))


def read_options(run: Interpreter, state: State, node: Loop) -> Condition:
    """Makes an input of every variable that an option sets; nothing of the loop is run."""
    arms = [arm for found in statements(node.body) if isinstance(found, Case) for arm in found.arms]
    before = dict(state.slots)
    for arm in arms:
        _option(run, state, arm, before)
    for name, choices in _switches(arms, before).items():
        if name in run.account.inputs:
            run.account.ask(msgspec.structs.replace(run.account.inputs[name], choices=choices))
    for command in commands((node,)):
        run.account.absorb(command, "it reads the script's options, which are inputs")
    return SUCCESS


def _flags(arm: Arm) -> list[str]:
    """The options of an arm; `getopts` gives their letters."""
    words = (word.source.strip("\"'") for word in arm.patterns)
    plain = (word.removesuffix("=*") for word in words if word not in ("*", "-*", "--*", "?", "\\?", ":", "--", ""))
    return list(dict.fromkeys(word if word.startswith("-") else f"-{word}" for word in plain))


def _option(run: Interpreter, state: State, arm: Arm, before: Mapping[str, Slot]) -> None:
    flags = _flags(arm)
    for found in statements(arm.body):
        if not isinstance(found, Assign) or not flags or found.items is not None:
            continue
        old = before.get(found.name)
        default = old.content if old is not None and isinstance(old.content, Value) else None
        switched = _switched(found)
        how = modes.mode(found.name, flags)
        if how and switched is not None and (modes.off(default) or modes.off(switched)):
            modes.note(run, how, f"the option {' or '.join(flags)}", found.span, name=found.name)
            run.account.absorb(found, how)
            kept = (default or Value()) if modes.off(default) else switched
            state.slots[found.name] = Slot(kept, old.exported if old else False)
            continue
        if switched is not None and default is None:
            default = Value.of("")
        help = ", ".join(flags)
        run.account.ask(
            ScriptInput(name=found.name, kind=ParameterKind.OPTION, default=default, help=help, span=found.span)
        )
        given = run.given.get(found.name) or Value(Variable(found.name))
        state.slots[found.name] = Slot(given, old.exported if old else False)


def _switched(found: Assign) -> Value | None:
    """The text that an option without an argument sets a variable to."""
    parts = found.value.parts if found.value is not None else ()
    if found.append or not all(isinstance(part, Text) for part in parts):
        return None
    return Value.of("".join(part.text for part in parts if isinstance(part, Text)))


def _switches(arms: list[Arm], before: Mapping[str, Slot]) -> dict[str, tuple[str, ...]]:
    """What each variable can be that nothing but options without arguments set: as it was, or as one of them says."""
    found: dict[str, list[str | None]] = {}
    for arm in arms:
        for item in statements(arm.body) if _flags(arm) else ():
            if isinstance(item, Assign) and item.items is None:
                switched = _switched(item)
                found.setdefault(item.name, []).append(switched.text if switched is not None else None)
    choices = {}
    for name, texts in found.items():
        old = before.get(name)
        first = old.content.text if old is not None and isinstance(old.content, Value) else "" if old is None else None
        known = [text for text in (first, *texts) if text is not None]
        if len(known) == len(texts) + 1 and all(re.fullmatch(r"[\w./-]*", text, re.ASCII) for text in known):
            choices[name] = tuple(dict.fromkeys(known))
    return choices

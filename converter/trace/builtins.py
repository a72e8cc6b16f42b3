"""Builtins of the shell: what changes the state of the interpreter, and what only prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.paths import absolute
from converter.model.script import Block, Exec
from converter.model.trace import ParameterKind, ScriptInput
from converter.model.value import Unknown, Value, Variable
from converter.trace import exits, fetched, functions, options, tests
from converter.trace.commands import Call, dispatch, emit, look, step_of
from converter.trace.conditions import FAILURE, SUCCESS, Condition, decided
from converter.trace.lookers import block_looks, is_log, only_tells
from converter.trace.messages import echoed, formatted, title
from converter.trace.state import Content, End, Slot, State
from converter.trace.walk import commands

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

Builtin = Callable[["Interpreter", State, Call], Condition]


def _cd(run: Interpreter, state: State, call: Call) -> Condition:
    operands = [word for word in call.argv[1:] if (word.text or "") not in ("-P", "-L", "--", "-e")]
    if call.name == "popd":
        if state.directories:
            state.cwd, state.directories = state.directories[-1], state.directories[:-1]
    else:
        target = operands[0] if operands else state.home
        previous = state.cwd
        if target.text == "-":
            state.cwd = state.directories[-1] if state.directories else state.cwd
        else:
            state.cwd = absolute(state.cwd, target)
        state.directories = (*state.directories, previous) if call.name == "pushd" else (previous,)
    run.account.absorb(call.node, f"what follows runs in {state.cwd.shell()}", state.context())
    return SUCCESS


def _message(run: Interpreter, state: State, call: Call) -> Condition:
    text = (
        echoed(call.argv[1:])
        if call.name == "echo"
        else formatted(call.argv[1], call.argv[2:])
        if call.argv[1:]
        else None
    )
    name = title(text) if text is not None else ""
    run.title = name or run.title
    run.account.absorb(call.node, "it is a message", state.context())
    return SUCCESS


def write_message(run: Interpreter, state: State, call: Call) -> Condition:
    """`echo text > file`: the text is what the file gets; a stream to the log only is still a message."""
    text = (
        echoed(call.argv[1:])
        if call.name == "echo"
        else formatted(call.argv[1], call.argv[2:])
        if call.argv[1:]
        else None
    )
    if text is None:
        return emit(run, state, call)
    if _keeps_process_id(run, state, call):
        return SUCCESS
    if all(is_log(one.target) for one in call.streams.writes):
        run.account.assume(f"{call.node.span.lines()}: what is logged there is in the log of the pipeline instead")
        return _message(run, state, call)
    call.streams.stdin = text
    return emit(run, state, Call(call.node, (Value.of("cat"),), call.streams))


def _keeps_process_id(run: Interpreter, state: State, call: Call) -> bool:
    """`echo $! > app.pid`: the step in the background, which has that id, keeps it there."""
    started = next((step for step in reversed(run.account.steps) if step.background), None)
    words = [word.source.strip('"') for word in call.node.words[1:]]
    if words not in (["$!"], ["${!}"]) or started is None or [one.operator for one in call.streams.writes] != [">"]:
        return False
    run.account.change(started.id, pid_file=absolute(state.cwd, call.streams.writes[0].target))
    run.account.share(call.node, run.account.steps[started.id])
    return True


def _deactivate(run: Interpreter, state: State, call: Call) -> Condition:
    if "VIRTUAL_ENV" not in state.slots:
        return emit(run, state, call)
    del state.slots["VIRTUAL_ENV"]
    run.account.absorb(call.node, "what follows runs outside of the virtual environment", state.context())
    return SUCCESS


def _wait(run: Interpreter, state: State, call: Call) -> Condition:
    for step in run.account.steps:
        if step.background:
            run.account.change(step.id, waited=True)
    run.account.absorb(call.node, "the steps before it end before the next one begins", state.context())
    return SUCCESS


def _true(run: Interpreter, state: State, call: Call) -> Condition:
    if call.streams.writes:
        return emit(run, state, call)
    run.account.absorb(call.node, "it does nothing", state.context())
    return SUCCESS


def _false(run: Interpreter, state: State, call: Call) -> Condition:
    run.account.absorb(call.node, "it does nothing but fail", state.context())
    return FAILURE


def _test(run: Interpreter, state: State, call: Call) -> Condition:
    run.account.absorb(call.node, "it is a condition of what follows", state.context())
    return tests.condition(run, state, call.node)


def _set(run: Interpreter, state: State, call: Call) -> Condition:
    words = [word.text or "" for word in call.argv[1:]]
    if words[:1] == ["--"]:
        state.arguments = call.argv[2:]
    letters = {"e": "errexit", "u": "nounset", "a": "allexport", "x": "xtrace"}
    for index, word in enumerate(words):
        if not re.fullmatch(r"[-+][a-zA-Z]+", word):
            continue
        names = {letters[letter] for letter in word[1:] if letter in letters}
        if word.endswith("o") and index + 1 < len(words):
            names.add(words[index + 1])
        state.options = state.options | names if word[0] == "-" else state.options - names
    run.account.absorb(call.node, "it is an option of the shell", state.context())
    return SUCCESS


def _export(run: Interpreter, state: State, call: Call) -> Condition:
    for word in call.argv[1:]:
        name = word.text or ""
        if word is call.argv[1] and name in ("-F", "-f") and call.name in ("declare", "typeset"):
            run.account.absorb(call.node, "it is a condition of what follows", state.context())
            return decided(all((found.text or "") in state.functions for found in call.argv[2:]))
        if re.fullmatch(r"[A-Za-z_]\w*", name) and call.name == "export":
            slot = state.slots.get(name)
            if slot is None:
                run.account.ask(ScriptInput(name=name, kind=ParameterKind.ENVIRONMENT, span=call.node.span))
                slot = Slot(Value(Variable(name)))
            state.slots[name] = Slot(slot.content, True, slot.local)
        elif re.fullmatch(r"[A-Za-z_]\w*", name) and _makes_local(state, call):
            state.declare(name, _empty(call))
        elif word.outputs and ".env" in word.shell():
            run.account.assume(f"{call.node.span.lines()}: the variables of an env file are given to what follows")
    run.account.absorb(call.node, "it declares variables", state.context())
    return SUCCESS


def _makes_local(state: State, call: Call) -> bool:
    options = "".join(word.text or "" for word in call.argv[1:] if (word.text or "").startswith("-"))
    return state.in_function and call.name in ("local", "declare", "typeset") and not set(options) & set("gpfF")


def _empty(call: Call) -> Content:
    options = [word.text or "" for word in call.argv[1:] if (word.text or "").startswith("-")]
    if any("A" in option for option in options):
        return {}
    return () if any("a" in option for option in options) else Value()


def _unset(run: Interpreter, state: State, call: Call) -> Condition:
    for word in call.argv[1:]:
        state.slots.pop(word.text or "", None)
    run.account.absorb(call.node, "it forgets variables", state.context())
    return SUCCESS


def _shift(run: Interpreter, state: State, call: Call) -> Condition:
    count = int(call.argv[1].text or "1") if len(call.argv) > 1 and (call.argv[1].text or "1").isdigit() else 1
    if state.arguments is not None:
        state.arguments = state.arguments[count:]
    else:
        state.shifted += count
    run.account.absorb(call.node, "it moves on in the arguments", state.context())
    return SUCCESS


_USUAL_MASKS = frozenset(("022", "0022", "22", "-S", "-p"))


def _silent(run: Interpreter, state: State, call: Call) -> Condition:
    run.account.absorb(call.node, "it concerns the shell alone", state.context())
    return SUCCESS


def _umask(run: Interpreter, state: State, call: Call) -> Condition:
    """What every login has anyway is silent; another mask changes the mode of whatever is made after it."""
    if all(word.text in _USUAL_MASKS for word in call.argv[1:]):
        return _silent(run, state, call)
    reason = (
        "a mask for the modes of whatever the script makes after it: give these a mode each (chmod), or leave it out"
    )
    unknown = Value(Unknown(reason=reason, text=call.written))
    run.account.add(call.node, step_of(run, state, replace(call, argv=(call.argv[0], unknown))))
    return SUCCESS


def _eval(run: Interpreter, state: State, call: Call) -> Condition:
    text = Value.join(call.argv[1:], " ")
    if (text.text is not None and "ssh-agent" in text.text) or "ssh-agent" in text.shell():
        run.account.absorb(call.node, "the pipeline starts an ssh agent of its own", state.context())
        return SUCCESS
    if fetched.fetches(text):
        return fetched.keep(run, state, call)
    if text.text is None:
        run.account.unresolve(call.node, "eval runs a text that is not known before the run")
        return SUCCESS
    script = run.parse_text(text.text, call.node.span.path, call.node.span.line, call.node.span.column)
    run.account.enter(script.body)
    run.account.absorb(call.node, "the text that it evaluates is followed", state.context())
    return run.block(state, script.body)


def _trap(run: Interpreter, state: State, call: Call) -> Condition:
    signals = {(word.text or "").upper().removeprefix("SIG") for word in call.argv[2:]}
    text = call.argv[1].text if len(call.argv) > 2 else None
    if text is None or text in ("", "-") or not signals & {"EXIT", "0", "ERR"}:
        run.account.absorb(call.node, "it concerns an interrupted run of the script", state.context())
        return SUCCESS
    script = run.parse_text(text, call.node.span.path, call.node.span.line, call.node.span.column + 6)
    run.account.enter(script.body)
    if signals & {"EXIT", "0"}:
        run.cleanups.append((state, script))
        run.account.absorb(call.node, "what it says is done at the end", state.context())
        return SUCCESS
    return _on_error(run, state, call, script.body)


def _on_error(run: Interpreter, state: State, call: Call, body: Block) -> Condition:
    bodies = [body]
    for found in commands(body):
        words = found.words if isinstance(found, Exec) else ()
        function = state.functions.get(words[0].source) if words else None
        bodies = [*(bodies if function is None else ()), *((function.body,) if function else ())]
        run.account.absorb(found, "it would run only when a command fails")
    if all(block_looks(found) or only_tells(found) for found in bodies):
        run.account.absorb(call.node, "what fails is reported by itself", state.context())
    else:
        reason = "what it does when any command fails has no counterpart: write a rescue where it is needed"
        run.account.unresolve(call.node, reason)
    return SUCCESS


def _read(run: Interpreter, state: State, call: Call) -> Condition:
    return options.read(run, state, call)


def _command(run: Interpreter, state: State, call: Call) -> Condition:
    if len(call.argv) > 1 and (call.argv[1].text or "") in ("-v", "-V"):
        return look(run, state, call)
    return (
        dispatch(run, state, Call(call.node, call.argv[1:], call.streams, call.background))
        if call.argv[1:]
        else SUCCESS
    )


def _exec(run: Interpreter, state: State, call: Call) -> Condition:
    if not call.argv[1:]:
        opened = all((redirect.descriptor or 0) > 2 for redirect in call.node.redirects)
        reason = "it opens a file for what follows" if opened else "its output also goes to a log"
        run.account.absorb(call.node, reason, state.context())
        return SUCCESS
    if run.script_path in call.argv[1:]:
        run.account.absorb(call.node, "the script starts itself again", state.context())
        return SUCCESS
    status = dispatch(run, state, Call(call.node, call.argv[1:], call.streams, call.background))
    state.end = End.EXIT
    return status


def _presence(run: Interpreter, state: State, call: Call) -> Condition:
    return look(run, state, call)


TABLE: dict[str, Builtin] = {
    "cd": _cd,
    "pushd": _cd,
    "popd": _cd,
    "echo": _message,
    "printf": _message,
    "true": _true,
    ":": _true,
    "false": _false,
    "[": _test,
    "[[": _test,
    "((": _test,
    "test": _test,
    "set": _set,
    "export": _export,
    "local": _export,
    "declare": _export,
    "typeset": _export,
    "readonly": _export,
    "unset": _unset,
    "shift": _shift,
    "shopt": _silent,
    "umask": _umask,
    "wait": _wait,
    "deactivate": _deactivate,
    "jobs": _silent,
    "disown": _silent,
    "alias": _silent,
    "unalias": _silent,
    "tput": _silent,
    "clear": _silent,
    "ssh-agent": _silent,
    "ssh-add": _silent,
    "let": _silent,
    "getopts": _silent,
    "eval": _eval,
    "trap": _trap,
    "read": _read,
    "exit": exits.leave,
    "return": exits.leave,
    "break": exits.leave,
    "continue": exits.leave,
    "source": functions.source,
    ".": functions.source,
    "command": _command,
    "builtin": _command,
    "exec": _exec,
    "type": _presence,
    "hash": _presence,
    "which": _presence,
}

"""`bash -c text`, `bash script`, `bash -s < file`: shells that the script starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.paths import absolute
from converter.model.script import Block, Redirect
from converter.model.source import Span
from converter.model.value import Value
from converter.trace import fetched, functions
from converter.trace.commands import Call
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.state import End, State

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter


def shell(run: Interpreter, state: State, call: Call) -> Condition | None:
    """Follows what the shell is given to run; None where that is not known."""
    words = list(call.argv[1:])
    while words and (text := words[0].text or "").startswith(("-", "+")) and text not in ("-c", "-s", "--"):
        if "c" in text.lstrip("-") and not text.startswith("--"):
            break
        words.pop(0)
        if text in ("-o", "+o", "-O") and words:
            words.pop(0)
    head = words[0].text or "" if words else ""
    if head.startswith("-") and "c" in head and not head.startswith("--") and len(words) > 1:
        if fetched.fetches(words[1]):
            return fetched.keep(run, state, call)
        inner = state.copy()
        inner.take_environment()
        inner.arguments = tuple(words[3:])
        return run_text(run, inner, call, words[1])
    if head in ("-s", "--") or not words:
        return _standard_input(run, state, call, tuple(words[1:]))
    script = Call(call.node, tuple(words), call.streams, call.background)
    return functions.other_script(run, state, script)


def _standard_input(run: Interpreter, state: State, call: Call, arguments: tuple[Value, ...]) -> Condition | None:
    if arguments and arguments[0].text == "--":
        arguments = arguments[1:]
    inner = state.copy()
    inner.take_environment()
    inner.arguments = arguments
    if call.streams.stdin is not None:
        return run_text(run, inner, call, call.streams.stdin, call.streams.heredoc)
    if call.streams.stdin_path is not None:
        return run_file(run, inner, call, call.streams.stdin_path, state.cwd)
    return None


def run_text(run: Interpreter, inner: State, call: Call, text: Value, heredoc: Redirect | None = None) -> Condition:
    """Reads the text as a script, and follows it in the given state."""
    body = parse_value(run, call, text, heredoc)
    run.account.enter(body)
    run.account.absorb(call.node, "what it runs is followed", inner.context())
    return follow(run, inner, body)


def run_file(run: Interpreter, inner: State, call: Call, path: Value, cwd: Value) -> Condition | None:
    """Follows a local file that is fed to a shell; None if it is not here."""
    beside = inner.copy()
    beside.host, beside.cwd = None, cwd
    script = functions.read(run, beside, absolute(cwd, path))
    if script is None:
        run.account.warn(
            "missing-file", f"{path.shell()} is run but is not here", call.node.span, "give it together with the script"
        )
        return None
    run.account.absorb(call.node, f"{script.source.path} is followed", inner.context())
    return follow(run, inner, script.body)


def follow(run: Interpreter, inner: State, body: Block) -> Condition:
    """Runs a block in a shell of its own: `exit` ends that shell only."""
    run.depth += 1
    before, run.calls = run.calls, [*run.calls]
    returns, run.returns = run.returns, []
    run.calls.clear()
    sites, run.sites = run.sites, []
    try:
        status = run.block(inner, body) if run.depth < 30 else SUCCESS
    finally:
        run.depth -= 1
        run.calls, run.returns, run.sites = before, returns, sites
    if inner.end == End.FAIL and not inner.guard:
        return Condition(None, ())
    return status


def parse_value(run: Interpreter, call: Call, text: Value, heredoc: Redirect | None) -> Block:
    """The program in a value: parts that were expanded before become holes in the text."""
    place = heredoc.target_span if heredoc is not None and heredoc.target_span else _place(call, text)
    written = run.holes.text(text)
    script = run.parse_text(written, place.path, place.line, place.column)
    for diagnostic in script.diagnostics:
        run.account.diagnostics[diagnostic] = None
    return script.body


def _place(call: Call, text: Value) -> Span:
    """Where the text stands: the word that holds most of it, or the command."""
    known = text.parts[0] if text.parts else None
    start = getattr(known, "text", "")[:12]
    for word in reversed(call.node.words):
        if word.span is not None and start and start in word.source:
            return Span(path=word.span.path, line=word.span.line, column=word.span.column + 1)
    return Span(path=call.node.span.path, line=call.node.span.line, column=call.node.span.column + 1)

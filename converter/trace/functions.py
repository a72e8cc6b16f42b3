"""Functions are followed where they are called; so are other scripts that are there, by `source` or as programs."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.diagnostic import Diagnostic
from converter.model.paths import absolute, directory_of
from converter.model.script import Block, Define, Group, Loop, Script
from converter.model.trace import Guard
from converter.model.value import Value
from converter.trace import groups
from converter.trace.commands import Call, emit
from converter.trace.conditions import SUCCESS, Condition, either, merged
from converter.trace.lookers import is_log
from converter.trace.state import End, Feed, State
from converter.trace.walk import statements
from converter.trace.whole import keep_whole

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_RETURNS = "a function that only the run can end"
_REDIRECTED = "its output is redirected as a whole"


def call(run: Interpreter, state: State, found: Call, function: Define) -> Condition:
    """Runs the function's body with its arguments."""
    if len(run.calls) >= 40 or run.calls.count(function.name) >= 3:
        run.account.unresolve(found.node, f"{function.name} calls itself without an end that can be seen")
        run.account.warn("endless-recursion", f"{function.name} calls itself", found.node.span)
        return SUCCESS
    run.account.absorb(found.node, f"it calls {function.name} ({function.span.lines()})", state.context())
    if found.streams.writes:
        return redirected(run, state, found, function)
    given, feed = found.streams, state.feed
    if given.stdin is not None or given.stdin_path is not None:
        state.feed = Feed(given)
    mine = state.feed
    loops = any(isinstance(inner, Loop) for inner in statements(function.body))
    status = _tried(run, state, found, function) if loops else _body(run, state, found, function)
    if mine is not feed and mine is not None and not mine.taken:
        run.account.unresolve(found.node, f"it is not clear which command in {function.name} reads what it is given")
    state.feed = feed
    return status


def _tried(run: Interpreter, state: State, found: Call, function: Define) -> Condition:
    """Follows the body; where a loop that has to be kept whole would return from it, the call is kept whole instead."""
    before, lost, run.lost_return = run.account, run.lost_return, False
    run.account, inner = before.copy(), state.copy()
    status = _body(run, inner, found, function)
    kept, run.lost_return = run.lost_return, lost
    if not kept:
        state.become(inner)
        return status
    run.account = before
    return keep_whole(run, state, Group(body=(found.node,), span=found.node.span, text=found.node.text), _RETURNS)


def redirected(run: Interpreter, state: State, found: Call, function: Define) -> Condition:
    """A function whose output goes to a file: a log of it, the text that it prints, or all of it kept whole."""
    if all(is_log(redirect.target) for redirect in found.streams.writes):
        run.account.assume(
            f"{found.node.span.lines()}: what {function.name} logs is in the log of the pipeline instead"
        )
        return call(run, state, Call(found.node, found.argv, replace(found.streams, writes=())), function)
    inner = state.copy()
    inner.arguments, inner.hidden = found.argv[1:], {}
    whole = Group(body=function.body, span=found.node.span, text=found.node.text)
    text = groups.printed(run, inner, function.body)
    if text is not None:
        status = run.write(state, whole, text, found.streams)
        run.account.share(found.node, run.account.steps[-1])
        return status
    return keep_whole(run, state, Group(body=(found.node,), span=found.node.span, text=found.node.text), _REDIRECTED)


def _body(run: Interpreter, state: State, found: Call, function: Define) -> Condition:
    arguments, returned, hidden = state.arguments, state.returned, state.hidden
    state.arguments, state.hidden = found.argv[1:], {}
    run.calls.append(function.name)
    run.sites.append(found.node)
    run.returns.append([])
    base = state.guard
    before, run.testing = run.testing, False
    status = run.block(state, function.body)
    run.testing = before
    run.sites.pop()
    run.calls.pop()
    status = _result(run.returns.pop(), base, state, status)
    state.arguments, state.returned = arguments, returned
    state.leave(hidden)
    if state.end == End.RETURN:
        state.end = None
    return status


def _result(returns: list[tuple[Guard, Condition]], base: Guard, state: State, status: Condition) -> Condition:
    """How the call ends, from each `return` and from its last command."""
    if not returns:
        return status
    ends = [(_beyond(guard, base), ended) for guard, ended in returns]
    if not state.end:
        ends.append((_beyond(state.guard, base), status))
    yes: Guard | None = None
    no: Guard | None = None
    for guard, ended in ends:
        if ended.yes is not None:
            yes = either(yes, merged(guard, ended.yes)) if yes is not None else merged(guard, ended.yes)
        if ended.no is not None:
            no = either(no, merged(guard, ended.no)) if no is not None else merged(guard, ended.no)
    return Condition(yes, no)


def _beyond(guard: Guard, base: Guard) -> Guard:
    return tuple(test for test in guard if test not in base)


def source(run: Interpreter, state: State, found: Call) -> Condition:
    """`source file`, `. file`: its commands run in this very shell."""
    if len(found.argv) < 2:
        return emit(run, state, found)
    path = found.argv[1]
    script = read(run, state, path)
    if script is None:
        return _missing(run, state, found, path)
    run.account.absorb(found.node, f"{script.source.path} is read in its place", state.context())
    outer = state.arguments
    if found.argv[2:]:
        state.arguments = found.argv[2:]
    status = _follow(run, state, script.source.path, script.body)
    state.arguments = outer
    if state.end == End.RETURN:
        state.end = None
    return status


def _missing(run: Interpreter, state: State, found: Call, path: Value) -> Condition:
    text = path.text or path.shell()
    if text.rstrip("/").endswith("/activate") or text == "activate":
        root = directory_of(directory_of(absolute(state.cwd, path)))
        state.set("VIRTUAL_ENV", root, exported=True)
        run.account.absorb(found.node, "what follows runs in this virtual environment", state.context())
        return SUCCESS
    if text.endswith((".bashrc", ".profile", ".bash_profile", ".zshrc", "nvm.sh", "/etc/environment", "/etc/profile")):
        run.account.absorb(found.node, "it is the login's own environment", state.context())
        return SUCCESS
    if text == "/etc/os-release" or posixpath.basename(text).startswith(".env") or text.endswith(".env"):
        reason = f"{text} is not here: the variables that it sets are inputs"
    else:
        reason = f"{text} is not here, so what it does is not known"
    run.account.warn(
        "missing-file", f"{text} is sourced but is not here", found.node.span, "give it together with the script"
    )
    if "env" in text or "conf" in text or "os-release" in text:
        run.account.absorb(found.node, reason, state.context())
    else:
        run.account.unresolve(found.node, reason)
    return SUCCESS


def other_script(run: Interpreter, state: State, found: Call) -> Condition | None:
    """`./build.sh args`: another script that is here is followed; None if it is not a script or not here."""
    reads = found.streams.stdin is not None or found.streams.stdin_path is not None
    if state.host is not None or reads or not all(is_log(one.target) for one in found.streams.writes):
        return None
    script = read(run, state, found.argv[0])
    if script is None:
        return None
    run.account.absorb(found.node, f"it runs {script.source.path}, which is followed", state.context())
    inner = state.copy()
    inner.slots = {name: slot for name, slot in inner.slots.items() if slot.exported}
    inner.take_environment()
    inner.functions, inner.arguments = {}, found.argv[1:]
    inner.name, inner.options, inner.returned, inner.skipped = found.argv[0], frozenset(), (), ()
    inner.path = state.guard
    status = _follow(run, inner, script.source.path, script.body)
    if inner.end == End.FAIL and not inner.path:
        state.end = End.FAIL
    return status


def _follow(run: Interpreter, state: State, path: str, body: Block) -> Condition:
    mark = f"file {path}"
    if run.calls.count(mark) >= 1 or len(run.calls) >= 40:
        run.account.warn("endless-recursion", f"{path} reads itself", None)
        return SUCCESS
    run.calls.append(mark)
    before, run.testing = run.testing, False
    sites, run.sites = run.sites, []
    status = run.block(state, body)
    run.testing, run.sites = before, sites
    run.calls.pop()
    return status


def read(run: Interpreter, state: State, path: Value) -> Script | None:
    """The script at the path, if it was given or lies beside the one that is read."""
    place = absolute(state.cwd, path)
    project = run.project_path(place)
    if project is None:
        run.sought.append(place)
        return None
    source_file = run.load(project)
    if source_file is None or source_file.language != "shell":
        return None
    known = source_file.path in run.account.files
    run.account.files[source_file.path] = source_file
    script = run.parse_text(source_file.text, source_file.path, 1, 1)
    if not known:
        run.account.enter(script.body)
        for diagnostic in script.diagnostics:
            _report(run, diagnostic)
    return script


def _report(run: Interpreter, diagnostic: Diagnostic) -> None:
    run.account.diagnostics[diagnostic] = None

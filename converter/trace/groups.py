"""`{ }`, `( )` and `&`: blocks that run together, apart, or in the background."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import msgspec

from converter.model.script import AndOr, Background, Block, Case, Define, Exec, Group, If, Loop, Statement
from converter.model.value import Value
from converter.trace.commands import streams
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.locks import locked
from converter.trace.lookers import is_log
from converter.trace.messages import message
from converter.trace.state import End, State
from converter.trace.walk import commands, statements
from converter.trace.whole import REDIRECTED, keep_whole

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

Compound = Group | If | Case | Loop
_AROUND = ("sudo", "nohup", "setsid", "nice", "exec")
_BOUNDED = "it is ended after a while, beside what comes next"


def group(run: Interpreter, state: State, node: Group) -> Condition:
    """Runs the block; a subshell leaves no trace in the variables and the directory of the shell around it."""
    if streamed(run, state, node) and not locked(node):
        return redirected(run, state, node)
    if not node.subshell:
        return run.block(state, node.body)
    return subshell(run, state, node.body)


def streamed(run: Interpreter, state: State, node: Compound) -> bool:
    """Whether a statement has streams as a whole; what a loop reads is its own affair."""
    given = streams(run, state, node.redirects)
    reads = given.stdin is not None or given.stdin_path is not None
    return bool(given.writes) or (reads and not isinstance(node, Loop))


def redirected(run: Interpreter, state: State, node: Compound) -> Condition:
    """`{ echo a; echo b; } > file` writes the messages; anything else is kept whole."""
    given = streams(run, state, node.redirects)
    if given.stdin is None and given.stdin_path is None and all(is_log(one.target) for one in given.writes):
        run.account.logged(node.span)
        return run.statement(state, msgspec.structs.replace(node, redirects=()))
    text = printed(run, state, node.body) if isinstance(node, Group) else None
    if isinstance(node, Group) and text is not None and given.writes:
        return run.write(state, node, text, given)
    return keep_whole(run, state, node, REDIRECTED)


def printed(run: Interpreter, state: State, body: Block) -> Value | None:
    """What a block of nothing but messages prints; None for any other."""
    lines: list[Value] = []
    for found in statements(body):
        if not isinstance(found, Exec) or found.assigns:
            return None
        given = streams(run, state, found.redirects)
        if given.writes or given.stdin_path is not None:
            return None
        copied = [word.source for word in found.words] == ["cat"]
        text = given.stdin if copied else message(run, state, found)
        if text is None:
            return None
        lines.append(text)
    return Value.join(lines) if lines else None


def subshell(run: Interpreter, state: State, body: Block) -> Condition:
    """Runs a block in a copy of the state; `exit` ends the copy only."""
    inner = state.copy()
    status = run.block(inner, body)
    if inner.end == End.FAIL:
        state.end = End.FAIL if "errexit" in state.options else None
    return status


def background(run: Interpreter, state: State, node: Background) -> Condition:
    """`command &`: a program of its own is marked; a block or a remote session runs in its place in the order."""
    first = len(run.account.steps)
    body = node.body
    if isinstance(body, Exec) and _is_bounded(body):
        whole = Group(body=(body,), span=node.span, text=f"{body.text} &")
        return keep_whole(run, state, whole, _BOUNDED)
    before, run.testing = run.testing, False
    if isinstance(body, Group) or not isinstance(body, Exec):
        subshell(run, state, body.body if isinstance(body, Group) else (body,))
    else:
        run.statement(state.copy(), body)
    run.testing = before
    steps = run.account.steps[first:]
    last = _last(body)
    direct = last is not None and len(steps) == 1 and bool(steps[0].argv) and not _is_session(last, state)
    for step in steps:
        if direct:
            run.account.change(step.id, background=True)
    if steps and not direct:
        run.account.assume(f"{node.span.lines()}: commands that ran at the same time run one after the other")
    state.slots.pop("!", None)
    return SUCCESS


def _last(body: Statement) -> Exec | None:
    """The program itself in `cd /srv/app && program &`, None where the block is more than one line of commands."""
    if isinstance(body, Group):
        return _last(body.body[-1]) if body.body and not body.redirects else None
    if isinstance(body, AndOr):
        return _last(body.right) if body.operator == "&&" else None
    return body if isinstance(body, Exec) else None


def _is_bounded(program: Exec) -> bool:
    """`timeout 5 npm start &` is tried, and ended: no program that goes on."""
    words = (posixpath.basename(word.source) for word in program.words)
    return next((word for word in words if word not in _AROUND), "") == "timeout"


def _is_session(body: Exec, state: State) -> bool:
    name = body.words[0].source.strip("\"'") if body.words else ""
    return (
        name in ("ssh", "sshpass", "scp", "rsync")
        or isinstance(state.functions.get(name), Define)
        or not commands((body,))
    )

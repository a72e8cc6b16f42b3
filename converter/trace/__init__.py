"""Stage 2, trace: a `Trace` from parsed scripts, by following them as bash would.

In: the scripts that were given together, and functions that parse embedded text and load files beside them. Out: every
command as it would run, and an account of each source command. It never runs anything, and reads only files that
`load` gives.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import msgspec

from converter.model.script import Script
from converter.model.trace import AnyOf, Context, Guard, RunsOn, ScriptInput, Step, Trace
from converter.model.value import Literal, Value, Variable
from converter.trace.account import Account
from converter.trace.described import described
from converter.trace.interpreter import PROJECT, Interpreter, Load, ParseText
from converter.trace.place import infer
from converter.trace.rename import names_in, renamed
from converter.trace.state import State

__all__ = ["trace"]


def trace(scripts: Sequence[Script], *, parse_text: ParseText, load: Load, runs_on: RunsOn | None = None) -> Trace:
    """Follows the scripts one after the other; `load(path)` gives a file by its path in the project, None if it is
    not there."""
    run = Interpreter(parse_text, load, runs_on)
    for script in scripts:
        run.account.files[script.source.path] = script.source
        run.account.enter(script.body)
        for diagnostic in script.diagnostics:
            run.account.diagnostics[diagnostic] = None
    options: frozenset[str] = frozenset()
    for script in scripts:
        options |= _follow(run, script)
    return _finished(run, runs_on, options, scripts)


def _follow(run: Interpreter, script: Script) -> frozenset[str]:
    """Runs one script from its first line; returns the options of its shell at the end."""
    path = posixpath.normpath(script.source.path)
    inside = path if not path.startswith(("/", "..")) and path != "-" else posixpath.basename(path)
    project = Value(Variable(PROJECT))
    run.script_path = project + Value(Literal(f"/{inside}"))
    state = State(cwd=project, home=Value(Variable("HOME")), name=run.script_path)
    run.title, run.comment, run.calls = "", [], []
    if script.source.text.startswith("#!") and " -e" in script.source.text.split("\n", 1)[0]:
        state.options = frozenset({"errexit"})
    run.block(state, script.body)
    options = state.options
    for trapped, cleanup in run.cleanups:
        last = trapped.copy()
        last.end, last.path, last.lasting, last.slots = None, (), (), dict(state.slots)
        run.block(last, cleanup.body)
    run.cleanups = []
    return options


def _finished(run: Interpreter, runs_on: RunsOn | None, options: frozenset[str], scripts: Sequence[Script]) -> Trace:
    account = run.account
    steps = [renamed(step, run.renamed) for step in account.steps]
    if run.root:
        steps = [_as_root(step) for step in steps]
    place, why = infer(steps)
    if runs_on is None:
        account.assume(f"{why} (--runs-on says otherwise)")
    return Trace(
        files=tuple(account.files.values()),
        steps=tuple(steps),
        commands=account.commands(),
        bindings=tuple(account.bindings),
        inputs=described(_inputs(account, steps, run.prompts), scripts),
        runs_on=runs_on or place,
        assumptions=tuple(account.assumptions),
        stops_on_error="errexit" in options,
        pipefail="pipefail" in options,
        diagnostics=tuple(account.diagnostics),
    )


def _as_root(step: Step) -> Step:
    return msgspec.structs.replace(step, context=_rooted(step.context), guard=_guard_as_root(step.guard))


def _rooted(context: Context) -> Context:
    if context.host is not None or context.user is not None:
        return context
    return msgspec.structs.replace(context, user=Value.of("root"))


def _guard_as_root(guard: Guard) -> Guard:
    done = []
    for test in guard:
        subject = test.subject
        if isinstance(subject, AnyOf):
            subject = AnyOf(alternatives=tuple(map(_guard_as_root, subject.alternatives)))
        done.append(msgspec.structs.replace(test, subject=subject, context=_rooted(test.context)))
    return tuple(done)


def _inputs(account: Account, steps: list[Step], prompts: set[str]) -> tuple[ScriptInput, ...]:
    """The inputs that something uses; a prompt that only confirms is none."""
    used = names_in(steps)
    bound = {found.name for binding in account.bindings for found in binding.value.variables}
    kept = [item for item in account.inputs.values() if item.name in used | bound or item.required]
    return tuple(item for item in kept if item.name not in prompts or item.name in used)

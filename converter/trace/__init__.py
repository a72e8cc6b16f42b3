"""Stage 2, trace: a `Trace` from parsed scripts, by following them as bash would.

In: the scripts that were given together, and functions that parse embedded text and load files beside them. Out: every
command as it would run, and an account of each source command. It never runs anything, and reads only files that
`load` gives.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence

import msgspec

from converter.model.paths import absolute
from converter.model.resource import Purpose
from converter.model.script import Script
from converter.model.trace import AnyOf, Context, Guard, RunsOn, ScriptInput, Selection, Step, Trace, steps_asked
from converter.model.value import Literal, Value, Variable
from converter.trace.account import Account
from converter.trace.certain import without_certain
from converter.trace.described import described
from converter.trace.documents import documents
from converter.trace.interpreter import PROJECT, Interpreter, Load, ParseText
from converter.trace.names import by_environment, by_purpose
from converter.trace.place import infer
from converter.trace.rename import names_in, renamed
from converter.trace.selector import named_files, selected
from converter.trace.state import End, State

__all__ = ["trace", "traces"]


def traces(
    scripts: Sequence[Script], *, parse_text: ParseText, load: Load, runs_on: RunsOn | None = None
) -> dict[Purpose, tuple[Trace, ...]]:
    """The scripts followed for each purpose, and in it for each environment that they know; for
    any run where they know but one. A script that another one of them calls or reads is followed there."""

    def follow(chosen: Sequence[Script], given: Mapping[str, str] | None = None) -> Trace:
        return trace(chosen, parse_text=parse_text, load=load, runs_on=runs_on, given=given)

    return {purpose: _runs(chosen, follow) for purpose, chosen in by_purpose(_callers(scripts, follow)).items()}


def _runs(scripts: Sequence[Script], follow: Callable[..., Trace]) -> tuple[Trace, ...]:
    named = by_environment(scripts)
    if named:
        chosen = {name: Selection(environment=name, text=name) for name in named}
        return tuple(msgspec.structs.replace(follow(mine), selection=chosen[name]) for name, mine in named.items())
    whole = follow(scripts)
    return selected(whole, lambda given: follow(scripts, given)) or (whole,)


def _callers(scripts: Sequence[Script], follow: Callable[..., Trace]) -> list[Script]:
    if len(scripts) == 1:
        return list(scripts)
    reads = {script.source.path: {file.path for file in follow([script]).files} for script in scripts}
    called = {path for mine, paths in reads.items() for path in paths - {mine} if mine not in reads.get(path, ())}
    return [script for script in scripts if script.source.path not in called]


def trace(
    scripts: Sequence[Script],
    *,
    parse_text: ParseText,
    load: Load,
    runs_on: RunsOn | None = None,
    given: Mapping[str, str] | None = None,
) -> Trace:
    """Follows the scripts one after the other; `load(path)` gives a file by its path in the project, None if it is
    not there. `given` holds what inputs are told, by name (`arg1` for the first argument): the scripts are then
    followed for that run alone."""
    run = Interpreter(parse_text, load, runs_on, {name: Value.of(text) for name, text in (given or {}).items()})
    for script in scripts:
        run.account.files[script.source.path] = script.source
        run.account.enter(script.body)
        for diagnostic in script.diagnostics:
            run.account.diagnostics[diagnostic] = None
    last = [_follow(run, script) for script in scripts]
    found = _finished(run, runs_on, frozenset().union(*(state.options for state in last)), scripts)
    return msgspec.structs.replace(found, fails=any(state.end == End.FAIL for state in last))


def _follow(run: Interpreter, script: Script) -> State:
    """Runs one script from its first line; returns the state at its end."""
    path = posixpath.normpath(script.source.path)
    inside = path if not path.startswith(("/", "..")) and path != "-" else posixpath.basename(path)
    project = Value(Variable(PROJECT))
    run.script_path = project + Value(Literal(f"/{inside}"))
    state = State(cwd=project, home=Value(Variable("HOME")), name=run.script_path)
    run.title, run.comment, run.calls = "", [], []
    if script.source.text.startswith("#!") and " -e" in script.source.text.split("\n", 1)[0]:
        state.options = frozenset({"errexit"})
    run.block(state, script.body)
    for trapped, cleanup in run.cleanups:
        last = trapped.copy()
        last.end, last.path, last.lasting, last.slots = None, (), (), dict(state.slots)
        run.block(last, cleanup.body)
    run.cleanups = []
    return state


def _finished(run: Interpreter, runs_on: RunsOn | None, options: frozenset[str], scripts: Sequence[Script]) -> Trace:
    account = run.account
    steps = [renamed(step, run.renamed) for step in without_certain(account.steps, account.accepted)]
    if run.root:
        steps = [_as_root(step) for step in steps]
    _note_named_files(run, steps)
    asked = {step for found in steps for step in steps_asked(found.guard)}
    for step, lines in account.waits.items():
        if step not in asked:
            account.assume(f"{lines}: where the wait is given up, the deployment ends; the script goes on")
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
        choices=account.choices(run.renamed),
        asked=account.asked,
        documents=documents(steps, run.project_path, run.load),
    )


def _note_named_files(run: Interpreter, steps: list[Step]) -> None:
    """`config/$ENV.sh`, `.env.$ENV`: the files that are there say what the environments are."""

    def exists(path: Value) -> bool:
        inside = run.project_path(path)
        return inside is not None and run.load(inside) is not None

    local = [absolute(step.context.cwd, word) for step in steps if step.context.host is None for word in step.argv]
    for path in dict.fromkeys((*run.sought, *local)):
        for chosen, text in named_files(path, exists):
            run.account.hold(Value(chosen), (text,))


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
    used |= {choice.name for choice in account.choices({})}
    bound = {found.name for binding in account.bindings for found in binding.value.variables}
    kept = [item for item in account.inputs.values() if item.name in used | bound or item.required]
    return tuple(item for item in kept if item.name not in prompts or item.name in used)

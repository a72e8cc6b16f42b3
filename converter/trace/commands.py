"""Simple commands: redirections, functions, builtins, wrappers, other scripts, and at last steps."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from converter.model.paths import program_of
from converter.model.script import Exec, Group, Opaque, Redirect
from converter.model.trace import Context, Redirection, Step, Succeeds
from converter.model.value import Unknown, Value, Variable
from converter.trace import fetched
from converter.trace import words as expansion
from converter.trace.branches import join, run_forked
from converter.trace.conditions import SUCCESS, Condition, flip, merged
from converter.trace.forks import forked_names
from converter.trace.lookers import only_looks, prints_version
from converter.trace.state import State, Streams
from converter.trace.walk import words_of
from converter.trace.whole import REDIRECTED, ended, keep_whole, with_variables

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

SINKS = ("/dev/null", "/dev/stderr", "/dev/stdout", "/dev/tty")
MESSAGES = ("echo", "printf", "set", "true", ":", "exit")
READERS = frozenset(
    "ssh sshpass su bash sh zsh dash tee mysql mariadb psql mongo mongosh redis-cli sqlite3 docker podman kubectl "
    "xargs sftp lftp ftp crontab chpasswd patch".split()
)
# `"$@"` and its like: the words are those of the call.
_ARGUMENTS = re.compile(r'"?\$(?:[@*]|\{[@*](?::\d+)?\})"?')
_DELIMITER = re.compile(r"(?<!<)<<-?\s*[\\'\"]?([\w.-]+)")
PROBES = ("curl", "wget", "nc", "ping")


@dataclass(slots=True)
class Call:
    """A simple command on its way to becoming a step: wrappers take words off its front."""

    node: Exec
    argv: tuple[Value, ...]
    streams: Streams = field(default_factory=Streams)
    background: bool = False
    spelled: str | None = None
    through: tuple[Value, ...] = ()

    @property
    def written(self) -> str:
        """The command as it can be run: as it stands in the script, or spelled out where only its caller stands
        there."""
        return self.node.text if self.spelled is None else self.spelled

    @property
    def name(self) -> str | None:
        """The command word, None if it is not known."""
        return self.argv[0].text if self.argv else None

    def texts(self) -> tuple[str, ...]:
        """The words as text, with variables by name where they are not known."""
        return tuple(word.text if word.text is not None else word.shell() for word in self.argv)


def execute(run: Interpreter, state: State, node: Exec) -> Condition:
    """Runs a simple command."""
    names = forked_names(state, words_of(node))
    if names:
        return run_forked(run, state, node, names[0])
    if state.cwds:
        return _in_each_directory(run, state, node)
    argv = expansion.expand(run, state, node.words)
    given = streams(run, state, node.redirects)
    if not argv:
        return _without_words(run, state, node, given)
    return dispatched(run, state, node, _handed_on(run, state, node, argv, given))


def dispatched(run: Interpreter, state: State, node: Exec, call: Call) -> Condition:
    """Runs the call with the variables that stand before its command."""
    before = state.environment
    added = tuple((assign.name, expansion.single(run, state, assign.value)) for assign in node.assigns)
    state.environment = (*before, *added)
    try:
        return dispatch(run, state, call)
    finally:
        state.environment = before


def _handed_on(run: Interpreter, state: State, node: Exec, argv: tuple[Value, ...], given: Streams) -> Call:
    """The call; one that runs what a function was called with stands where the function is called."""
    if given.stdin is None and given.stdin_path is None and state.feed is not None and _reads(argv):
        state.feed.taken, fed = True, state.feed.streams
        given.stdin, given.stdin_path, given.heredoc, state.feed = fed.stdin, fed.stdin_path, fed.heredoc, None
    handed = any(_ARGUMENTS.fullmatch(word.source) for word in node.words)
    if not run.sites or not handed or argv[0].text in MESSAGES:
        return Call(node, argv, given)
    run.account.absorb(node, "it runs what the function is called with", state.context())
    return Call(run.sites[-1], argv, given, spelled=" ".join(map(_spelled, argv)))


def _reads(argv: tuple[Value, ...]) -> bool:
    names = [(word.text or "").rpartition("/")[2] for word in argv]
    while names and (names[0] in ("sudo", "env", "doas", "exec", "nohup", "time") or names[0].startswith("-")):
        names.pop(0)
    if {"-", "@-", "/dev/stdin"} & set(names[1:]):
        return True
    return names[:1] == ["cat"] == names or (bool(names) and names[0] in READERS)


def _spelled(word: Value) -> str:
    return shlex.quote(word.text) if word.text is not None else f'"{word.shell()}"'


def _in_each_directory(run: Interpreter, state: State, node: Exec) -> Condition:
    """Runs a command once for each directory that branches may have left; an absolute `cd` ends that."""
    name = node.words[0].source if node.words else ""
    away = name == "cd" and len(node.words) > 1 and node.words[1].source.strip("\"'").startswith(("/", "~"))
    if name in MESSAGES or away:
        state.cwds = ()
        return execute(run, state, node)
    outcomes = []
    for guard, cwd in state.cwds:
        if any(flip(test) in state.guard for test in guard):
            continue
        branch = state.copy()
        branch.cwd, branch.cwds, branch.path = cwd, (), merged(state.path, guard)
        outcomes.append((guard, branch, execute(run, branch, node)))
    return join(state, outcomes)


def _without_words(run: Interpreter, state: State, node: Exec, given: Streams) -> Condition:
    if given.writes:
        return emit(run, state, Call(node, (Value.of(":"),), given))
    if node.words:
        run.account.drop(node, "its words are empty here, so nothing runs")
    else:
        run.account.absorb(node, "it only sets variables or opens a stream", state.context())
    return SUCCESS


def dispatch(run: Interpreter, state: State, call: Call) -> Condition:
    """Finds out what the command word means: function, builtin, wrapper, script or program."""
    from converter.trace import builtins, functions, programs

    name = call.name
    if name is None:
        return _dynamic(run, state, call)
    if name in state.functions:
        return functions.call(run, state, call, state.functions[name])
    builtin = builtins.TABLE.get(name)
    if builtin is not None and not (name in ("echo", "printf") and call.streams.writes):
        return builtin(run, state, call)
    if name in ("echo", "printf"):
        return builtins.write_message(run, state, call)
    program = programs.TABLE.get(program_of(name))
    followed = programs.followed(call)
    if followed and programs.streamed(call, followed):
        return keep_whole(run, state, Group(body=(call.node,), span=call.node.span, text=_whole(call)), REDIRECTED)
    if followed and call.streams.writes:
        run.account.logged(call.node.span)
    if program is not None:
        found = program(run, state, call)
        if found is not None:
            return found
    if "/" in name or name.endswith(".sh"):
        found = functions.other_script(run, state, call)
        if found is not None:
            return found
    return emit(run, state, call)


def _whole(call: Call) -> str:
    """The command with its heredocs, which stand on lines of their own."""
    bodies = [redirect.raw for redirect in call.node.redirects if redirect.operator == "<<"]
    ends = (found[1] for found in _DELIMITER.finditer(call.written))
    return call.written + "".join(f"\n{body}{end}" for body, end in zip(bodies, ends, strict=False))


def _dynamic(run: Interpreter, state: State, call: Call) -> Condition:
    """A command word that is a variable: an input's default is taken, and said."""
    head = call.argv[0]
    if len(head.parts) == 1 and isinstance(head.parts[0], Variable):
        found = run.account.inputs.get(head.parts[0].name)
        default = found.default.text if found is not None and found.default is not None else None
        if default:
            run.account.assume(f"${head.parts[0].name} is taken to be its default, {default}, where it is a command")
            words = tuple(Value.of(word) for word in default.split())
            return dispatch(run, state, Call(call.node, (*words, *call.argv[1:]), call.streams, call.background))
        if (found is not None and len(call.argv) == 1) or not call.argv[1:]:
            state.status = SUCCESS
    return emit(run, state, call)


def emit(run: Interpreter, state: State, call: Call) -> Condition:
    """Makes a step of the command, or a test where only its exit code is asked for."""
    texts = call.texts()
    looks = only_looks(texts) and not call.streams.writes
    reads = any(map(fetched.printed, call.argv))
    if reads and not looks:
        return fetched.keep(run, state, call)
    if looks and run.testing and texts[0] not in PROBES:
        return look(run, state, call)
    if looks and not run.testing and prints_version(texts):
        run.account.absorb(call.node, "it only prints a version", state.context())
        return SUCCESS
    step = run.account.add(call.node, step_of(run, state, call))
    if looks and texts[0] not in PROBES:
        title = run.title
        condition = look(run, state, call)
        run.title = title
        run.account.entry(call.node).disposition = None
        return condition
    return ended(run, step)


def look(run: Interpreter, state: State, call: Call) -> Condition:
    """The condition that a command which only looks stands for."""
    reads = any(map(fetched.printed, call.argv))
    unknown = next((found for word in call.argv for found in word.unknowns if not fetched.printed(word)), None)
    run.account.absorb(call.node, "it is a condition of what follows", state.context())
    if unknown is not None:
        from converter.trace.tests import undecided

        return undecided(run, state, call.node, unknown.reason)
    text = run.source_with_values(state, call.written, run.names_in(call.node))
    plain = call.streams.stdin is None and call.streams.stdin_path is None and not reads
    argv = call.argv if plain else ()
    return run.test(
        state, Succeeds(argv=argv, text=Value.of(text), pipefail="pipefail" in state.options), call.node.span
    )


def step_of(run: Interpreter, state: State, call: Call) -> Step:
    """The step, with the title and the comment that wait for it."""
    context = state.context()
    if call.streams.writes:
        context = _complete(run, state, call, context)
    return Step(
        id=0,
        command=0,
        argv=call.argv,
        through=call.through,
        source=run.holes.value(call.written),
        stdin=call.streams.stdin,
        stdin_path=call.streams.stdin_path,
        redirects=call.streams.writes,
        context=context,
        guard=state.guard,
        span=call.node.span,
        title=run.take_title(),
        comment="\n".join(run.comment),
        background=call.background,
        turn=state.turn,
        pipefail="pipefail" in state.options,
    )


def _complete(run: Interpreter, state: State, call: Call, context: Context) -> Context:
    """A redirected command may be run as its source text, which needs its variables."""
    return with_variables(run, state, run.names_in(call.node), own=set()) if call.argv[0].text != "cat" else context


def streams(run: Interpreter, state: State, redirects: tuple[Redirect, ...]) -> Streams:
    """What the redirections mean."""
    given = Streams()
    writes: list[Redirection] = []
    for redirect in redirects:
        operator = redirect.operator
        if operator in ("<<", "<<-"):
            given.heredoc = redirect
            given.stdin = (
                expansion.single(run, state, redirect.target) if redirect.expands else run.holes.value(redirect.raw)
            )
            continue
        target = expansion.single(run, state, redirect.target)
        if operator == "<<<":
            given.stdin = target + Value.of("\n")
        elif operator == "<":
            given.stdin_path = target if target.text not in SINKS else given.stdin_path
        elif operator in (">&", "<&") and (target.text or "").rstrip("-").isdigit():
            continue
        elif target.text not in SINKS and target.text != "-":
            writes.append(Redirection(descriptor=redirect.descriptor, operator=operator, target=target))
    given.writes = tuple(writes)
    return given


def opaque(run: Interpreter, state: State, node: Opaque) -> Condition:
    """Source that could not be read stays visible, and a person decides."""
    run.account.unresolve(node, node.reason)
    value = Value(Unknown(node.reason, node.text))
    step = Step(
        id=0, command=0, source=value, context=state.context(), guard=state.guard, span=node.span, reason=node.reason
    )
    run.account.add(node, step)
    return SUCCESS

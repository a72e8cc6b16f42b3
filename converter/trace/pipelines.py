"""Pipelines: text fed to a command, output only filtered for the eye, and the rest, which stays a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converter.model.script import Exec, Group, Loop, Pipeline, Statement
from converter.model.trace import Succeeds
from converter.model.value import Value
from converter.trace import words as expansion
from converter.trace.branches import join
from converter.trace.commands import Call, dispatched, streams
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.forks import alternatives, forked_names
from converter.trace.lookers import block_looks, is_log, only_looks
from converter.trace.messages import message
from converter.trace.state import State, Streams
from converter.trace.walk import commands, statements, words_of
from converter.trace.whole import ONLY_LOOKS, keep_whole

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

FILTERS = frozenset(
    """
    cat tail head grep egrep sed awk sort uniq wc cut tr jq less more column nl ts fold tac
    """.split()
)
# Where the pipe is a condition, these say how it ends.
_DECIDE = frozenset({"grep", "egrep", "fgrep", "zgrep", "rg"})
# What they print is the same, whoever runs them.
_PRINT = ("echo", "printf", "curl", "wget")
WRAPPERS = ("sudo", "env", "nohup", "command", "time")


def pipeline(run: Interpreter, state: State, node: Pipeline) -> Condition:
    """Runs `a | b | c`."""
    names = forked_names(state, tuple(word for found in statements((node,)) for word in words_of(found)))
    if names:
        outcomes = [
            (guard, branch, pipeline(run, branch, node)) for guard, branch in alternatives(run, state, names[0])
        ]
        slot = state.slots[names[0]]
        status = join(state, outcomes)
        state.slots[names[0]] = slot
        return status
    if block_looks((node,)):
        return _looking(run, state, node)
    shortened = _without_filters(run, state, node)
    if len(shortened) == 1:
        if _text(run, state, shortened[0]) is None:
            place = node.span.lines()
            run.account.assume(f"{place}: the output is not filtered any more, so a failure before the filter counts")
        return run.statement(state, shortened[0])
    if len(shortened) == 2 and isinstance(shortened[1], Exec):
        text = _text(run, state, shortened[0])
        if text is not None:
            return _fed(run, state, shortened[0], shortened[1], text)
    return kept(run, state, node)


def _looking(run: Interpreter, state: State, node: Pipeline) -> Condition:
    for command in commands((node,)):
        run.account.absorb(command, "it is a condition of what follows" if run.testing else ONLY_LOOKS, state.context())
    text = run.source_with_values(state, node.text, run.names_in(node))
    said = message(run, state, node.stages[0]) if isinstance(node.stages[0], Exec) else None
    if said is not None and not run.testing:
        run.statement(state, node.stages[0])
        return SUCCESS
    return run.test(state, Succeeds(text=Value.of(text), pipefail="pipefail" in state.options), node.span)


def _without_filters(run: Interpreter, state: State, node: Pipeline) -> tuple[Statement, ...]:
    """The stages without those at the end that only show or log what comes out."""
    stages = list(node.stages)
    while len(stages) > 1 and _filters(run, state, stages[-1]) and _only_shown(run, state, stages):
        last = stages.pop()
        for command in commands((last,)):
            run.account.absorb(command, "it only shows or logs what the command before it prints", state.context())
    while len(stages) > 1 and isinstance(stages[0], Exec) and stages[0].words and stages[0].words[0].source == "yes":
        for command in commands((stages.pop(0),)):
            run.account.absorb(command, "nothing asks during a play", state.context())
    return tuple(stages)


def _only_shown(run: Interpreter, state: State, stages: list[Statement]) -> bool:
    """Whether nobody but a reader gets the output: text that is fed to a filter may be what counts."""
    last = stages[-1]
    words = [word.source for word in last.words if word.source != "sudo"] if isinstance(last, Exec) else []
    return words[:1] == ["tee"] or _text(run, state, stages[0]) is None


def _filters(run: Interpreter, state: State, stage: Statement) -> bool:
    if isinstance(stage, Loop) and block_looks(stage.body):
        return True
    if not isinstance(stage, Exec) or not stage.words:
        return False
    texts = tuple(word.text or word.shell() for word in expansion.expand(run, state.copy(), stage.words))
    if streams(run, state, stage.redirects).writes:
        return False
    texts = texts[1:] if texts[:1] == ("sudo",) else texts
    if texts[:1] == ("tee",):
        return all(word.startswith("-") or is_log(Value.of(word)) for word in texts[1:])
    if run.testing and texts[:1] and texts[0] in _DECIDE:
        return False
    return texts[:1] != () and texts[0] in FILTERS and only_looks(texts)


def _text(run: Interpreter, state: State, stage: Statement) -> Value | None:
    """What the first stage prints, if it is only messages, or a file that is read."""
    if isinstance(stage, Group) and not stage.redirects:
        lines = [_text(run, state, inner) for inner in stage.body]
        known = [line for line in lines if line is not None]
        return Value.join(known) if known and len(known) == len(lines) else None
    if not isinstance(stage, Exec) or stage.assigns:
        return None
    given = streams(run, state, stage.redirects)
    if stage.words and stage.words[0].source == "cat" and len(stage.words) == 1:
        return given.stdin
    return None if given.writes else message(run, state, stage)


def _fed(run: Interpreter, state: State, first: Statement, last: Exec, text: Value) -> Condition:
    for command in commands((first,)):
        run.account.absorb(command, "its output is the input of the next command", state.context())
    given = streams(run, state, last.redirects)
    fed = Streams(stdin=text, writes=given.writes)
    run.account.entry(last)
    return dispatched(run, state, last, Call(last, expansion.expand(run, state, last.words), fed))


def kept(run: Interpreter, state: State, node: Pipeline) -> Condition:
    """A pipeline that stays one; the words of its stages are there for rules that know it."""
    stages: list[tuple[Value, ...]] = []
    user: Value | None = None
    for stage in node.stages:
        argv = _stage(run, state, stage) if isinstance(stage, Exec) else ()
        if argv and argv[0].text == "sudo":
            last = stage is node.stages[-1] and all(word.text not in ("<", ">") for word in argv)
            plain = len(argv) > 1 and not (argv[1].text or "-").startswith("-")
            user = Value.of("root") if last and plain else user
            argv = argv[1:] if last or (plain and argv[1].text in _PRINT) else argv
        stages.append(argv)
    return keep_whole(run, state, node, "a pipeline is run as it is", tuple(stages), user)


def _stage(run: Interpreter, state: State, stage: Exec) -> tuple[Value, ...]:
    """The words of a stage, with `< file` and `> file`; none where it has streams that no word tells of."""
    given = streams(run, state, stage.redirects)
    other = [write for write in given.writes if write.operator != ">" or write.descriptor not in (None, 1)]
    if other or len(given.writes) > 1 or given.stdin is not None:
        return ()
    words = expansion.expand(run, state, stage.words)
    read = (Value.of("<"), given.stdin_path) if given.stdin_path is not None else ()
    return (*words, *read, *(word for write in given.writes for word in (Value.of(">"), write.target)))

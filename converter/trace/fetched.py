"""Programs that are fetched and run at once, `bash <(curl ..)` and `bash -c "$(curl ..)"`, and files that other
commands print: kept as they are."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from converter.model.script import Exec, Group
from converter.model.value import CommandOutput, Part, Unknown, Value
from converter.trace import words as expansion
from converter.trace.state import State
from converter.trace.whole import keep_whole

if TYPE_CHECKING:
    from converter.trace.commands import Call
    from converter.trace.conditions import Condition
    from converter.trace.interpreter import Interpreter

_SHELLS = ("bash", "sh", "zsh", "dash", "eval")
_READS = "it reads what another command prints as from a file"
_RUNS = "it runs what is fetched then"
_PRINTED = re.compile(r"<\((.*)\)", re.DOTALL)


def fetches(value: Value) -> bool:
    """Whether a program comes from the net into the text: `$(curl ..)`."""
    return any(isinstance(part, CommandOutput) and _fetches(part.text) for part in value.parts)


def printed(value: Value) -> bool:
    """Whether the word is a file that another command prints: `<(command)`."""
    return any(_printed(part) for part in value.parts)


def keep(run: Interpreter, state: State, call: Call) -> Condition:
    """The command as it is; where it runs what comes from the net, as the pipeline that does the same."""
    away = call.node.words[:1] and call.node.words[0].source in ("ssh", "sshpass")
    text = call.written if call.node.redirects and not away else " ".join(map(_spelled, call.argv))
    inner = next((found for word in call.argv for found in map(_source, word.parts) if _fetches(found)), "")
    runs = (call.name or "").rpartition("/")[2] in _SHELLS and inner
    stages = ((_words(run, state, call, inner), (Value.of("bash"),))) if runs else ()
    whole = Group(body=(call.node,), span=call.node.span, text=text)
    return keep_whole(run, state, whole, _RUNS if runs else _READS, stages)


def _words(run: Interpreter, state: State, call: Call, inner: str) -> tuple[Value, ...]:
    body = run.parse_text(inner, call.node.span.path, call.node.span.line, call.node.span.column).body
    return expansion.expand(run, state, body[0].words) if body and isinstance(body[0], Exec) else ()


def _fetches(text: str) -> bool:
    return text.split()[:1] in (["curl"], ["wget"])


def _printed(part: Part) -> bool:
    return isinstance(part, Unknown) and _PRINTED.fullmatch(part.text) is not None


def _source(part: Part) -> str:
    if isinstance(part, CommandOutput):
        return part.text
    found = _PRINTED.fullmatch(part.text) if isinstance(part, Unknown) else None
    return found[1] if found else ""


def _spelled(word: Value) -> str:
    if word.text is not None:
        return shlex.quote(word.text)
    return word.shell() if printed(word) or word.splits else f'"{word.shell()}"'

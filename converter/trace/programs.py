"""Programs that run another command: sudo, su, env, nohup, timeout, bash -c, ssh and their like."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from converter.model.paths import program_of
from converter.model.value import Literal, Value
from converter.trace import fetched, locks, remote
from converter.trace.commands import MESSAGES, Call, dispatch
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.lookers import is_log
from converter.trace.shells import run_text, shell
from converter.trace.state import State

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

Program = Callable[["Interpreter", State, Call], "Condition | None"]
ROOT = Value.of("root")
_SUDO = "ugpCrtTDRh", ("user", "group", "prompt", "chdir")
# Their commands are followed, so that what they print or read together has nowhere to go.
_FOLLOWED = frozenset("bash sh zsh dash su runuser ssh flock".split())
_FETCH, _PRINT = ("curl", "wget"), ("cat",)


def _inner(run: Interpreter, state: State, call: Call, argv: tuple[Value, ...], background: bool = False) -> Condition:
    return dispatch(run, state, replace(call, argv=argv, background=call.background or background))


def as_user(run: Interpreter, state: State, user: Value | None, body: Callable[[], Condition]) -> Condition:
    """Runs something as another user, and comes back."""
    before, home = state.user, state.home
    state.user = user
    try:
        return body()
    finally:
        state.user, state.home = before, home


def options_of(
    words: tuple[Value, ...], with_value: str, long_with_value: tuple[str, ...] = ()
) -> tuple[dict[str, Value], int]:
    """The options before the first operand, by letter or long name, and where that operand stands."""
    found: dict[str, Value] = {}
    index = 0
    while index < len(words):
        text = words[index].text or ""
        if text == "--":
            return found, index + 1
        if not text.startswith("-") or text == "-":
            break
        if text.startswith("--"):
            name, equals, value = text[2:].partition("=")
            if not equals and name in long_with_value and index + 1 < len(words):
                index += 1
                found[name] = words[index]
            else:
                found[name] = Value.of(value)
        else:
            index += _short(words, index, with_value, found)
        index += 1
    return found, index


def _short(words: tuple[Value, ...], index: int, with_value: str, found: dict[str, Value]) -> int:
    text = words[index].text or ""
    for place, letter in enumerate(text[1:], start=1):
        if letter not in with_value:
            found[letter] = Value()
            continue
        if text[place + 1 :]:
            found[letter] = Value.of(text[place + 1 :])
            return 0
        if index + 1 < len(words):
            found[letter] = words[index + 1]
        return 1
    return 0


def _sudo(run: Interpreter, state: State, call: Call) -> Condition | None:
    found, index = options_of(call.argv[1:], *_SUDO)
    rest = call.argv[1 + index :]
    if {"l", "v", "k", "K"} & set(found) and not rest:
        run.account.absorb(call.node, "root is asked for where it is needed", state.context())
        return SUCCESS
    if rest and _opens(call, rest):
        return _beside_files(run, state, call, rest)
    user = found.get("u") or found.get("user") or ROOT
    environment = state.environment
    while rest and (pair := re.match(r"([A-Za-z_]\w*)=", rest[0].key())):
        state.environment = (*state.environment, (pair[1], _after(rest[0], len(pair[0]))))
        rest = rest[1:]
    bare, state.bare = state.bare, state.bare or not {"E", "preserve-env"} & set(found)
    try:
        if not rest:
            if call.streams.stdin is None or not {"s", "i"} & set(found):
                return None
            rest = (Value.of("bash"),)
        return as_user(run, state, user, lambda: _inner(run, state, call, rest))
    finally:
        state.environment, state.bare = environment, bare


def followed(call: Call) -> str:
    """The program whose commands are followed, also behind sudo; "" for any other."""
    words = [word.text or "" for word in call.argv]
    while words and program_of(words[0]) in ("sudo", "doas"):
        _, index = options_of(call.argv[1:], *_SUDO)
        words = words[1 + index :]
    fetched_there = any(fetched.fetches(word) or fetched.printed(word) for word in call.argv)
    return program_of(words[0]) if words and program_of(words[0]) in _FOLLOWED and not fetched_there else ""


def streamed(call: Call, program: str) -> bool:
    """Whether a program whose commands are followed has streams of its own that they would lose."""
    if not all(is_log(one.target) for one in call.streams.writes):
        return True
    reads = call.streams.stdin is not None or call.streams.stdin_path is not None
    return reads and program not in ("ssh", "flock") and any(re.fullmatch(r"-[a-z]*c", text) for text in call.texts())


def _opens(call: Call, words: tuple[Value, ...]) -> bool:
    """Whether files are opened by the one who calls sudo, and not by the one that it makes the command run as."""
    program = program_of(next((word.text or "" for word in words if "=" not in word.key()), ""))
    return not call.background and program not in TABLE and not all(is_log(one.target) for one in call.streams.writes)


def _beside_files(run: Interpreter, state: State, call: Call, words: tuple[Value, ...]) -> Condition:
    """`sudo -u postgres pg_dump shop > file`. Who prints a text makes no difference to it."""
    program = program_of(words[0].text or "")
    prints = program in _FETCH or (program in _PRINT and all((word.text or "")[:1] == "-" for word in words[1:]))
    through = () if prints or program in MESSAGES else call.argv[: len(call.argv) - len(words)]
    return dispatch(run, state, replace(call, argv=words, through=through))


def _su(run: Interpreter, state: State, call: Call) -> Condition | None:
    words = [word for word in call.argv[1:] if word.text not in ("-", "-l", "--login", "-m", "-p")]
    command: Value | None = None
    user: Value = ROOT
    while words:
        word = words.pop(0)
        if word.text in ("-c", "--command", "-lc", "-s") and words:
            value = words.pop(0)
            command = value if word.text != "-s" else command
        else:
            user = word
    if command is None:
        text = call.streams.stdin
        if text is None:
            return None
        command = text
    chosen = command
    return as_user(run, state, user, lambda: run_text(run, state.copy(), call, chosen))


def _env(run: Interpreter, state: State, call: Call) -> Condition | None:
    found, index = options_of(call.argv[1:], "uCS", ("unset", "chdir"))
    rest = call.argv[1 + index :]
    before = state.environment
    while rest and (pair := re.match(r"([A-Za-z_]\w*)=", rest[0].key())):
        state.environment = (*state.environment, (pair[1], _after(rest[0], len(pair[0]))))
        rest = rest[1:]
    try:
        if not rest or "S" in found:
            return None
        return _inner(run, state, call, rest)
    finally:
        state.environment = before


def _after(value: Value, length: int) -> Value:
    head = value.parts[0]
    return Value(Literal(head.text[length:]), *value.parts[1:]) if isinstance(head, Literal) else value


def _transparent(with_value: str, operands: int = 0, *, background: bool = False) -> Program:
    def program(run: Interpreter, state: State, call: Call) -> Condition | None:
        _, index = options_of(call.argv[1:], with_value)
        rest = call.argv[1 + index + operands :]
        return _inner(run, state, call, rest, background) if rest else None

    return program


def _nohup(run: Interpreter, state: State, call: Call) -> Condition | None:
    return _inner(run, state, call, call.argv[1:], call.background) if call.argv[1:] else None


_waits = _transparent("ks", 1)


def _timeout(run: Interpreter, state: State, call: Call) -> Condition | None:
    """`timeout 60 command`: the command itself, without the limit."""
    _, index = options_of(call.argv[1:], "ks")
    limit = call.argv[1 + index].shell() if call.argv[2 + index :] else ""
    if limit:
        run.account.assume(f"{call.node.span.lines()}: the limit of {limit} that timeout sets is not kept")
    return _waits(run, state, call)


TABLE: dict[str, Program] = {
    "sudo": _sudo,
    "doas": _sudo,
    "su": _su,
    "runuser": _su,
    "env": _env,
    "nohup": _nohup,
    "setsid": _transparent(""),
    "time": _transparent("fo"),
    "timeout": _timeout,
    "nice": _transparent("n"),
    "ionice": _transparent("cnp"),
    "stdbuf": _transparent("ioe"),
    "unbuffer": _transparent(""),
    "chronic": _transparent(""),
    "flock": locks.lock,
    "bash": shell,
    "sh": shell,
    "zsh": shell,
    "dash": shell,
    "ssh": remote.ssh,
    "sshpass": remote.sshpass,
}

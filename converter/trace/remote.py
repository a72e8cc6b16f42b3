"""ssh in all its forms: each command inside knows the host, the login and the side on which its variables expand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.model.paths import absolute
from converter.model.script import Exec
from converter.model.trace import Host, ParameterKind, ScriptInput
from converter.model.value import Literal, Part, Value, Variable
from converter.trace.commands import Call, dispatch, emit, streams
from converter.trace.conditions import SUCCESS, Condition
from converter.trace.shells import follow, parse_value, run_file
from converter.trace.state import End, State, Streams
from converter.trace.words import expand, single

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

WITH_VALUE = set("BbcDEeFIiJLlmOopQRSWw")
HOST_KEY_OPTIONS = ("StrictHostKeyChecking", "UserKnownHostsFile")


def ssh(run: Interpreter, state: State, call: Call) -> Condition | None:
    """Follows what the far shell is told; a session without a command is not a deployment step."""
    host, rest = _destination(run, call)
    if host is None:
        return None
    inner = remote_state(run, state, host)
    return _session(run, state, inner, call, rest)


def _session(run: Interpreter, state: State, inner: State, call: Call, rest: tuple[Value, ...]) -> Condition | None:
    if rest:
        return _command(run, state, inner, call, rest)
    if call.streams.stdin is not None:
        return _followed(run, state, inner, call, call.streams.stdin, True)
    if call.streams.stdin_path is not None:
        status = run_file(run, inner, call, call.streams.stdin_path, state.cwd)
        return status if status is not None else emit(run, state, call)
    run.account.drop(call.node, "it opens a connection and runs nothing")
    return SUCCESS


def _command(run: Interpreter, state: State, inner: State, call: Call, rest: tuple[Value, ...]) -> Condition:
    """The words are joined by blanks and read again by the far shell."""
    text = Value.join(rest, " ")
    body = parse_value(run, call, text, None)
    given = call.streams.stdin is not None or call.streams.stdin_path is not None
    if given and _is_shell(rest):
        inner_call = Call(call.node, _far_words(run, inner, call, text), call.streams)
        if inner_call.argv:
            run.account.absorb(call.node, _where(inner), inner.context())
            return _joined(state, inner, dispatch(run, inner, inner_call))
    if given and len(body) == 1:
        return _fed(run, state, inner, call, text)
    return _followed(run, state, inner, call, text, False)


def _is_shell(rest: tuple[Value, ...]) -> bool:
    words = [word for value in rest for word in (value.text or value.shell()).split()]
    while words and (
        words[0] in ("sudo", "env", "exec") or words[0].startswith("-") or "=" in words[0] or words[0] == "root"
    ):
        words.pop(0)
    return bool(words) and words[0].rpartition("/")[2] in ("bash", "sh", "su", "zsh")


def _far_words(run: Interpreter, inner: State, call: Call, text: Value) -> tuple[Value, ...]:
    body = parse_value(run, call, text, None)
    head = body[0] if len(body) == 1 else None
    return _given(run, inner, head) if isinstance(head, Exec) else ()


def _given(run: Interpreter, inner: State, head: Exec) -> tuple[Value, ...]:
    """The words of the far command, and the variables before it in its environment."""
    added = tuple((assign.name, single(run, inner, assign.value)) for assign in head.assigns)
    inner.environment = (*inner.environment, *added)
    return expand(run, inner, head.words)


def _fed(run: Interpreter, state: State, inner: State, call: Call, text: Value) -> Condition:
    """`ssh host 'cat > f' < local`, `ssh host tee f <<EOF`: the far command reads what is given here."""
    body = parse_value(run, call, text, None)
    head = body[0]
    if not isinstance(head, Exec):
        return emit(run, state, call)
    far = streams(run, inner, head.redirects)
    if call.streams.stdin is None:
        return _copied(run, state, inner, call, expand(run, inner, head.words), far)
    far.stdin = call.streams.stdin
    return _joined(state, inner, dispatch(run, inner, Call(call.node, _given(run, inner, head), far)))


def _copied(
    run: Interpreter, state: State, inner: State, call: Call, words: tuple[Value, ...], far: Streams
) -> Condition:
    """`ssh host 'cat > f' < local` and `ssh host 'sudo tee f' < local` copy the file, as scp does."""
    start = 1 if words and words[0].text in ("sudo", "doas") else 0
    name = words[start].text if words[start:] else None
    targets = words[start + 1 :] if name == "tee" else tuple(one.target for one in far.writes if one.operator == ">")
    plain = name == "tee" or (name == "cat" and not start and len(words) == 1 and len(far.writes) == 1)
    if not plain or len(targets) != 1 or (targets[0].text or "").startswith("-") or call.streams.stdin_path is None:
        return emit(run, state, call)
    if name == "tee" and far.writes:
        return emit(run, state, call)
    run.account.absorb(call.node, _where(inner), inner.context())
    host = inner.host.address if inner.host is not None else Value()
    there = host + Value.of(":") + absolute(inner.cwd, targets[0])
    argv = (*words[:start], Value.of("scp"), absolute(state.cwd, call.streams.stdin_path), there)
    return _joined(state, inner, dispatch(run, inner, Call(call.node, argv)))


def _followed(run: Interpreter, state: State, inner: State, call: Call, text: Value, is_input: bool) -> Condition:
    body = parse_value(run, call, text, call.streams.heredoc if is_input else None)
    run.account.enter(body)
    run.account.absorb(call.node, _where(inner), inner.context())
    return _joined(state, inner, follow(run, inner, body))


def _joined(state: State, inner: State, status: Condition) -> Condition:
    if inner.end == End.FAIL and not inner.guard and "errexit" in state.options:
        state.end = End.FAIL
    return status


def _where(inner: State) -> str:
    host = inner.host
    login = f"{host.user.shell()}@" if host is not None and host.user is not None else ""
    return f"what follows runs on {login}{host.address.shell() if host else ''}"


def remote_state(run: Interpreter, state: State, host: Host) -> State:
    """The state of a fresh login: the variables of this side are not there."""
    login = host.user.text if host.user is not None else None
    home = Value.of("/root") if login == "root" else Value(Variable("HOME"))
    inner = state.copy()
    inner.host, inner.user, inner.home, inner.cwd = host, None, home, home
    inner.slots, inner.functions, inner.arguments = {}, {}, ()
    inner.environment, inner.directories, inner.options = (), (), frozenset()
    inner.name = Value.of("bash")
    return inner


def _destination(run: Interpreter, call: Call) -> tuple[Host | None, tuple[Value, ...]]:
    """The host and the words of the far command; options may stand before and after the host, see ssh(1)."""
    fields: dict[str, Value] = {}
    words = _options(list(call.argv[1:]), fields)
    if not words:
        return None, ()
    rest = _options(words[1:], fields)
    return host_of(run, words[0], fields), tuple(rest)


def _options(words: list[Value], fields: dict[str, Value]) -> list[Value]:
    """Takes the options from the front of the words."""
    while words:
        text = words[0].text or words[0].shell()
        if text == "--":
            return words[1:]
        if not text.startswith("-") or len(text) < 2:
            break
        words.pop(0)
        letter = next((letter for letter in text[1:] if letter in WITH_VALUE), None)
        if letter is not None:
            attached = text[text.index(letter) + 1 :]
            _option(fields, letter, Value.of(attached) if attached else (words.pop(0) if words else Value()))
    return words


def _option(fields: dict[str, Value], letter: str, value: Value) -> None:
    names = {"p": "port", "i": "identity_file", "l": "user", "J": "jump"}
    if letter in names:
        fields[names[letter]] = value
    if letter == "o":
        name, _, setting = (value.text or value.shell()).partition("=")
        long = {"Port": "port", "IdentityFile": "identity_file", "User": "user", "ProxyJump": "jump"}
        if name.strip() in long:
            fields[long[name.strip()]] = Value.of(setting.strip())


def host_of(run: Interpreter, destination: Value, fields: dict[str, Value] | None = None) -> Host:
    """The host in `user@host`, `ssh://user@host:port` or just `host`."""
    fields = dict(fields or {})
    text = destination.text
    if text is not None and text.startswith("ssh://"):
        text, _, port = text.removeprefix("ssh://").partition(":")
        destination = Value.of(text)
        if port.rstrip("/").isdigit():
            fields["port"] = Value.of(port.rstrip("/"))
    user, address = _at(opened(destination))
    if user is not None:
        fields.setdefault("user", _defaulted(run, user))
    found = Host(address=_defaulted(run, address))
    return msgspec.structs.replace(found, **fields) if fields else found


def opened(value: Value) -> Value:
    """A variable that holds `user@host` is opened, so that its parts show."""
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        inner = value.parts[0].value
        if inner is not None and (len(inner.parts) > 1 or "@" in (inner.text or "")):
            return opened(inner)
    return value


def _at(value: Value) -> tuple[Value | None, Value]:
    for index, part in enumerate(value.parts):
        if isinstance(part, Literal) and "@" in part.text:
            left, _, right = part.text.rpartition("@")
            before: tuple[Part, ...] = (*value.parts[:index], Literal(left))
            return Value(*before), Value(Literal(right), *value.parts[index + 1 :])
    return None, value


def _defaulted(run: Interpreter, value: Value) -> Value:
    """Part of an address that is an input keeps its name; what was never set is asked for."""
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        name = value.parts[0].name
        found = run.account.inputs.get(name)
        if found is None and value.parts[0].value is None:
            run.account.ask(ScriptInput(name=name, kind=ParameterKind.ENVIRONMENT, required=True, span=run.span))
    return value


def sshpass(run: Interpreter, state: State, call: Call) -> Condition | None:
    """`sshpass -p secret ssh ...`: the password is a secret of the connection."""
    words = list(call.argv[1:])
    while words and (words[0].text or words[0].shell()).startswith("-"):
        text = words.pop(0).text or ""
        if text in ("-p", "-f", "-d", "-P") and words:
            value = words.pop(0)
            if text == "-p":
                run.account.passwords[value] = call.node.span
        elif text.startswith("-p") and len(text) > 2:
            run.account.passwords[Value.of(text[2:])] = call.node.span
    if not words:
        return None
    return dispatch(run, state, Call(call.node, tuple(words), call.streams, call.background))

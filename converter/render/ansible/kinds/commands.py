"""What stays a command, and what only looks: checks, waits, demands, questions to a person."""

from __future__ import annotations

import math
import re
from typing import Any

from converter.model.value import Value, Variable
from converter.render.ansible.checks import anywhere, words
from converter.render.ansible.task import BASH, Place, Task, by_shell
from converter.render.ansible.value import expression, inert
from converter.render.yaml import Row

_ANSWERS = Row([200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308])


def command(spec: Any, at: Place) -> list[Task]:
    """A command as it is: words where it is simple, a shell where it is not."""
    if at.resource.background:
        return _left_running(spec, at)
    simple = bool(spec.argv) and spec.log is None and not any(word.has_glob for word in spec.argv)
    text, own = ("", {}) if simple else _line(spec, at)
    module, args = by_shell(text, pipefail=spec.pipefail, errexit=spec.errexit)
    if simple:
        module, args = "ansible.builtin.command", words(at.texts(spec.argv), spec.argv)
    args |= {} if anywhere(spec.source) and simple else _directory(at)
    for name in ("creates", "removes"):
        if getattr(spec, name) is not None:
            args[name] = at.path(getattr(spec, name))
    if spec.stdin is not None:
        args["stdin"] = at.text(spec.stdin)
        if not spec.stdin.shell().endswith("\n"):
            args["stdin_add_newline"] = False
        elif args["stdin"].endswith("\n"):
            args["stdin"] = args["stdin"][:-1]
    extra: dict[str, Any] = {}
    if spec.effect == "reads":
        extra = {"changed_when": False, "check_mode": False}
    elif spec.unchanged and not spec.output and spec.log is None:
        extra["register"] = register = at.register("done")
        said = f"({register}.stdout + {register}.stderr)"
        extra["changed_when"] = f"{said} is not ansible.builtin.search({spec.unchanged!r})"
    elif spec.creates is None and spec.removes is None:
        extra["changed_when"] = True
    return [Task(module, args, extra, environment=True, own=own)]


def _left_running(spec: Any, at: Place) -> list[Task]:
    """A command that goes on when the task is over, as it does when the script is."""
    text, own = _line(spec, at)
    quiet = "" if re.search(r"[^&]>", text) else " > /dev/null 2>&1"
    args = {"cmd": f"nohup {text}{quiet} &", "executable": BASH, **_directory(at)}
    return [Task("ansible.builtin.shell", args, {"changed_when": True}, environment=True, own=own)]


def _directory(at: Place) -> dict[str, str]:
    """Nothing where a login is in that directory anyway."""
    context = at.resource.context
    home = context.cwd == Value(Variable("HOME")) and context.user is None
    return {} if home or not context.cwd else {"chdir": at.cwd}


def _line(spec: Any, at: Place) -> tuple[str, dict[str, str]]:
    source = Value(*spec.source.parts)
    if spec.log is not None:
        source = source + f" {'>>' if spec.append_log else '>'} " + _word(spec.log) + " 2>&1"
    text, own = at.shell(source)
    return text.strip("\n"), own


def _word(value: Value) -> Value:
    return value if value.text is not None and " " not in value.text else Value.of('"') + value + Value.of('"')


def capture(spec: Any, at: Place) -> list[Task]:
    """What a command prints, kept under the name of the result."""
    text, own = at.shell(spec.source)
    extra: dict[str, Any] = {"changed_when": bool(spec.changes)}
    if not spec.strict:
        extra["failed_when"] = False
    if not spec.changes:
        extra["check_mode"] = False
    module, args = by_shell(text, pipefail=spec.pipefail)
    return [Task(module, {**args, **_directory(at)}, extra, environment=True, own=own)]


def assertion(spec: Any, at: Place) -> list[Task]:
    """What has to hold for the play to go on."""
    said = at.text(spec.message) or "The script stops here"
    that = at.checks.when(spec.condition)
    return [Task("ansible.builtin.assert", {"that": that, "fail_msg": said, "quiet": True}, looks=True)]


def unresolved(spec: Any, at: Place) -> list[Task]:
    """What only a person can decide: the play stops here until it is done."""
    place = ", ".join(span.lines() for span in at.resource.origin.spans) or "the script"
    text = f"{place}: a person has to decide what becomes of {spec.source.shell()}: {spec.reason}"
    return [Task("ansible.builtin.fail", {"msg": inert(" ".join(text.split()))}, looks=True)]


def http_check(spec: Any, at: Place) -> list[Task]:
    """An address that has to answer."""
    args = at.some(url=spec.url, headers=spec.headers, body=spec.body, return_content=spec.contains is not None)
    if spec.method != "GET":
        args["method"] = spec.method
    status = spec.status.text if spec.status is not None else None
    args["status_code"] = (
        int(status) if status and status.isdigit() else at.text(spec.status) if spec.status else _ANSWERS
    )
    args["follow_redirects"] = "safe" if spec.follow else "none"
    if spec.timeout is not None:
        args["timeout"] = number(spec.timeout, at)
    if spec.insecure:
        args["validate_certs"] = False
    extra: dict[str, Any] = {}
    if spec.contains is not None:
        name = at.register("answer")
        wrong = f"({name}.content is defined and {expression(spec.contains, at.names)} not in {name}.content)"
        extra = {"register": name, "failed_when": f"{name} is failed or {wrong}"}
    return [Task("ansible.builtin.uri", args, extra | _tries(spec, at, extra.get("register")))]


def _tries(spec: Any, at: Place, register: str | None) -> dict[str, Any]:
    """How often it is asked again; a loop of the script around it says more than the command itself."""
    if spec.retries is None or at.resource.retry is not None:
        return {}
    name = register or at.register("answer")
    delay = number(spec.delay, at) if spec.delay is not None else 1
    return {"register": name, "until": f"{name} is not failed", "retries": number(spec.retries, at), "delay": delay}


def http_request(spec: Any, at: Place) -> list[Task]:
    """A request that makes a service do something; the host stays as it is."""
    types = [value.text or "" for name, value in spec.headers if name.lower() == "content-type"]
    args: dict[str, Any] = at.some(url=spec.url, body=spec.body, url_username=spec.login, url_password=spec.password)
    headers = at.some(headers=spec.headers).get("headers", {})
    if spec.body is not None and not types:
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    if headers:
        args["headers"] = headers
    if any("json" in text for text in types):
        args["body_format"] = "json"
    if spec.login is not None:
        args["force_basic_auth"] = True
    args |= {"method": spec.method, "follow_redirects": "all" if spec.follow else "none"}
    if spec.timeout is not None:
        args["timeout"] = number(spec.timeout, at)
    if spec.insecure:
        args["validate_certs"] = False
    if spec.fails:
        return [Task("ansible.builtin.uri", {**args, "status_code": _ANSWERS})]
    name = at.register("answer")
    # The status is -1 where nothing answers; any other answer is a success for curl without `-f`.
    return [Task("ansible.builtin.uri", args, {"register": name, "failed_when": f"{name}.status | default(-1) < 100"})]


def number(value: Value, at: Place) -> int | str:
    """A number where the text is one."""
    text = at.text(value)
    return int(text) if text.isdigit() else text


def port_wait(spec: Any, at: Place) -> list[Task]:
    """A port that has to be open."""
    args: dict[str, Any] = {"port": number(spec.port, at), **at.some(host=spec.host)}
    if spec.timeout is not None:
        args["timeout"] = number(spec.timeout, at)
    state = {"open": "started", "closed": "stopped"}.get(spec.state, spec.state)
    return [Task("ansible.builtin.wait_for", {**args, "state": state})]


def pause(spec: Any, at: Place) -> list[Task]:
    """A wait of so many seconds, which a run in check mode has no use for; the module counts whole ones."""
    seconds = number(spec.seconds, at)
    if isinstance(seconds, str) and re.fullmatch(r"\d*\.\d+", seconds):
        seconds = math.ceil(float(seconds))
    return [Task("ansible.builtin.wait_for", {"timeout": seconds}, {"when": "not ansible_check_mode"})]

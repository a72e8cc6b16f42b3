"""What stays a command, and what only looks: checks, waits, demands, questions to a person."""

from __future__ import annotations

from typing import Any

from converter.model.value import Value
from converter.render.ansible.names import snake
from converter.render.ansible.task import Place, Task
from converter.render.ansible.value import expression, inert, shell_template

BASH = "/bin/bash"


def command(spec: Any, at: Place) -> list[Task]:
    """A command as it is: words where it is simple, a shell where it is not."""
    args: dict[str, Any] = {}
    shell = not spec.argv or spec.log is not None
    if shell:
        args["cmd"] = _line(spec, at)
        args["executable"] = BASH
    else:
        args["argv"] = at.texts(spec.argv)
    args["chdir"] = at.cwd
    if at.resource.context.cwd.text is None and at.cwd == "{{ ansible_facts['user_dir'] }}":
        del args["chdir"]
    args |= at.some(creates=spec.creates, removes=spec.removes)
    if spec.stdin is not None:
        args["stdin"] = at.text(spec.stdin)
    extra: dict[str, Any] = {}
    if spec.output:
        extra["register"] = f"{at.role}_{snake(spec.output)}_output"
    if spec.creates is None and spec.removes is None:
        extra["changed_when"] = spec.effect != "reads"
    tasks = [Task(f"ansible.builtin.{'shell' if shell else 'command'}", args, extra, environment=True)]
    if spec.output:
        known = at.names.get(spec.output, snake(spec.output))
        fact = {known: f"{{{{ {extra['register']}.stdout | default('') }}}}"}
        tasks.append(Task("ansible.builtin.set_fact", fact, suffix="keep the output of"))
    return tasks


def _line(spec: Any, at: Place) -> str:
    text = shell_template(spec.source, at.names).strip("\n")
    if spec.log is not None:
        text = f"{text} {'>>' if spec.append_log else '>'} {at.text(spec.log)}"
    return f"set -o pipefail\n{text}" if "|" in text.replace("||", "") else text


def capture(spec: Any, at: Place) -> list[Task]:
    """What a command prints, kept in a variable."""
    register = f"{at.role}_{snake(spec.variable)}_output"
    text = shell_template(spec.source, at.names)
    cmd = f"set -o pipefail\n{text}" if "|" in text.replace("||", "") else text
    args = {"cmd": cmd, "executable": BASH, "chdir": at.cwd}
    extra: dict[str, Any] = {"register": register, "changed_when": bool(spec.changes)}
    if not spec.changes:
        extra["check_mode"] = False
    name = at.names.get(spec.variable, snake(spec.variable))
    return [
        Task("ansible.builtin.shell", args, extra, suffix="ask for", environment=True),
        Task("ansible.builtin.set_fact", {name: f"{{{{ {register}.stdout | default('') }}}}"}),
    ]


def assertion(spec: Any, at: Place) -> list[Task]:
    """What has to hold for the play to go on."""
    said = at.text(spec.message)
    return [Task("ansible.builtin.assert", {"that": at.checks.when(spec.condition), "fail_msg": said, "quiet": True})]


def unresolved(spec: Any, at: Place) -> list[Task]:
    """What only a person can decide: the play stops here until it is done."""
    place = ", ".join(span.lines() for span in at.resource.origin.spans) or "the script"
    text = f"{place}: {spec.reason}. Decide what becomes of: {spec.source.shell()}"
    return [Task("ansible.builtin.fail", {"msg": inert(text)})]


def http_check(spec: Any, at: Place) -> list[Task]:
    """An address that has to answer."""
    args = at.some(
        url=spec.url,
        timeout=spec.timeout,
        headers=spec.headers,
        body=spec.body,
        return_content=spec.contains is not None,
    )
    if spec.method != "GET":
        args["method"] = spec.method
    status = spec.status.text if spec.status is not None else None
    args["status_code"] = (
        int(status) if status and status.isdigit() else [200, 201, 202, 204, 301, 302, 303, 304, 307, 308]
    )
    args["follow_redirects"] = "safe" if spec.follow else "none"
    if spec.insecure:
        args["validate_certs"] = False
    extra: dict[str, Any] = {}
    if spec.contains is not None:
        wanted = condition_of_text(spec.contains, at)
        extra = {
            "register": f"{at.role}_answer",
            "failed_when": f"{wanted} not in ({at.role}_answer.content | default(''))",
        }
    return [Task("ansible.builtin.uri", args, extra)]


def condition_of_text(value: Value, at: Place) -> str:
    """The value as an expression."""
    return expression(value, at.names)


def port_wait(spec: Any, at: Place) -> list[Task]:
    """A port that has to be open."""
    args = at.some(port=spec.port, host=spec.host, timeout=spec.timeout)
    state = {"open": "started", "closed": "stopped"}.get(spec.state, spec.state)
    return [Task("ansible.builtin.wait_for", {**args, "state": state})]


def pause(spec: Any, at: Place) -> list[Task]:
    """A wait of so many seconds."""
    return [Task("ansible.builtin.wait_for", {"timeout": at.text(spec.seconds)})]

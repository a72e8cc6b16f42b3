"""Services and processes: systemd, supervisor, pm2, and programs that the script started by hand."""

from __future__ import annotations

import re
from typing import Any

from converter.model.paths import absolute
from converter.model.value import Literal, Value
from converter.render.ansible.around import login_name
from converter.render.ansible.kinds.commands import number
from converter.render.ansible.kinds.files import add_template, template_text
from converter.render.ansible.names import slug
from converter.render.ansible.task import Place, Task
from converter.render.ansible.value import expression

_LOOK: dict[str, Any] = {"changed_when": False, "failed_when": False, "check_mode": False}
# Where systemd seeks programs (systemd.exec(5), ExecSearchPath=).
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_USER_BUS = {"XDG_RUNTIME_DIR": "/run/user/{{ ansible_facts['user_uid'] }}"}


def service(spec: Any, at: Place) -> list[Task]:
    """A systemd unit: running, restarted, enabled at boot."""
    args: dict[str, Any] = {"name": at.text(spec.name)}
    if spec.state != "unchanged":
        args["state"] = spec.state
    for field in ("enabled", "masked"):
        if getattr(spec, field) is not None:
            args[field] = getattr(spec, field)
    return [_systemd({**args, **at.some(daemon_reload=spec.daemon_reload)}, spec)]


def systemd_reload(spec: Any, at: Place) -> list[Task]:
    """Unit files read anew, which is nothing that a host could be different by."""
    del at
    return [_systemd({"daemon_reload": True}, spec)]


def _systemd(args: dict[str, Any], spec: Any) -> Task:
    if not spec.user_scope:
        return Task("ansible.builtin.systemd_service", args)
    return Task("ansible.builtin.systemd_service", {**args, "scope": "user"}, own=dict(_USER_BUS))


def supervised_program(spec: Any, at: Place) -> list[Task]:
    """A program of supervisor, or with a colon at its end a group of them."""
    args = at.some(name=spec.name, config=spec.config, state=spec.state)
    args["name"] = args["name"].removesuffix("*")
    return [Task("community.general.supervisorctl", args)]


def supervisor_update(spec: Any, at: Place) -> list[Task]:
    """Supervisor reads its configuration, and with `update` starts what changed; it prints only what it changes."""
    config = ["-c", at.text(spec.config)] if spec.config is not None else []
    register = at.register("supervisor")
    verb = "update" if spec.apply else "reread"
    extra = {
        "register": register,
        "changed_when": f"'No config updates' not in {register}.stdout and {register}.stdout | length > 0",
    }
    return [Task("ansible.builtin.command", {"argv": ["env", "supervisorctl", *config, verb]}, extra)]


def process(spec: Any, at: Place) -> list[Task]:
    """A program that the script left running: a unit of systemd keeps it running, also after a reboot."""
    name = slug(re.sub(r"\.\w+$", "", spec.name.text or spec.name.shell())).replace("_", "-")
    if spec.state in ("stopped", "absent"):
        return _ended(spec, at, name) if spec.unit else _stopped(spec, at)
    unit = f"/etc/systemd/system/{name}.service"
    tasks: list[Task] = []
    if not at.resource.handler:
        tasks += [_once(spec, at, unit)] if spec.stop_pattern is not None or _by_number(spec) else []
        source = add_template(at, f"{name}.service.j2", _unit(spec, at))
        args: dict[str, Any] = {"src": source, "dest": unit, "mode": "0644"}
        title = at.planned.get(spec.identity(), f"Restart {name}")
        restart: dict[str, Any] = {"name": f"{name}.service", "state": "restarted", "daemon_reload": True}
        if title not in at.planned.values():
            at.handlers[title] = Task("ansible.builtin.systemd_service", restart, {"become": True})
        tasks.append(Task("ansible.builtin.template", args, {"become": True}, suffix="Write the unit", notify=(title,)))
    state = "restarted" if spec.stop or at.resource.handler else "started"
    args = {"name": f"{name}.service", "state": state, "enabled": True, "daemon_reload": True}
    return [*tasks, Task("ansible.builtin.systemd_service", args, {"become": True})]


def _once(spec: Any, at: Place, unit: str) -> Task:
    """What the script itself once started would keep the port."""
    told: dict[str, Any] = {
        "suffix": "Stop the one without a unit",
        "comments": ("Only the first time: afterwards the unit is there.",),
    }
    if _by_number(spec):
        path = at.path(spec.pid_file)
        command = f'if kill -0 "$(cat "{path}")"; then {_kill(spec, path, at)}; fi && rm -f "{path}"'
        args = {"cmd": command, "removes": path, "creates": unit, "executable": "/bin/bash"}
        return Task("ansible.builtin.shell", args, **told)
    register = at.register("before")
    extra = {"register": register, "changed_when": f"{register}.rc == 0", "failed_when": f"{register}.rc > 1"}
    return Task("ansible.builtin.command", {"argv": _pkill(spec, at), "creates": unit}, extra, **told)


def _by_number(spec: Any) -> bool:
    """Whether the one that runs is found by the file with its number alone."""
    return (spec.replaces or spec.state == "stopped") and spec.stop_pattern is None and spec.pid_file is not None


def _kill(spec: Any, path: str, at: Place) -> str:
    signal = f"-{at.text(spec.signal)} " if spec.signal is not None else ""
    return f'kill {signal}"$(cat "{path}")"'


def _stopped(spec: Any, at: Place) -> list[Task]:
    if _by_number(spec):
        path = at.path(spec.pid_file)
        args = {"cmd": f'{_kill(spec, path, at)} && rm -f "{path}"', "removes": path, "executable": "/bin/bash"}
        return [Task("ansible.builtin.shell", args)]
    register = at.register("stopped")
    extra = {"register": register, "changed_when": f"{register}.rc == 0", "failed_when": f"{register}.rc > 1"}
    return [Task("ansible.builtin.command", {"argv": _pkill(spec, at)}, extra)]


def _ended(spec: Any, at: Place, name: str) -> list[Task]:
    """The unit is stopped where it is there; before that, what the script itself once started."""
    unit = f"/etc/systemd/system/{name}.service"
    register = at.register("unit")
    looks = {"register": register}
    look = Task("ansible.builtin.stat", {"path": unit}, looks, suffix="Look for the unit", looks=True)
    old = _stopped(spec, at)[-1]
    old.extra["when"] = f"not {register}.stat.exists"
    old.suffix = "Stop the one without a unit"
    tasks = [look, old]
    if spec.settle is not None:
        wait = {"when": [f"not {register}.stat.exists", "not ansible_check_mode"]}
        tasks.append(Task("ansible.builtin.wait_for", {"timeout": number(spec.settle, at)}, wait, suffix="Let it end"))
    args = {"name": f"{name}.service", "state": "stopped"}
    stop = Task("ansible.builtin.systemd_service", args, {"become": True, "when": f"{register}.stat.exists"})
    return [*tasks, stop]


def _pkill(spec: Any, at: Place) -> list[str]:
    signal = [f"-{at.text(spec.signal)}"] if spec.signal is not None else []
    whole = ["-f"] if spec.full else []
    return ["pkill", *signal, *whole, at.text(spec.stop_pattern or spec.name)]


def _unit(spec: Any, at: Place) -> str:
    context = at.resource.context
    cwd = spec.cwd or context.cwd
    user = login_name(context)
    login = template_text(user, at) if user is not None else "{{ ansible_facts['user_id'] }}"
    lines = [
        "[Unit]",
        f"Description={_plain(spec.name, at)}",
        "After=network-online.target",
        "Wants=network-online.target",
        "",
    ]
    lines += ["[Service]", f"User={login}", f"WorkingDirectory={_plain(cwd, at)}"]
    exported = dict(context.environment)
    if "VIRTUAL_ENV" in exported and "PATH" not in exported:
        exported["PATH"] = exported["VIRTUAL_ENV"] + f"/bin:{_SYSTEM_PATH}"
    lines += [f"Environment={_word(Value.of(f'{name}=') + value, at)}" for name, value in exported.items()]
    alone = not re.search(r"[;&|\n]", "".join(part.text for part in spec.command.parts if isinstance(part, Literal)))
    run = Value.of("exec ") + spec.command if alone else spec.command
    lines.append(f"ExecStart=/bin/bash -c {_word(run, at, command=True)}")
    if spec.log is not None:
        log, how = _plain(absolute(cwd, spec.log), at), "append" if spec.append_log else "truncate"
        lines += [f"StandardOutput={how}:{log}", *([] if spec.error_log else ["StandardError=inherit"])]
    if spec.error_log is not None:
        log, how = _plain(absolute(cwd, spec.error_log), at), "append" if spec.append_errors else "truncate"
        lines.append(f"StandardError={how}:{log}")
    if spec.pid_file is not None:
        kept = Value.of('echo "$MAINPID" > ') + absolute(cwd, spec.pid_file)
        lines.append(f"ExecStartPost=/bin/bash -c {_word(kept, at, command=True)}")
    if spec.signal is not None:
        lines.append(f"KillSignal=SIG{(spec.signal.text or 'TERM').upper().removeprefix('SIG')}")
    return "\n".join([*lines, "Restart=on-failure", "", "[Install]", "WantedBy=multi-user.target", ""])


def _plain(value: Value, at: Place) -> str:
    """Text of a unit file, in which `%` begins a specifier and a line end ends the setting, see systemd.unit(5)."""
    return template_text(_each(value, lambda text: re.sub(r"\s+", " ", text).replace("%", "%%")), at)


def _word(value: Value, at: Place, *, command: bool = False) -> str:
    """One word, see systemd.service(5) under "Command lines"; only there `$` is a variable."""

    def quoted(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
        return escaped.replace("$", "$$") if command else escaped

    return f'"{template_text(_each(value, quoted), at)}"'


def _each(value: Value, change: Any) -> Value:
    return value.map(lambda part: Literal(change(part.text)) if isinstance(part, Literal) else part)


def pm2_process(spec: Any, at: Place) -> list[Task]:
    """A process of pm2: what runs is known to pm2 alone, so it is asked first."""
    name, register = at.text(spec.name), at.register("pm2")
    place = {"chdir": at.text(spec.cwd)}
    verb = {
        "restarted": "restart",
        "reloaded": "reload",
        "stopped": "stop",
        "absent": "delete",
        "started": "start",
    }.get(spec.state)
    argv = ["pm2", verb or "startOrReload", *_subject(spec, at, name), *at.texts(spec.options)]
    argv += ["--", *at.texts(spec.arguments)] if spec.arguments else []
    run = Task("ansible.builtin.command", {"argv": argv, **place}, {"changed_when": True}, environment=True)
    known = spec.script is not None and spec.state in ("restarted", "reloaded")
    if verb is None or (verb in ("restart", "reload") and not known):
        return [run]
    ask = ["pm2", "prettylist"] if spec.ecosystem is not None and verb == "start" else ["pm2", "describe", name]
    look = Task(
        "ansible.builtin.command",
        {"argv": ask},
        {"register": register, **_LOOK},
        suffix="Ask pm2",
        environment=True,
        looks=True,
    )
    run.extra["when"] = _wanted(spec, at, register, verb)
    started = f"{at.role}_{slug(name)}_started"
    if not known:
        run.extra |= {"register": started} if verb == "start" and spec.script is not None else {}
        return [look, run]
    start = ["pm2", "start", at.text(spec.script), "--name", name, *at.texts(spec.options)]
    start += ["--", *at.texts(spec.arguments)] if spec.arguments else []
    extra = {"changed_when": True, "when": f"{register}.rc != 0"}
    fresh = [option for option in at.texts(spec.options) if option == "--update-env"]
    again = {"argv": ["pm2", verb, name, *fresh], **place}
    # What has just been started is new enough.
    new = [f"{started} | default({{}}) is not changed"] if at.resource.handler else []
    when = [f"{register}.rc == 0", *new] if new else f"{register}.rc == 0"
    run = Task("ansible.builtin.command", again, {**run.extra, "when": when}, environment=True)
    first = Task("ansible.builtin.command", {"argv": start, **place}, extra, suffix="Start it", environment=True)
    return [look, first, run]


def _subject(spec: Any, at: Place, name: str) -> list[str]:
    """The file to start, or the name of what is known already."""
    if spec.state in ("started", "start_or_reload") and spec.ecosystem is not None:
        return [at.text(spec.ecosystem)]
    if spec.state == "started" and spec.script is not None:
        return [at.text(spec.script), "--name", name]
    return [name]


def _wanted(spec: Any, at: Place, register: str, verb: str) -> str:
    if verb == "start" and spec.ecosystem is not None:
        return f"{expression(spec.cwd, at.names)} not in {register}.stdout | default('')"
    return {"start": f"'online' not in {register}.stdout", "stop": f"'online' in {register}.stdout"}.get(
        verb, f"{register}.rc == 0"
    )


def pm2_saved(spec: Any, at: Place) -> list[Task]:
    """The list of processes that pm2 starts again after a reboot."""
    user = login_name(at.resource.context)
    login = at.text(user) if user is not None else "{{ ansible_facts['user_id'] }}"
    if spec.startup:
        argv = ["pm2", "startup", "systemd", "-u", login, "--hp", "{{ ansible_facts['user_dir'] }}"]
        args = {"argv": argv, "creates": f"/etc/systemd/system/pm2-{login}.service"}
        return [Task("ansible.builtin.command", args, {"become": True}, environment=True)]
    register = at.register("pm2_list")
    lines = [
        "set -o pipefail",
        """listed() { grep -E '"(name|pm_exec_path|args|instances)":' ~/.pm2/dump.pm2 2>&1; }""",
        "before=$(listed || true)",
        "pm2 save",
        'test "$before" = "$(listed || true)" || echo The list is new',
    ]
    extra = {"register": register, "changed_when": f"'The list is new' in {register}.stdout"}
    return [
        Task("ansible.builtin.shell", {"cmd": "\n".join(lines), "executable": "/bin/bash"}, extra, environment=True)
    ]

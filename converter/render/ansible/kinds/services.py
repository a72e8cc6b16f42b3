"""Services and processes: systemd, supervisor, pm2, and programs that the script started by hand."""

from __future__ import annotations

from typing import Any

from converter.model.tree import TreeFile
from converter.render.ansible.kinds.files import template_text
from converter.render.ansible.names import slug
from converter.render.ansible.task import Place, Task


def service(spec: Any, at: Place) -> list[Task]:
    """A systemd unit: running, restarted, enabled at boot."""
    args: dict[str, Any] = {"name": at.text(spec.name)}
    if spec.state != "unchanged":
        args["state"] = spec.state
    for field in ("enabled", "masked"):
        if getattr(spec, field) is not None:
            args[field] = getattr(spec, field)
    if spec.daemon_reload:
        args["daemon_reload"] = True
    if spec.user_scope:
        args["scope"] = "user"
    return [Task("ansible.builtin.systemd_service", args)]


def systemd_reload(spec: Any, at: Place) -> list[Task]:
    """Unit files read anew."""
    del at
    args: dict[str, Any] = {"daemon_reload": True}
    if spec.user_scope:
        args["scope"] = "user"
    return [Task("ansible.builtin.systemd_service", args)]


def supervised_program(spec: Any, at: Place) -> list[Task]:
    """A program of supervisor."""
    args = at.some(name=spec.name, config=spec.config, state=spec.state)
    return [Task("community.general.supervisorctl", args)]


def supervisor_update(spec: Any, at: Place) -> list[Task]:
    """Supervisor reads its configuration, and starts what changed."""
    config = ["-c", at.text(spec.config)] if spec.config is not None else []
    verb = "update" if spec.apply else "reread"
    name = f"{slug(at.role)}_supervisor"
    extra = {"register": name, "changed_when": f"{name}.stdout | length > 0"}
    return [Task("ansible.builtin.command", {"argv": ["supervisorctl", *config, verb]}, extra)]


def process(spec: Any, at: Place) -> list[Task]:
    """A program that the script left running: a unit of systemd keeps it running, also after a reboot."""
    name = slug(at.text(spec.name).replace(".jar", "")).replace("_", "-")
    if spec.state in ("stopped", "absent"):
        return [Task("ansible.builtin.systemd_service", {"name": f"{name}.service", "state": "stopped"})]
    path = f"roles/{at.role}/templates/{name}.service.j2"
    if not any(found.path == path for found in at.files):
        at.files.append(TreeFile(path=path, text=_unit(spec, at)))
    unit = Task(
        "ansible.builtin.template",
        {"src": f"{name}.service.j2", "dest": f"/etc/systemd/system/{name}.service", "mode": "0644"},
        {"become": True},
        suffix="write the unit of",
    )
    args = {"name": f"{name}.service", "state": "restarted" if spec.stop else "started", "enabled": True}
    return [unit, Task("ansible.builtin.systemd_service", {**args, "daemon_reload": True}, {"become": True})]


def _unit(spec: Any, at: Place) -> str:
    context = at.resource.context
    lines = ["[Unit]", f"Description={template_text(spec.name, at)}", "After=network-online.target", ""]
    lines += ["[Service]", f"ExecStart=/bin/bash -c {_quoted(template_text(spec.command, at))}"]
    lines.append(f"WorkingDirectory={template_text(spec.cwd or context.cwd, at)}")
    if context.user is not None:
        lines.append(f"User={template_text(context.user, at)}")
    lines += [f"Environment={_quoted(f'{name}={template_text(value, at)}')}" for name, value in context.environment]
    if spec.log is not None:
        log = template_text(spec.log, at)
        lines += [f"StandardOutput=append:{log}", f"StandardError=append:{log}"]
    if spec.signal is not None:
        lines.append(f"KillSignal={template_text(spec.signal, at)}")
    return "\n".join([*lines, "Restart=on-failure", "", "[Install]", "WantedBy=multi-user.target", ""])


def _quoted(text: str) -> str:
    """A word of a unit file, see systemd.service(5) under "Command lines": `%` and `$` would be expanded."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return '"' + escaped.replace("%", "%%").replace("{%%", "{%").replace("%%}", "%}") + '"'


def pm2_process(spec: Any, at: Place) -> list[Task]:
    """A process of pm2: what it runs is known to pm2 alone, so pm2 is asked first."""
    subject = spec.ecosystem or spec.script or spec.name
    name = at.text(spec.name)
    verbs = {"restarted": "restart", "reloaded": "reload", "stopped": "stop", "absent": "delete", "started": "start"}
    verb = verbs.get(spec.state, "startOrReload")
    argv = ["pm2", verb, at.text(subject) if verb in ("start", "startOrReload") else name]
    if verb == "start":
        argv += [*(["--name", name] if spec.script is not None else []), *at.texts(spec.options)]
        argv += ["--", *at.texts(spec.arguments)] if spec.arguments else []
    else:
        argv += at.texts(spec.options)
    args = {"argv": argv, "chdir": at.text(spec.cwd)}
    return [Task("ansible.builtin.command", args, {"changed_when": True}, environment=True)]


def pm2_saved(spec: Any, at: Place) -> list[Task]:
    """The list of processes that pm2 starts again after a reboot."""
    verb = ["startup"] if spec.startup else ["save"]
    return [Task("ansible.builtin.command", {"argv": ["pm2", *verb]}, {"changed_when": True}, environment=bool(at))]

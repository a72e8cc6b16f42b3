"""Users, groups, keys, schedules."""

from __future__ import annotations

from typing import Any

from converter.render.ansible.task import Place, Task
from converter.render.ansible.value import expression, inert


def user(spec: Any, at: Place) -> list[Task]:
    """An account. What useradd and usermod leave alone is left alone."""
    args: dict[str, Any] = {"name": at.text(spec.name)}
    if spec.state == "absent":
        return [
            Task("ansible.builtin.user", {**args, "state": "absent", **at.some(remove=spec.remove, force=spec.force)})
        ]
    args |= at.some(
        home=spec.home,
        move_home=spec.move_home,
        shell=spec.shell,
        groups=spec.groups,
        group=spec.primary_group,
        append=spec.append,
        system=spec.system,
        non_unique=spec.non_unique,
        comment=spec.comment,
    )
    # The module would make a home where the script makes none.
    args["create_home"] = bool(spec.create_home)
    for name in ("uid", "expires"):
        value = getattr(spec, name)
        if value is not None:
            args[name] = _number(at.text(value))
    if spec.password_lock is not None:
        args["password_lock"] = spec.password_lock
    if spec.password is not None:
        args |= {
            "password": at.text(spec.password) if spec.hashed else _hashed(spec, at),
            "update_password": "always",
        }
        return [Task("ansible.builtin.user", args, {"no_log": True})]
    return [Task("ansible.builtin.user", args)]


def _number(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _hashed(spec: Any, at: Place) -> str:
    """A password in clear is hashed with the same salt each time, so that nothing changes the second time; a hash
    stays."""
    if spec.hashed or (spec.password.text or "").startswith("$"):
        return at.text(spec.password)
    clear = expression(spec.password, at.names)
    clear = f"({clear})" if len(spec.password.parts) > 1 else clear
    return f"{{{{ {clear} | password_hash('sha512', 65534 | random(seed=inventory_hostname) | string) }}}}"


def group(spec: Any, at: Place) -> list[Task]:
    """A group."""
    args = at.some(name=spec.name, system=spec.system)
    if spec.gid is not None:
        args["gid"] = _number(at.text(spec.gid))
    return [Task("ansible.builtin.group", {**args, "state": spec.state})]


def authorized_key(spec: Any, at: Place) -> list[Task]:
    """A key that may log in."""
    args = at.some(user=spec.user, key=spec.key, path=spec.path, exclusive=spec.exclusive)
    return [Task("ansible.posix.authorized_key", args)]


def cron_job(spec: Any, at: Place) -> list[Task]:
    """A line of a crontab, with a comment by which it is found again."""
    name = at.text(spec.name) if spec.name is not None else inert(" ".join(spec.job.shell().split())[:60])
    place = at.some(user=spec.user, cron_file=spec.file)
    args = {"name": name, **place}
    if spec.state == "present":
        times = {
            "minute": spec.minute,
            "hour": spec.hour,
            "day": spec.day,
            "month": spec.month,
            "weekday": spec.weekday,
        }
        args |= at.some(job=spec.job, special_time=spec.special, **times)
    else:
        args["state"] = "absent"
    if "cron_file" in args:
        args.setdefault("user", "root")
    variables = [
        Task("community.general.cronvar", {"name": key, "value": at.text(value), **place}, suffix=f"Set {key}")
        for key, value in spec.variables
    ]
    return [*variables, Task("ansible.builtin.cron", args)]

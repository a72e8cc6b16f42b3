"""Users, groups, keys, schedules."""

from __future__ import annotations

from typing import Any

from converter.model.value import Value
from converter.render.ansible.names import slug
from converter.render.ansible.task import Place, Task


def user(spec: Any, at: Place) -> list[Task]:
    """An account. What useradd leaves alone is left alone."""
    args = at.some(
        name=spec.name,
        home=spec.home,
        move_home=spec.move_home,
        shell=spec.shell,
        groups=spec.groups,
        group=spec.primary_group,
        append=spec.append,
        system=spec.system,
        uid=spec.uid,
        non_unique=spec.non_unique,
        comment=spec.comment,
        expires=spec.expires,
        remove=spec.remove,
        force=spec.force,
    )
    if spec.create_home is not None:
        args["create_home"] = spec.create_home
    if spec.password_lock is not None:
        args["password_lock"] = spec.password_lock
    if spec.state != "present":
        args["state"] = spec.state
    extra: dict[str, Any] = {}
    if spec.password is not None:
        args["password"] = _hashed(spec.password, at)
        args["update_password"] = "always"
        extra["no_log"] = True
    return [Task("ansible.builtin.user", args, extra)]


def _hashed(password: Value, at: Place) -> str:
    """A password in clear is hashed; one that is hashed already stays. The salt is fixed, so that nothing changes the second time."""
    text = at.text(password)
    if (password.text or "").startswith("$"):
        return text
    inner = text.removeprefix("{{ ").removesuffix(" }}")
    salt = slug(at.text(at.resource.spec.name)).replace("_", "")[:16]  # type: ignore[attr-defined]
    return f"{{{{ {inner} | password_hash('sha512', '{salt}') }}}}" if text.startswith("{{ ") else text


def group(spec: Any, at: Place) -> list[Task]:
    """A group."""
    args = at.some(name=spec.name, gid=spec.gid, system=spec.system)
    return [Task("ansible.builtin.group", {**args, "state": spec.state})]


def authorized_key(spec: Any, at: Place) -> list[Task]:
    """A key that may log in."""
    args = at.some(user=spec.user, key=spec.key, path=spec.path, exclusive=spec.exclusive)
    return [Task("ansible.posix.authorized_key", args)]


def cron_job(spec: Any, at: Place) -> list[Task]:
    """A line of a crontab, with a comment by which it is found again."""
    name = at.text(spec.name) if spec.name is not None else " ".join(spec.job.shell().split())[:60]
    args = {"name": name.replace("{{", "").replace("}}", "").strip()}
    args |= at.some(
        job=spec.job,
        user=spec.user,
        minute=spec.minute,
        hour=spec.hour,
        day=spec.day,
        month=spec.month,
        weekday=spec.weekday,
        special_time=spec.special,
        cron_file=spec.file,
    )
    if spec.state != "present":
        args["state"] = spec.state
        args.pop("job", None)
    variables = [
        Task(
            "community.general.cronvar",
            {"name": name_, "value": at.text(value), **at.some(user=spec.user, cron_file=spec.file)},
            suffix=f"set {name_} for",
        )
        for name_, value in spec.variables
    ]
    return [*variables, Task("ansible.builtin.cron", args)]

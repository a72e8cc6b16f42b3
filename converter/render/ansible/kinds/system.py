"""The host itself: firewall, name, time, kernel, mounts, web server modules."""

from __future__ import annotations

from typing import Any

from converter.render.ansible.task import Place, Task


def firewall_rule(spec: Any, at: Place) -> list[Task]:
    """A rule of ufw."""
    args = at.some(
        rule=spec.rule,
        port=spec.port,
        proto=spec.proto,
        from_ip=spec.source,
        from_port=spec.source_port,
        to_ip=spec.destination,
        name=spec.app,
        delete=spec.delete,
        interface=spec.interface,
        comment=spec.comment,
        insert=spec.insert,
        route=spec.route,
        log=spec.log,
    )
    if spec.direction:
        args["direction"] = spec.direction
    return [Task("community.general.ufw", args)]


def firewall(spec: Any, at: Place) -> list[Task]:
    """ufw as a whole: its policies, and whether it is on."""
    del at
    tasks = [
        Task("community.general.ufw", {"default": policy, "direction": direction}, suffix=f"{policy} {direction} of")
        for direction, policy in spec.policy
    ]
    if spec.state != "unchanged":
        tasks.append(Task("community.general.ufw", {"state": spec.state}))
    if spec.logging:
        tasks.append(Task("community.general.ufw", {"logging": spec.logging}, suffix="logging of"))
    return tasks


def firewalld_rule(spec: Any, at: Place) -> list[Task]:
    """A rule of firewalld."""
    args = at.some(
        service=spec.service,
        port=spec.port,
        source=spec.source,
        rich_rule=spec.rich_rule,
        interface=spec.interface,
        masquerade=spec.masquerade,
        zone=spec.zone,
        permanent=spec.permanent,
        immediate=spec.immediate,
    )
    return [Task("ansible.posix.firewalld", {**args, "state": spec.state})]


def hostname(spec: Any, at: Place) -> list[Task]:
    """The name of the host."""
    return [Task("ansible.builtin.hostname", {"name": at.text(spec.name)})]


def timezone(spec: Any, at: Place) -> list[Task]:
    """Its time zone."""
    return [Task("community.general.timezone", {"name": at.text(spec.name)})]


def locale(spec: Any, at: Place) -> list[Task]:
    """A locale that is there."""
    return [Task("community.general.locale_gen", {"name": at.text(spec.name), "state": spec.state})]


def sysctl_setting(spec: Any, at: Place) -> list[Task]:
    """A setting of the kernel, now and, if written to a file, after a reboot."""
    args = at.some(name=spec.name, value=spec.value, sysctl_file=spec.file, ignoreerrors=spec.ignore_errors)
    return [Task("ansible.posix.sysctl", {**args, "sysctl_set": True, "state": "present"})]


def kernel_module(spec: Any, at: Place) -> list[Task]:
    """A module of the kernel."""
    args = at.some(name=spec.name, params=spec.parameters)
    return [Task("community.general.modprobe", {**args, "state": spec.state})]


def mount(spec: Any, at: Place) -> list[Task]:
    """A file system in its place."""
    options = ",".join(at.texts(spec.options))
    args = at.some(path=spec.path, src=spec.src, fstype=spec.fstype, opts=options or None)
    state = spec.state if spec.persistent or spec.state != "mounted" else "ephemeral"
    return [Task("ansible.posix.mount", {**args, "state": state})]


def swap_file(spec: Any, at: Place) -> list[Task]:
    """A file that is swapped to: made once, then switched on."""
    path = at.text(spec.path)
    tasks: list[Task] = []
    if spec.size is not None:
        argv = ["fallocate", "-l", at.text(spec.size), path]
        tasks.append(Task("ansible.builtin.command", {"argv": argv, "creates": path}, suffix="allocate"))
        tasks.append(Task("ansible.builtin.file", {"path": path, "mode": "0600"}, suffix="protect"))
    if spec.format:
        name = f"{at.role}_swap_signature"
        look = {"argv": ["blkid", "-p", "-t", "TYPE=swap", path]}
        quiet = {"register": name, "changed_when": False, "failed_when": False, "check_mode": False}
        tasks.append(Task("ansible.builtin.command", look, quiet, suffix="look at"))
        extra = {"when": f"{name}.rc != 0", "changed_when": True}
        tasks.append(Task("ansible.builtin.command", {"argv": ["mkswap", path]}, extra, suffix="format"))
    if spec.enabled is not None:
        off = Task("ansible.builtin.command", {"argv": ["swapoff", path]}, {"changed_when": True})
        tasks.append(_swap(path, at) if spec.enabled else off)
    return tasks


def _swap(path: str, at: Place) -> Task:
    """swapon(8) ends with 255 where the file is in use already."""
    name = f"{at.role}_swap_on"
    extra = {"register": name, "changed_when": f"{name}.rc == 0", "failed_when": f"{name}.rc not in [0, 255]"}
    return Task("ansible.builtin.command", {"argv": ["swapon", path]}, extra)


def apache_module(spec: Any, at: Place) -> list[Task]:
    """A module of Apache."""
    args = at.some(name=spec.name, state=spec.state, force=spec.force)
    return [Task("community.general.apache2_module", args)]


def apache_site(spec: Any, at: Place) -> list[Task]:
    """A site or configuration of Apache that is switched on or off by its link."""
    folder = "sites" if spec.what == "site" else "conf"
    name = at.text(spec.name).removesuffix(".conf")
    dest = f"/etc/apache2/{folder}-enabled/{name}.conf"
    if spec.state == "absent":
        return [Task("ansible.builtin.file", {"path": dest, "state": "absent"})]
    return [Task("ansible.builtin.file", {"src": f"../{folder}-available/{name}.conf", "dest": dest, "state": "link"})]


def reboot(spec: Any, at: Place) -> list[Task]:
    """The host starts again, and the play waits for it."""
    return [Task("ansible.builtin.reboot", at.some(pre_reboot_delay=spec.delay, msg=spec.message))]

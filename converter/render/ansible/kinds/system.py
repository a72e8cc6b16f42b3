"""The host itself: firewall, name, time, kernel, mounts, web server modules."""

from __future__ import annotations

from typing import Any

from converter.render.ansible.kinds.commands import number
from converter.render.ansible.task import KEPT, Place, Task
from converter.render.ansible.value import expression

_LOOK: dict[str, Any] = {"changed_when": False, "failed_when": False, "check_mode": False}


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
        route=spec.route,
        log=spec.log,
        direction=spec.direction or None,
    )
    if spec.insert is not None:
        args["insert"] = number(spec.insert, at)
    # The module wants a direction beside an interface, ufw means the incoming one.
    if spec.interface is not None and not spec.direction:
        args["direction"] = "in"
    return [Task("community.general.ufw", args)]


def firewall(spec: Any, at: Place) -> list[Task]:
    """ufw as a whole: its policies, and whether it is on."""
    del at
    tasks = [
        Task("community.general.ufw", {"default": policy, "direction": direction}, suffix=f"{policy} {direction}")
        for direction, policy in spec.policy
    ]
    if spec.logging:
        tasks.append(Task("community.general.ufw", {"logging": spec.logging}, suffix="Logging"))
    if spec.state != "unchanged":
        tasks.append(Task("community.general.ufw", {"state": spec.state}))
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
    """A setting of the kernel; the module always writes it to a file too, so one for now alone is set by sysctl."""
    if spec.persistent:
        args = at.some(name=spec.name, value=spec.value, sysctl_file=spec.file, ignoreerrors=spec.ignore_errors)
        return [Task("ansible.posix.sysctl", {**args, "sysctl_set": True, "state": "present"})]
    register = at.register("sysctl")
    ask = Task(
        "ansible.builtin.command",
        {"argv": ["sysctl", "-n", at.text(spec.name)]},
        {"register": register, **_LOOK},
        suffix="Ask for it",
        looks=True,
    )
    wanted = f"({expression(spec.value, at.names)}) | string | split | join(' ')"
    when = f"{register}.stdout | default('') | split | join(' ') != ({wanted})"
    extra: dict[str, Any] = {"changed_when": True, "when": when}
    if spec.ignore_errors:
        extra["failed_when"] = False
    argv = ["sysctl", "-w", f"{at.text(spec.name)}={at.text(spec.value)}"]
    said = f"{KEPT}the module would also write it to a file, for the time after a restart"
    return [ask, Task("ansible.builtin.command", {"argv": argv}, extra, comments=(said,))]


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
    path = at.path(spec.path)
    tasks: list[Task] = []
    if spec.size is not None:
        size = at.text(spec.size)
        argv = ["fallocate", "-l", size, path]
        if spec.written:
            argv = ["dd", "if=/dev/zero", f"of={path}", f"bs=1{size[-1:]}", f"count={size[:-1]}"]
        said = f"{KEPT}the module of file sizes would resize a file that is in use"
        args = {"argv": argv, "creates": path}
        tasks.append(Task("ansible.builtin.command", args, suffix="Allocate", comments=(said,)))
        mode = {
            "path": path,
            "mode": "0600",
            "state": "touch",
            "access_time": "preserve",
            "modification_time": "preserve",
        }
        tasks.append(Task("ansible.builtin.file", mode, suffix="Protect"))
    if spec.format:
        register = at.register("swap_signature")
        look = {"argv": ["blkid", "-p", "-t", "TYPE=swap", path]}
        tasks.append(
            Task(
                "ansible.builtin.command",
                look,
                {"register": register, **_LOOK},
                suffix="Look for its signature",
                looks=True,
            )
        )
        extra = {"when": f"{register}.rc != 0", "changed_when": True}
        said = f"{KEPT}the module of file systems ends a run in check mode where the file is still to be made"
        make = {"argv": ["mkswap", path]}
        tasks.append(Task("ansible.builtin.command", make, extra, suffix="Format", comments=(said,)))
    return tasks + (_switched(spec, path, at) if spec.enabled is not None else [])


def _switched(spec: Any, path: str, at: Place) -> list[Task]:
    """Only where it is not so already."""
    register = at.register("swaps")
    look = {"argv": ["swapon", "--show=NAME", "--noheadings"]}
    ask = Task(
        "ansible.builtin.command", look, {"register": register, **_LOOK}, suffix="Ask what is in use", looks=True
    )
    used = (
        f"{expression(spec.path, at.names)} {'not in' if spec.enabled else 'in'} {register}.stdout_lines | default([])"
    )
    argv = ["swapon" if spec.enabled else "swapoff", path]
    return [ask, Task("ansible.builtin.command", {"argv": argv}, {"when": used, "changed_when": True})]


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
    delay = {"pre_reboot_delay": number(spec.delay, at)} if spec.delay is not None else {}
    return [Task("ansible.builtin.reboot", {**delay, **at.some(msg=spec.message)})]

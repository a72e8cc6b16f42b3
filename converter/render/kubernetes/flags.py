"""The rarer options of `docker run`: what a pod can say of each, and why it can't say the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from converter.render.kubernetes.app import App
from converter.render.kubernetes.quantities import cpus, memory, number, seconds
from converter.render.kubernetes.texts import UnknownTextError
from converter.render.kubernetes.volumes import Mount, mount

Say = Callable[[App, list[str]], None]

# https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls
_SAFE = frozenset(
    """kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range
    net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time
    net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes""".split()
)
_KUBELET = "it is the node's to decide, not the pod's"
UNSUPPORTED = {
    "blkio-weight": "a pod can't be given a share of the disks",
    "cgroup-parent": _KUBELET,
    "cgroupns": _KUBELET,
    "cpuset-cpus": "which processors it gets is decided by the CPU manager of the node",
    "cpuset-mems": "which memory it gets is decided by the memory manager of the node",
    "device": "a device of the host needs a device plugin in the cluster",
    "device-cgroup-rule": "a device of the host needs a device plugin in the cluster",
    "dns": "with servers of its own it would not find the other applications: set forwarding in the DNS of the cluster",
    "domainname": "names of pods belong to the DNS of the cluster",
    "health-start-interval": "a probe has one interval only",
    "init": "let the image have an init (`tini`), or set `shareProcessNamespace: true`",
    "ip": "addresses of pods come and go; others find it by its name",
    "ip6": "addresses of pods come and go; others find it by its name",
    "kernel-memory": "it is no longer a setting of Linux",
    "mac-address": "addresses of pods come and go",
    "memory-swap": _KUBELET,
    "memory-swappiness": _KUBELET,
    "oom-kill-disable": _KUBELET,
    "oom-score-adj": "it follows from requests and limits",
    "pids-limit": "it is a setting of the kubelet (`podPidsLimit`)",
    "publish-all": "which ports the image exposes is not in the script: add them to the Service",
    "runtime": "set `runtimeClassName` to a class that the cluster has",
    "stop-signal": "set `STOPSIGNAL` in the image",
    "ulimit": "limits of processes are those of the node's container runtime",
    "userns": "set `hostUsers`, if it matters",
    "uts": "a pod has a host name of its own",
    "volume-driver": "a storage class of the cluster takes its place",
    "volumes-from": "volumes are shared by naming the same claim: add it to `volumes`",
}


def flags(app: App, spec: Any) -> None:
    """Each option with all that was given for it."""
    given: dict[str, list[str]] = {}
    for name, value in spec.flags:
        given.setdefault(_SPELLED.get(name, name), []).append(app.around.texts.plain(value))
    for name, values in given.items():
        if name in SAID:
            _say(app, name, values)
        elif name not in _WITH_HEALTH or "health-cmd" not in given:
            why = UNSUPPORTED.get(name, "a pod has nothing for it")
            app.left.extend(
                f"`--{name}{'' if value == 'true' else f' {value}'}` is left out: {why}" for value in values
            )
    try:
        _several(app, given)
    except UnknownTextError as problem:
        app.left.append(f"what `--cpu-quota` or `--health-cmd` say together is left out: {problem.reason}")


def _several(app: App, given: dict[str, list[str]]) -> None:
    """Options that mean something together."""
    if "cpu-quota" in given:
        _quota(app, given)
    if "health-cmd" in given and "no-healthcheck" not in given:
        app.container["readinessProbe"] = _probe({name: values[-1] for name, values in given.items()})


def _say(app: App, name: str, values: list[str]) -> None:
    """What can't be read is left out alone."""
    try:
        SAID[name](app, values)
    except UnknownTextError as problem:
        app.left.append(f"`--{name} {' '.join(values)}` is left out: {problem.reason}")


def _probe(given: dict[str, str]) -> dict[str, Any]:
    """Docker's defaults; as with docker, nothing is restarted because of it:
    https://docs.docker.com/reference/dockerfile/#healthcheck"""
    found: dict[str, Any] = {"exec": {"command": ["/bin/sh", "-c", given["health-cmd"]]}}
    if "health-start-period" in given:
        found["initialDelaySeconds"] = seconds(given["health-start-period"])
    found["periodSeconds"] = seconds(given.get("health-interval", "30s"))
    found["timeoutSeconds"] = seconds(given.get("health-timeout", "30s"))
    return {**found, "failureThreshold": number(given.get("health-retries", "3"))}


def _drop(app: App, values: list[str]) -> None:
    own = app.container["securityContext"].setdefault("capabilities", {})
    own["drop"] = [value.upper().removeprefix("CAP_") for value in values]


def _security(app: App, values: list[str]) -> None:
    for value in values:
        name, _, setting = value.replace("=", ":", 1).partition(":")
        if name == "no-new-privileges" and setting in ("", "true"):
            app.container["securityContext"]["allowPrivilegeEscalation"] = False
        elif (name, setting) == ("seccomp", "unconfined"):
            app.pod["securityContext"] = {"seccompProfile": {"type": "Unconfined"}}
            app.level = "privileged"
        elif (name, setting) == ("apparmor", "unconfined"):
            app.container["securityContext"]["appArmorProfile"] = {"type": "Unconfined"}
            app.level = "privileged"
        else:
            app.left.append(f"`--security-opt {value}` is left out: the profile has to be on the nodes first")


def _groups(app: App, values: list[str]) -> None:
    numbers = [int(value) for value in values if value.isdigit()]
    if numbers:
        app.pod.setdefault("securityContext", {})["supplementalGroups"] = numbers
    app.left.extend(
        f"`--group-add {each}` is left out: a cluster wants its number" for each in values if not each.isdigit()
    )


def _gpus(app: App, values: list[str]) -> None:
    asked = values[-1].strip('"')
    if not asked.isdigit():
        app.left.append(f"`--gpus {asked}`: say how many (`nvidia.com/gpu` in the limits)")
        return
    app.container["resources"].setdefault("limits", {})["nvidia.com/gpu"] = asked


def _sysctls(app: App, values: list[str]) -> None:
    pairs = [value.partition("=") for value in values]
    app.pod.setdefault("securityContext", {})["sysctls"] = [{"name": name, "value": value} for name, _, value in pairs]
    unsafe = [name for name, _, _ in pairs if name not in _SAFE]
    if unsafe:
        app.level = "privileged"
        app.left.append(f"`--sysctl` {', '.join(unsafe)}: each node has to allow it (`allowedUnsafeSysctls`)")


def _mounts(app: App, values: list[str]) -> None:
    for value in values:
        fields = dict(each.partition("=")[::2] for each in value.split(","))
        source = fields.get("source") or fields.get("src", "")
        target = fields.get("target") or fields.get("destination") or fields.get("dst", "")
        read_only = any(fields.get(name, "false") in ("", "true", "1") for name in ("readonly", "ro"))
        kind = "tmpfs" if fields.get("type") == "tmpfs" else "volume"
        size = memory(fields["tmpfs-size"]) if "tmpfs-size" in fields else ""
        mount(app, Mount(source, target, read_only, kind, size), f"--mount {value}")


def _tmpfs(app: App, values: list[str]) -> None:
    for value in values:
        target, _, options = value.partition(":")
        fields = dict(each.partition("=")[::2] for each in options.split(","))
        size = memory(fields["size"]) if "size" in fields else ""
        mount(app, Mount("", target, kind="tmpfs", size=size), f"--tmpfs {value}")


def _shared_memory(app: App, values: list[str]) -> None:
    mount(app, Mount("", "/dev/shm", kind="tmpfs", size=memory(values[-1])), f"--shm-size {values[-1]}")


def _platform(app: App, values: list[str]) -> None:
    system, _, rest = values[-1].partition("/")
    architecture = rest.partition("/")[0]
    app.pod["nodeSelector"] = {"kubernetes.io/os": system, **({"kubernetes.io/arch": architecture} if rest else {})}


def _storage(app: App, values: list[str]) -> None:
    for value in values:
        name, _, size = value.partition("=")
        if name == "size":
            app.container["resources"].setdefault("limits", {})["ephemeral-storage"] = memory(size)
        else:
            app.left.append(f"`--storage-opt {value}` is left out: a pod has nothing for it")


def _dns(app: App, key: str, values: list[Any]) -> None:
    app.pod.setdefault("dnsConfig", {})[key] = values


def _dns_options(app: App, values: list[str]) -> None:
    pairs = [value.partition(":") for value in values]
    _dns(app, "options", [{"name": name, **({"value": value} if value else {})} for name, _, value in pairs])


def _quota(app: App, spec: dict[str, list[str]]) -> None:
    """So many microseconds of each period."""
    period = number(spec.get("cpu-period", ["100000"])[-1]) or 100_000
    app.container["resources"].setdefault("limits", {})["cpu"] = cpus(f"{number(spec['cpu-quota'][-1]) / period}")


def _host(field: str) -> Say:
    def say(app: App, values: list[str]) -> None:
        if values[-1] == "host":
            app.pod[field] = True
            app.level = "privileged"
        elif values[-1] not in ("", "private"):
            app.left.append(f"`{values[-1]}` for `{field}` is left out: containers of one pod share it")

    return say


def _request(name: str, read: Callable[[str], str]) -> Say:
    def say(app: App, values: list[str]) -> None:
        app.container["resources"]["requests"][name] = read(values[-1])

    return say


def _grace(app: App, values: list[str]) -> None:
    if not re.fullmatch(r"\d+", values[-1]):
        raise UnknownTextError(f"`--stop-timeout {values[-1]}` is no number of seconds")
    app.pod["terminationGracePeriodSeconds"] = int(values[-1])


def _nothing(_app: App, _values: list[str]) -> None:
    """What is so anyhow, or is said elsewhere."""


_SPELLED = {"c": "cpu-shares", "P": "publish-all", "dns-option": "dns-opt", "net-alias": "network-alias"}
_WITH_HEALTH = ("health-interval", "health-retries", "health-start-period", "health-timeout")
SAID: dict[str, Say] = {
    "cap-drop": _drop,
    "cpu-period": _nothing,
    "cpu-quota": _nothing,
    "cpu-shares": _request("cpu", lambda text: cpus(f"{number(text) / 1024}")),
    "dns-opt": _dns_options,
    "dns-search": lambda app, values: _dns(app, "searches", values),
    "expose": _nothing,
    "gpus": _gpus,
    "group-add": _groups,
    "health-cmd": _nothing,
    "ipc": _host("hostIPC"),
    "link": _nothing,
    "memory-reservation": _request("memory", memory),
    "mount": _mounts,
    "network-alias": _nothing,
    "no-healthcheck": _nothing,
    "pid": _host("hostPID"),
    "platform": _platform,
    "read-only": lambda app, _: app.container["securityContext"].update(readOnlyRootFilesystem=True),
    "security-opt": _security,
    "shm-size": _shared_memory,
    "stop-timeout": _grace,
    "storage-opt": _storage,
    "sysctl": _sysctls,
    "tmpfs": _tmpfs,
}

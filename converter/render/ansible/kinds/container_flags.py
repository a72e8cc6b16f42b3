"""The rarer options of `docker run`, as parameters of the modules for containers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from converter.render.ansible.task import Place

# What was given under one name, in order, becomes one argument.
Read = Callable[[list[str]], Any]


def _text(given: list[str]) -> str:
    return given[-1]


def _number(given: list[str]) -> int | str:
    return int(given[-1]) if re.fullmatch(r"-?\d+", given[-1]) else given[-1]


def _switch(_given: list[str]) -> bool:
    return True


def _list(given: list[str]) -> list[str]:
    return given


def _pairs(given: list[str]) -> dict[str, str]:
    return dict(_pair(each) for each in given)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _limits(given: list[str]) -> list[str]:
    """`nofile=1024:2048`; the module wants both limits, after colons."""
    found = [(name, limits if ":" in limits else f"{limits}:{limits}") for name, limits in map(_pair, given)]
    return [f"{name}:{limits}" for name, limits in found]


def _gpus(given: list[str]) -> list[dict[str, Any]]:
    """`all`, how many, or `device=0,1`: https://docs.docker.com/reference/cli/docker/container/run/#gpus"""
    asked = given[-1].strip('"')
    devices = asked.removeprefix("device=")
    which = {"device_ids": devices.split(",")} if devices != asked else {"count": -1 if asked == "all" else int(asked)}
    return [{**which, "capabilities": [["gpu"]]}]


_MOUNT = {
    "src": "source",
    "dst": "target",
    "destination": "target",
    "ro": "read_only",
    "readonly": "read_only",
    "bind-propagation": "propagation",
    "volume-nocopy": "no_copy",
    "tmpfs-size": "tmpfs_size",
    "tmpfs-mode": "tmpfs_mode",
}


def _mounts(given: list[str]) -> list[dict[str, Any]]:
    """`type=bind,source=/a,target=/b,readonly`; without a type it is a volume."""
    found = []
    for each in given:
        fields: dict[str, Any] = {"type": "volume"}
        for name, value in map(_pair, each.split(",")):
            parameter = _MOUNT.get(name, name)
            fields[parameter] = value not in ("false", "0") if parameter in ("read_only", "no_copy") else value
        found.append(fields)
    return found


_BOTH: dict[str, Read] = {
    **dict.fromkeys(("cap-drop", "security-opt", "volumes-from"), _list),
    **dict.fromkeys(
        """cgroup-parent cpuset-cpus cpuset-mems kernel-memory mac-address memory-reservation memory-swap platform
        shm-size uts""".split(),
        _text,
    ),
    **dict.fromkeys(
        """blkio-weight cpu-period cpu-quota cpu-shares memory-swappiness oom-score-adj pids-limit
        stop-timeout""".split(),
        _number,
    ),
    **dict.fromkeys(("init", "read-only"), _switch),
}
_SAME: dict[str, tuple[str, Read]] = {name: (name.replace("-", "_"), read) for name, read in _BOTH.items()}
DOCKER: Mapping[str, tuple[str, Read]] = {
    **_SAME,
    "cgroupns": ("cgroupns_mode", _text),
    "device": ("devices", _list),
    "device-cgroup-rule": ("device_cgroup_rules", _list),
    "dns": ("dns_servers", _list),
    "dns-option": ("dns_opts", _list),
    "dns-search": ("dns_search_domains", _list),
    "domainname": ("domainname", _text),
    "expose": ("exposed_ports", _list),
    "gpus": ("device_requests", _gpus),
    "group-add": ("groups", _list),
    "ipc": ("ipc_mode", _text),
    "link": ("links", _list),
    "mount": ("mounts", _mounts),
    "oom-kill-disable": ("oom_killer", _switch),
    "pid": ("pid_mode", _text),
    "publish-all": ("publish_all_ports", _switch),
    "runtime": ("runtime", _text),
    "security-opt": ("security_opts", _list),
    "stop-signal": ("stop_signal", _text),
    "storage-opt": ("storage_opts", _pairs),
    "sysctl": ("sysctls", _pairs),
    "tmpfs": ("tmpfs", _list),
    "ulimit": ("ulimits", _limits),
    "userns": ("userns_mode", _text),
    "volume-driver": ("volume_driver", _text),
}
PODMAN: Mapping[str, tuple[str, Read]] = {
    **_SAME,
    "cgroupns": ("cgroupns", _text),
    "device": ("device", _list),
    "dns": ("dns", _list),
    "dns-search": ("dns_search", _list),
    "expose": ("expose", _list),
    "gpus": ("gpus", _text),
    "group-add": ("group_add", _list),
    "health-cmd": ("healthcheck", _text),
    "health-interval": ("healthcheck_interval", _text),
    "health-retries": ("healthcheck_retries", _number),
    "health-start-period": ("healthcheck_start_period", _text),
    "health-timeout": ("healthcheck_timeout", _text),
    "ip": ("ip", _text),
    "ip6": ("ip6", _text),
    "ipc": ("ipc", _text),
    "mount": ("mount", _list),
    "network-alias": ("network_aliases", _list),
    "no-healthcheck": ("no_healthcheck", _switch),
    "oom-kill-disable": ("oom_kill_disable", _switch),
    "pid": ("pid", _text),
    "pids-limit": ("pids_limit", _text),
    "publish-all": ("publish_all", _switch),
    "sysctl": ("sysctl", _pairs),
    "tmpfs": ("tmpfs", lambda given: {name: options for name, _, options in (each.partition(":") for each in given)}),
    "ulimit": ("ulimit", _list),
    "userns": ("userns", _text),
}
_NETWORK: Mapping[str, tuple[str, Read]] = {
    "ip": ("ipv4_address", _text),
    "ip6": ("ipv6_address", _text),
    "network-alias": ("aliases", _list),
    "link": ("links", _list),
}


def docker_flags(spec: Any, at: Place) -> dict[str, Any]:
    """For `community.docker.docker_container`; what belongs to the network stands at the network."""
    given = _given(spec, at)
    args: dict[str, Any] = {}
    health = {name: given.pop(name) for name in list(given) if "health" in name}
    if health:
        args["healthcheck"] = _health(health)
    names = at.texts(spec.networks)
    if names and not is_mode(names[0]):
        first = _read({name: given.pop(name) for name in _NETWORK if name in given}, _NETWORK)
        args["networks"] = [{"name": names[0], **first}, *({"name": name} for name in names[1:])]
    elif names:
        args["network_mode"] = names[0]
    return args | _read(given, DOCKER)


def podman_flags(spec: Any, at: Place) -> dict[str, Any]:
    """For `containers.podman.podman_container`."""
    return _read(_given(spec, at), PODMAN)


def is_mode(network: str) -> bool:
    """Whether it is a way to have a network, and none of its own."""
    return network in ("host", "none", "bridge", "default") or network.startswith("container:")


def _given(spec: Any, at: Place) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in spec.flags:
        found.setdefault(name, []).append(at.text(value))
    return found


def _read(given: Mapping[str, list[str]], known: Mapping[str, tuple[str, Read]]) -> dict[str, Any]:
    return {known[name][0]: known[name][1](texts) for name, texts in given.items()}


def _health(given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Without a command it is the image's that is run at these times."""
    if "no-healthcheck" in given:
        return {"test": ["NONE"]}
    found: dict[str, Any] = {}
    for name, texts in given.items():
        field = name.removeprefix("health-").replace("-", "_")
        found["test" if field == "cmd" else field] = _number(texts) if field == "retries" else texts[-1]
    if "test" not in found:
        return {"test_cli_compatible": True, **found}
    return {**found, "test": ["CMD-SHELL", found["test"]]}

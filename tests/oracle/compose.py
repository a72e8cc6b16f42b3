"""A service of a compose file, and a task for a container, in the same words: the parameters of the module."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any

Meaning = dict[str, Any]

_RENAMED = {
    "container_name": "name",
    "stdin_open": "interactive",
    "ports": "published_ports",
    "cap_add": "capabilities",
    "dns": "dns_servers",
    "dns_search": "dns_search_domains",
    "dns_opt": "dns_opts",
    "expose": "exposed_ports",
    "group_add": "groups",
    "ipc": "ipc_mode",
    "pid": "pid_mode",
    "memswap_limit": "memory_swap",
    "mem_swappiness": "memory_swappiness",
    "oom_kill_disable": "oom_killer",
    "pull_policy": "pull",
    "security_opt": "security_opts",
    "stop_grace_period": "stop_timeout",
    "storage_opt": "storage_opts",
    "volume_from": "volumes_from",
    "cpuset": "cpuset_cpus",
    "cgroup": "cgroupns_mode",
}
_PAIRS = {"environment": "env", "labels": "labels", "sysctls": "sysctls"}
# What only says how the module goes about it.
_MANNERS = ("state", "networks_cli_compatible", "default_host_ip")


def of_task(args: Mapping[str, Any]) -> Meaning:
    """What a task of the module says."""
    found = {name: value for name, value in args.items() if name not in _MANNERS}
    if "ulimits" in found:
        found["ulimits"] = dict(each.split(":", 1) for each in found["ulimits"])
    if "networks" in found:
        found["networks"] = {one.pop("name"): one for one in map(dict, found["networks"])}
    if "etc_hosts" in found:
        found["etc_hosts"] = [f"{name}:{address}" for name, address in found["etc_hosts"].items()]
    return {name: _plain(value) for name, value in found.items()}


def of_service(service: Mapping[str, Any]) -> Meaning:
    """What a service of a compose file says."""
    found: Meaning = {}
    for name, value in service.items():
        if name in _PAIRS:
            found[_PAIRS[name]] = dict(each.partition("=")[::2] for each in value)
        elif name in _READ:
            found |= _READ[name](value)
        else:
            found[_RENAMED.get(name, name)] = value
    if "network_mode" in found:
        found.pop("networks", None)
    # The older bridge has links of the container, a network has its own.
    elif "networks" in found and "links" in found:
        next(iter(found["networks"].values()))["links"] = found.pop("links")
    return {name: _plain(value) for name, value in found.items()}


def _volumes(value: list[Any]) -> Meaning:
    mounts = [_mount(one) for one in value if isinstance(one, dict)]
    volumes = [one for one in value if isinstance(one, str)]
    return {**({"volumes": volumes} if volumes else {}), **({"mounts": mounts} if mounts else {})}


def _mount(one: Mapping[str, Any]) -> Meaning:
    names = {"src": "source", "dst": "target", "destination": "target"}
    flat = {names.get(name, name): value for name, value in one.items() if not isinstance(value, dict)}
    nested = {
        f"tmpfs_{name}" if kind == "tmpfs" else name.replace("nocopy", "no_copy"): value
        for kind, fields in one.items()
        if isinstance(fields, dict)
        for name, value in fields.items()
    }
    return {"type": "volume", **flat, **nested}


def _resources(value: Mapping[str, Any]) -> Meaning:
    limits, reserved = (value["resources"].get(part, {}) for part in ("limits", "reservations"))
    found = {{"pids": "pids_limit"}.get(name, name): limit for name, limit in limits.items()}
    found |= {"memory_reservation": reserved["memory"]} if "memory" in reserved else {}
    if "devices" in reserved:
        found["device_requests"] = [_device(one) for one in reserved["devices"]]
    return found


def _device(one: Mapping[str, Any]) -> Meaning:
    which = {name: one[name] for name in ("device_ids", "count") if name in one}
    return {**which, **({"count": -1} if which.get("count") == "all" else {}), "capabilities": [one["capabilities"]]}


def _restart(value: str) -> Meaning:
    policy, _, retries = value.partition(":")
    return {"restart_policy": policy, **({"restart_retries": retries} if retries else {})}


def _health(value: Meaning) -> Meaning:
    if value.get("disable"):
        return {"healthcheck": {"test": ["NONE"]}}
    return {
        "healthcheck": {**value, "test": ["CMD-SHELL", value["test"]]}
        if "test" in value
        else {**value, "test_cli_compatible": True}
    }


def _networks(value: Any) -> Meaning:
    return {"networks": {name: {} for name in value} if isinstance(value, list) else value}


def _limits(value: Mapping[str, Any]) -> Meaning:
    both = {name: (one["soft"], one["hard"]) if isinstance(one, dict) else (one, one) for name, one in value.items()}
    return {"ulimits": {name: f"{soft}:{hard}" for name, (soft, hard) in both.items()}}


_READ: Mapping[str, Callable[[Any], Meaning]] = {
    "volumes": _volumes,
    "deploy": _resources,
    "restart": _restart,
    "healthcheck": _health,
    "networks": _networks,
    "ulimits": _limits,
    "command": lambda value: {"command": shlex.split(value) if isinstance(value, str) else value},
    "env_file": lambda value: {"env_file": value[-1] if isinstance(value, list) else value},
    "extra_hosts": lambda value: {"etc_hosts": value},
    "tmpfs": lambda value: {"tmpfs": value if isinstance(value, list) else [value]},
    "blkio_config": lambda value: {"blkio_weight": value["weight"]},
    "logging": lambda value: {
        **({"log_driver": value["driver"]} if "driver" in value else {}),
        **({"log_options": value["options"]} if "options" in value else {}),
    },
}


def _plain(value: Any) -> Any:
    """Numbers as text, and lists without regard to their order where order means nothing."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, bool) else str(value)

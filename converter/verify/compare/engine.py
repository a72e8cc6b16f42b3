"""What a container engine has been told to have, from its own notes: two ways to say a thing are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from converter.verify.compare.times import Thing

NOTES = "/var/lib/docker/state.json"
_EVERY = ".".join("0000")
_OF_CONFIG = ("Cmd", "Entrypoint", "User", "WorkingDir", "Tty", "Healthcheck", "StopSignal", "StopTimeout")
_SAID_OTHERWISE = frozenset(
    "Binds Mounts PortBindings RestartPolicy NetworkMode LogConfig ConsoleSize IpcMode CgroupnsMode Isolation ShmSize"
    " Runtime MaskedPaths ReadonlyPaths".split()
)
_EMPTY: tuple[Any, ...] = (None, "", 0, -1, [], {}, False)


def engine(notes: str) -> dict[str, dict[str, Thing]]:
    """Containers, images, networks, volumes and what the engine did for others, by kind and name."""
    found: Mapping[str, Any] = json.loads(notes or "{}")
    known = {"bridge", "host", "none"}
    return {
        "container": {
            each["Name"].lstrip("/"): dict(_container(each)) for each in found.get("containers", {}).values()
        },
        "image": {name: {"there": True} for name in found.get("images", {})},
        "network": {
            name: {key: each[key] for key in ("Driver", "Internal", "Labels", "Options")}
            for name, each in found.get("networks", {}).items()
            if name not in known
        },
        "volume": {
            name: {key: each[key] for key in ("Driver", "Labels", "Options")}
            for name, each in found.get("volumes", {}).items()
        },
        "engine call": {name: {"user": user} for name, user in found.get("logins", {}).items()},
    }


def _named(found: Mapping[str, Any]) -> tuple[str, Thing]:
    return found["Name"].lstrip("/"), dict(_container(found))


def _container(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    config, host = found["Config"], found["HostConfig"]
    yield "image", config["Image"]
    yield "running", found["State"]["Running"]
    yield "environment", sorted(config.get("Env") or [])
    yield "labels", {k: v for k, v in (config.get("Labels") or {}).items() if not k.startswith("com.docker.compose")}
    yield "ports", sorted(_ports(host.get("PortBindings") or {}))
    yield "volumes", sorted(_volumes(host))
    yield "restart", _restart(host.get("RestartPolicy") or {})
    yield "networks", sorted(_network(name) for name in found["NetworkSettings"]["Networks"])
    logs = host.get("LogConfig") or {}
    yield "logs", {"driver": logs.get("Type") or "json-file", "options": logs.get("Config") or {}}
    for name in _OF_CONFIG:
        if config.get(name) not in _EMPTY:
            yield name, config[name]
    for name, value in sorted(host.items()):
        if name not in _SAID_OTHERWISE and value not in _EMPTY:
            yield (
                name,
                sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value,
            )


def _ports(bindings: Mapping[str, Any]) -> Iterator[str]:
    for port, outside in bindings.items():
        inside = port if "/" in port else f"{port}/tcp"
        for each in outside or [{}]:
            address = each.get("HostIp") or ""
            yield f"{'' if address == _EVERY else address}:{each.get('HostPort') or ''}->{inside}"


def _volumes(host: Mapping[str, Any]) -> Iterator[str]:
    for bind in host.get("Binds") or []:
        source, target, *modes = bind.split(":")
        modes = [mode for mode in ",".join(modes).split(",") if mode not in ("", "rw")]
        yield ":".join([source.rstrip("/"), target, *(modes and [",".join(modes)])])
    for mount in host.get("Mounts") or []:
        yield ":".join(
            [mount.get("Source", "").rstrip("/"), mount["Target"], *(["ro"] if mount.get("ReadOnly") else [])]
        )


def _restart(policy: Mapping[str, Any]) -> str:
    name, times = policy.get("Name") or "no", policy.get("MaximumRetryCount") or 0
    return f"{name}:{times}" if times else name


def _network(name: str) -> str:
    return "bridge" if name == "default" else name

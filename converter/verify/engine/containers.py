"""Containers that do not run, as the engine tells of them."""

from __future__ import annotations

import itertools
import time
from typing import Any

from converter.verify.engine.store import Store, Thing, digest, image, reference, volume

_NUMBERS = itertools.count(1)
_HOST: Thing = {
    "Binds": None,
    "NetworkMode": "default",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "VolumesFrom": None,
    "CapAdd": None,
    "CapDrop": None,
    "CgroupnsMode": "private",
    "Dns": [],
    "DnsOptions": [],
    "DnsSearch": [],
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "Links": None,
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "UTSMode": "",
    "UsernsMode": "",
    "ShmSize": 67108864,
    "Runtime": "runc",
    "LogConfig": {"Type": "json-file", "Config": {}},
    "Memory": 0,
    "NanoCpus": 0,
    "CpuShares": 0,
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "DeviceRequests": None,
    "KernelMemory": 0,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": None,
    "PidsLimit": None,
    "Ulimits": None,
    "Sysctls": None,
    "Tmpfs": None,
    "Mounts": None,
}


def create(store: Store, name: str, asked: Thing) -> Thing:
    """A container that is not started; its image has to be there."""
    base = store.image(asked["Image"])["Config"]
    number = next(_NUMBERS)
    key = digest("container", name or str(number), str(time.time_ns()))
    host = {**_HOST, **{field: value for field, value in (asked.get("HostConfig") or {}).items() if value is not None}}
    config = {field: value for field, value in asked.items() if field not in ("HostConfig", "NetworkingConfig")}
    for field in ("Cmd", "Entrypoint", "WorkingDir", "User", "ExposedPorts", "Volumes", "Labels"):
        config[field] = config.get(field) or base.get(field)
    given = config.get("Env") or []
    named = {entry.partition("=")[0] for entry in given}
    config["Env"] = [*given, *(entry for entry in base.get("Env") or [] if entry.partition("=")[0] not in named)]
    config.setdefault("Hostname", key[:12])
    wanted = (asked.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    mode = host["NetworkMode"]
    networks = wanted or {"bridge" if mode in ("default", "bridge") else mode: {}}
    found = {
        "Id": key,
        "Name": f"/{name or f'container_{number}'}",
        "Created": "2024-01-01T00:00:00Z",
        "Path": "run",
        "Args": [],
        "Image": store.image(asked["Image"])["Id"],
        "Config": config,
        "HostConfig": host,
        "State": state("created"),
        "RestartCount": 0,
        "Platform": "linux",
        "Driver": "overlay2",
        "Mounts": list(_mounts(store, host, config)),
        "NetworkSettings": {
            "Networks": {each: _endpoint(store, each, about or {}) for each, about in networks.items()}
        },
    }
    found["NetworkSettings"]["Ports"] = host["PortBindings"]
    store.containers[key] = found
    return found


def state(status: str, code: int = 0) -> Thing:
    """How it is."""
    return {
        "Status": status,
        "Running": status == "running",
        "Paused": False,
        "Restarting": False,
        "OOMKilled": False,
        "Dead": False,
        "Pid": 4242 if status == "running" else 0,
        "ExitCode": code,
        "Error": "",
        "StartedAt": "2024-01-01T00:00:00Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
    }


def _endpoint(store: Store, name: str, about: Thing) -> Thing:
    return {
        "NetworkID": store.network(name)["Id"] if name in store.networks else "",
        "IPAMConfig": about.get("IPAMConfig"),
        "Links": about.get("Links"),
        "Aliases": about.get("Aliases"),
        "IPAddress": "172.17.0.2",
        "GlobalIPv6Address": "",
        "MacAddress": "02:42:ac:11:00:02",
    }


def _mounts(store: Store, host: Thing, config: Thing) -> Any:
    for bind in host["Binds"] or []:
        source, target, *mode = bind.split(":")
        kind = "bind" if source.startswith("/") else "volume"
        if kind == "volume":
            store.volumes.setdefault(source, volume(source, {}))
        yield {
            "Type": kind,
            "Source": source,
            "Name": source,
            "Destination": target,
            "Mode": ",".join(mode),
            "RW": "ro" not in mode,
        }
    for mount in host["Mounts"] or []:
        if mount["Type"] == "volume":
            store.volumes.setdefault(mount["Source"], volume(mount["Source"], {}))
        yield {
            "Type": mount["Type"],
            "Source": mount.get("Source", ""),
            "Destination": mount["Target"],
            "RW": not mount.get("ReadOnly"),
        }


def listed(store: Store, found: Thing) -> Thing:
    """As in a list of containers."""
    return {
        "Id": found["Id"],
        "Names": [found["Name"]],
        "Image": found["Config"]["Image"],
        "ImageID": found["Image"],
        "Command": " ".join(found["Config"]["Cmd"] or []),
        "Created": 1704067200,
        "State": found["State"]["Status"],
        "Status": "Up 1 second" if found["State"]["Running"] else "Exited (0) 1 second ago",
        "Ports": [],
        "Labels": found["Config"].get("Labels") or {},
        "Mounts": found["Mounts"],
        "NetworkSettings": found["NetworkSettings"],
        "HostConfig": {"NetworkMode": found["HostConfig"]["NetworkMode"]},
    }


def pulled(store: Store, name: str) -> Thing:
    """The image of that name, which every registry has."""
    return store.images.setdefault(reference(name), image(name))

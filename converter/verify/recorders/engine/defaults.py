"""What a container has that nobody says anything of: the same that the real engine fills in.

moby, daemon/container_operations_unix.go and daemon/daemon_unix.go ("adaptContainerSettings").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Thing = dict[str, Any]

CONFIG: Mapping[str, Any] = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "Labels": None,
    "ExposedPorts": None,
}
HOST_CONFIG: Mapping[str, Any] = {
    "Binds": None,
    "NetworkMode": "default",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "LogConfig": {"Type": "json-file", "Config": {}},
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
    "Isolation": "",
    "ConsoleSize": [0, 0],
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": None,
    "PidsLimit": None,
    "Ulimits": [],
    "VolumeDriver": "",
    "VolumesFrom": None,
    "Init": None,
}


def filled(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> Thing:
    """What is given, with the defaults in the place of what is empty."""
    kept = {key: value for key, value in given.items() if not _is_empty(value)}
    found: Thing = {**{key: given.get(key) for key in given}, **defaults, **kept}
    if "RestartPolicy" in found and not (found["RestartPolicy"].get("Name")):
        found["RestartPolicy"] = dict(defaults["RestartPolicy"])
    if "LogConfig" in found:
        log = found["LogConfig"]
        found["LogConfig"] = {"Type": log.get("Type") or "json-file", "Config": log.get("Config") or {}}
    if found.get("MemorySwappiness") == -1:
        found["MemorySwappiness"] = None
    # Swap is twice the memory where only the memory is said.
    if found.get("Memory") and not found.get("MemorySwap"):
        found["MemorySwap"] = 2 * found["Memory"]
    return found


def _is_empty(value: object) -> bool:
    return value is None or value in ("", 0, [], {}) or value == [0, 0]

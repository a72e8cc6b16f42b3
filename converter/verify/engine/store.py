"""What the engine has been told to have: images, containers, networks and volumes, kept in a file."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

Thing = dict[str, Any]
FILE = Path("/var/lib/docker/state.json")
LOCK = threading.RLock()
_NETWORKS = ("bridge", "host", "none")


class MissingError(KeyError):
    """There is no such thing; the message is the engine's own."""


class Store:
    """The things by kind and name."""

    def __init__(self) -> None:
        known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
        self.images: dict[str, Thing] = known.get("images", {})
        self.containers: dict[str, Thing] = known.get("containers", {})
        self.networks: dict[str, Thing] = known.get("networks") or {name: network(name, {}) for name in _NETWORKS}
        self.volumes: dict[str, Thing] = known.get("volumes", {})
        self.logins: dict[str, str] = known.get("logins", {})
        self.executions: dict[str, Thing] = {}

    def save(self) -> None:
        """Writes it down."""
        FILE.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: getattr(self, name) for name in ("images", "containers", "networks", "volumes", "logins")}
        FILE.write_text(json.dumps(kept, indent=1), encoding="utf-8")

    def image(self, name: str) -> Thing:
        """By reference, digest or id."""
        wanted = reference(name)
        for key, found in self.images.items():
            if key == wanted or found["Id"] == name or (len(name) > 5 and found["Id"].startswith(f"sha256:{name}")):
                return found
        raise MissingError(f"No such image: {wanted}")

    def container(self, name: str) -> Thing:
        """By name or id, or how the id begins."""
        for found in self.containers.values():
            if found["Name"] == f"/{name.lstrip('/')}" or (len(name) > 3 and found["Id"].startswith(name)):
                return found
        raise MissingError(f"No such container: {name}")

    def network(self, name: str) -> Thing:
        """By name or id."""
        for found in self.networks.values():
            if name in (found["Name"], found["Id"]) or (len(name) > 5 and found["Id"].startswith(name)):
                return found
        raise MissingError(f"network {name} not found")

    def volume(self, name: str) -> Thing:
        """By name."""
        if name not in self.volumes:
            raise MissingError(f"get {name}: no such volume")
        return self.volumes[name]


def digest(*words: str) -> str:
    """An id that the same words always have."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


def reference(name: str) -> str:
    """With its tag."""
    plain = name.removeprefix("docker.io/").removeprefix("library/")
    return plain if "@" in plain or ":" in plain.rpartition("/")[2] else f"{plain}:latest"


def image(name: str) -> Thing:
    """One of this reference."""
    wanted = reference(name)
    found = digest("image", wanted)
    return {
        "Id": f"sha256:{found}",
        "RepoTags": [wanted],
        "RepoDigests": [f"{wanted.rpartition(':')[0]}@sha256:{found}"],
        "Created": "2024-01-01T00:00:00Z",
        "Size": 1000,
        "VirtualSize": 1000,
        "Architecture": "amd64",
        "Os": "linux",
        "Config": {
            "Env": ["PATH=/usr/bin:/bin"],
            "Cmd": ["run"],
            "Labels": None,
            "ExposedPorts": None,
            "Volumes": None,
        },
        "RootFS": {"Type": "layers", "Layers": [f"sha256:{found}"]},
        "GraphDriver": {"Name": "overlay2", "Data": None},
    }


def network(name: str, asked: Thing) -> Thing:
    """One of this name."""
    return {
        "Name": name,
        "Id": digest("network", name),
        "Created": "2024-01-01T00:00:00Z",
        "Scope": "local",
        "Driver": asked.get("Driver") or ("bridge" if name not in ("host", "none") else name),
        "EnableIPv6": bool(asked.get("EnableIPv6")),
        "IPAM": asked.get("IPAM") or {"Driver": "default", "Options": None, "Config": []},
        "Internal": bool(asked.get("Internal")),
        "Attachable": bool(asked.get("Attachable")),
        "Ingress": False,
        "ConfigOnly": False,
        "Options": asked.get("Options") or {},
        "Labels": asked.get("Labels") or {},
        "Containers": {},
    }


def volume(name: str, asked: Thing) -> Thing:
    """One of this name."""
    return {
        "Name": name,
        "Driver": asked.get("Driver") or "local",
        "Mountpoint": f"/var/lib/docker/volumes/{name}/_data",
        "CreatedAt": "2024-01-01T00:00:00Z",
        "Labels": asked.get("Labels") or {},
        "Options": asked.get("DriverOpts") or {},
        "Scope": "local",
    }

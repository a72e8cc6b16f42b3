"""What the engine says of itself, logins at registries, and events."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

from converter.verify.recorders.engine.filters import labels_match
from converter.verify.recorders.engine.messages import Answer, Request, Thing, route
from converter.verify.recorders.engine.store import Store

VERSION = "26.1.5"
API = "1.45"
_PLATFORM = {"Os": "linux", "Arch": "amd64", "KernelVersion": "6.1.0"}
# What `docker login` without a registry means.
_HUB = "https://index.docker.io/v1/"
_PATIENCE = 3600


@route("GET", "/_ping")
def ping(_store: Store, _request: Request) -> Answer:
    """That it is there. The builder is the classic one: BuildKit has a protocol of its own."""
    return Answer(body=b"OK", headers={"Builder-Version": "1", "Docker-Experimental": "false"})


@route("GET", "/version")
def version(_store: Store, _request: Request) -> Answer:
    """Its version, that of Debian's client."""
    about = {"Version": VERSION, "ApiVersion": API, "MinAPIVersion": "1.24", "GitCommit": "recorder", **_PLATFORM}
    component = {"Name": "Engine", "Version": VERSION, "Details": {"ApiVersion": API, "Os": "linux", "Arch": "amd64"}}
    return Answer(
        body={**about, "GoVersion": "none", "Platform": {"Name": "gitopsify recorder"}, "Components": [component]}
    )


@route("GET", "/info")
def info(store: Store, _request: Request) -> Answer:
    """Its host, with how much there is of what."""
    states = [each["State"]["Status"] for each in store.containers.values()]
    counts = {
        "Containers": len(states),
        "ContainersRunning": states.count("running"),
        "ContainersPaused": states.count("paused"),
        "ContainersStopped": len(states) - states.count("running") - states.count("paused"),
        "Images": len(store.images),
    }
    fixed = {
        "ID": "recorder",
        "Name": "recorder",
        "ServerVersion": VERSION,
        "OSType": "linux",
        "Architecture": "x86_64",
        "OperatingSystem": "gitopsify recorder",
        "KernelVersion": _PLATFORM["KernelVersion"],
        "Driver": "overlay2",
        "LoggingDriver": "json-file",
        "CgroupDriver": "systemd",
        "CgroupVersion": "2",
        "NCPU": 2,
        "MemTotal": 4 << 30,
        "DockerRootDir": "/var/lib/docker",
        "IndexServerAddress": _HUB,
        "RegistryConfig": {"IndexConfigs": {}, "Mirrors": [], "InsecureRegistryCIDRs": []},
        "Plugins": {"Volume": ["local"], "Network": ["bridge", "host", "null", "overlay"], "Log": ["json-file"]},
        "Runtimes": {"runc": {"path": "runc"}},
        "DefaultRuntime": "runc",
        "Swarm": {"LocalNodeState": "inactive", "NodeID": "", "ControlAvailable": False},
        "SecurityOptions": [],
        "Warnings": [],
    }
    return Answer(body={**fixed, **counts})


@route("GET", "/system/df")
def used(store: Store, _request: Request) -> Answer:
    """What takes how much room: nothing does."""
    images = [
        {**image, "Containers": 0, "SharedSize": 0, "Size": 0, "Created": 0, "Labels": {}}
        for image in store.images.values()
    ]
    volumes = [{**each, "UsageData": {"Size": 0, "RefCount": 0}} for each in store.volumes.values()]
    return Answer(body={"LayersSize": 0, "Images": images, "Containers": [], "Volumes": volumes, "BuildCache": []})


@route("POST", "/auth")
def login(store: Store, request: Request) -> Answer:
    """Every registry knows every user; a digest of the password is kept."""
    asked = request.asked()
    registry = asked.get("serveraddress") or _HUB
    password = hashlib.sha256((asked.get("password") or "").encode()).hexdigest()[:12]
    store.logins[registry] = {"username": asked.get("username"), "password": password}
    store.save()
    return Answer(body={"Status": "Login Succeeded", "IdentityToken": ""})


@route("GET", "/events")
def events(store: Store, request: Request) -> Answer:
    """Those to come, until the client has enough or the time is over that it asks for."""
    return Answer(lines=_events(store, request, len(store.events)))


def _events(store: Store, request: Request, begun: int) -> Iterator[Thing]:
    filters = request.values("filters")
    until = float(request.query.get("until") or time.time() + _PATIENCE)
    known = 0 if request.query.get("since") else begun
    while True:
        with store.changed:
            found, known = store.events[known:], len(store.events)
        yield from (each for each in found if _is_asked(each, filters))
        if (left := until - time.time()) <= 0:
            return
        with store.changed:
            if known == len(store.events):
                store.changed.wait(left)


def _is_asked(event: Thing, filters: dict[str, list[str]]) -> bool:
    attributes = event["Actor"]["Attributes"]
    return (
        event["Type"] in filters.get("type", [event["Type"]])
        and event["Action"] in filters.get("event", [event["Action"]])
        and labels_match(attributes, filters.get("label", []))
        and all(name in (event["id"], attributes.get("name")) for name in filters.get("container", []))
    )


@route("POST", "/build/prune")
def prune_cache(_store: Store, _request: Request) -> Answer:
    """There is no cache of builds."""
    return Answer(body={"CachesDeleted": [], "SpaceReclaimed": 0})

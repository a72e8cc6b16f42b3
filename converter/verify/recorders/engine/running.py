"""Containers that run, in name: they are started, stopped, waited for, and listened to.

One that nobody listens to runs until it is stopped. One whose output is waited for has done its work at once, and so
has one that others wait for to be done.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import suppress

from converter.verify.recorders.engine.answering import close_ports, open_ports, port_taken
from converter.verify.recorders.engine.containers import remove, tell
from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, Thing, route
from converter.verify.recorders.engine.serving import until_closed
from converter.verify.recorders.engine.store import Store, now

_LISTENED: set[str] = set()
_PATIENCE = 600
_KEPT = ("Name", "named", "Config", "HostConfig", "Networks", "done")
_DONE = "service_completed_successfully"


@route("POST", "/containers/{name}/start")
def start(store: Store, request: Request) -> Answer:
    """It runs now."""
    container = store.container(request.name)
    if container["State"]["Running"]:
        return Answer(status=304)
    started(store, container)
    if container["Id"] not in _LISTENED and _is_awaited(store, container):
        finish(store, container)
    store.save()
    return Answer(status=204)


def started(store: Store, container: Thing) -> None:
    """Brings it to run, in networks and at ports that are there."""
    for name in container["Networks"]:
        network = store.network(name)
        container["Networks"][name] |= {"NetworkID": network["Id"], "IPAddress": store.address(), "IPPrefixLen": 16}
    if taken := port_taken(store, container):
        raise RefusedError(
            500,
            f"driver failed programming external connectivity on endpoint {container['Name'][1:]}: Bind for {taken}"
            " failed: port is already allocated",
        )
    container["State"] |= {"Status": "running", "Running": True, "Paused": False, "Pid": 4242, "ExitCode": 0}
    container["State"]["StartedAt"] = now()
    test = (container["Config"].get("Healthcheck") or {}).get("Test") or ["NONE"]
    if test[0] != "NONE":
        container["State"]["Health"] = {"Status": "healthy", "FailingStreak": 0, "Log": []}
    open_ports(container)
    tell(store, "start", container)


def _is_awaited(store: Store, container: Thing) -> bool:
    """Whether another service of its compose project begins only when it has done its work."""
    labels = container["Config"]["Labels"] or {}
    service, project = labels.get("com.docker.compose.service"), labels.get("com.docker.compose.project")
    for other in store.containers.values():
        theirs = other["Config"]["Labels"] or {}
        if service and theirs.get("com.docker.compose.project") == project:
            needs = theirs.get("com.docker.compose.depends_on", "").split(",")
            if any(each.startswith(f"{service}:{_DONE}") for each in needs):
                return True
    return False


def finish(store: Store, container: Thing, code: int = 0, given: bytes = b"") -> None:
    """It has done its work, which is noted where the container is gone with it."""
    stop_now(store, container, code)
    if given:
        container["done"].append({"stdin": hashlib.sha256(given).hexdigest()[:12]})
    if container["HostConfig"]["AutoRemove"]:
        store.ended.append({key: container[key] for key in _KEPT})
        if container["Id"] in store.containers:
            remove(store, container)


def stop_now(store: Store, container: Thing, code: int) -> None:
    """It stands still."""
    if not container["State"]["Running"]:
        return
    close_ports(container)
    container["State"] |= {"Status": "exited", "Running": False, "Paused": False, "Pid": 0, "ExitCode": code}
    container["State"]["FinishedAt"] = now()
    tell(store, "die", container)


@route("POST", "/containers/{name}/stop")
@route("POST", "/containers/{name}/kill")
def stop(store: Store, request: Request) -> Answer:
    """It stands still, unless the signal is one that it is only told something by."""
    container = store.container(request.name)
    killed = request.path.endswith("/kill")
    if not container["State"]["Running"]:
        if killed:
            raise RefusedError(
                409, f"cannot kill container: {request.name}: container {container['Id']} is not running"
            )
        return Answer(status=304)
    signal = request.query.get("signal", "KILL").upper().removeprefix("SIG")
    if killed and signal not in ("KILL", "TERM", "INT", "QUIT", "9", "15", "2", "3"):
        container["done"].append({"signal": signal})
    else:
        stop_now(store, container, 137 if killed and signal in ("KILL", "9") else 0)
        if container["HostConfig"]["AutoRemove"]:
            remove(store, container)
    store.save()
    return Answer(status=204)


@route("POST", "/containers/{name}/restart")
def restart(store: Store, request: Request) -> Answer:
    """It runs anew."""
    container = store.container(request.name)
    stop_now(store, container, 0)
    started(store, container)
    store.save()
    return Answer(status=204)


@route("POST", "/containers/{name}/pause")
@route("POST", "/containers/{name}/unpause")
def pause(store: Store, request: Request) -> Answer:
    """It is held, or let go on."""
    paused = request.path.endswith("/pause")
    container = store.container(request.name)
    container["State"] |= {"Status": "paused" if paused else "running", "Paused": paused}
    store.save()
    return Answer(status=204)


@route("POST", "/containers/{name}/wait")
def wait(store: Store, request: Request) -> Answer:
    """Tells how it ended, when it has."""
    container = store.container(request.name)
    condition = request.query.get("condition") or "not-running"
    if condition == "not-running" and container["State"]["Running"] and container["Id"] not in _LISTENED:
        finish(store, container)
        store.save()
    return Answer(lines=_awaited(store, container, condition))


def _awaited(store: Store, container: Thing, condition: str) -> Iterator[Thing]:
    begun = container["State"]["FinishedAt"]

    def over() -> bool:
        if condition == "removed":
            return container["Id"] not in store.containers
        fresh = condition != "next-exit" or container["State"]["FinishedAt"] != begun
        return (fresh and not container["State"]["Running"]) or container["Id"] not in store.containers

    with store.changed:
        store.changed.wait_for(over, _PATIENCE)
    yield {"StatusCode": container["State"]["ExitCode"], "Error": None}


@route("POST", "/containers/{name}/attach")
def attach(store: Store, request: Request) -> Answer:
    """Listens to it: what it is given is read, and it has done its work."""
    container = store.container(request.name)
    # Compose listens with its own input to containers that read none.
    given = request.flag("stdin") and container["Config"]["OpenStdin"]
    _LISTENED.add(container["Id"])

    def talk(connection: socket.socket) -> None:
        with store.changed:
            store.changed.wait_for(
                lambda: container["State"]["Running"] or container["Id"] not in store.containers, _PATIENCE
            )
        read = until_closed(connection) if given else b""
        with store.changed:
            _LISTENED.discard(container["Id"])
            finish(store, container, given=read)
            store.save()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)

    return Answer(talk=talk)


@route("GET", "/containers/{name}/logs")
def logs(store: Store, request: Request) -> Answer:
    """It has printed nothing."""
    store.container(request.name)
    return Answer(body=b"", headers={"Content-Type": "application/vnd.docker.raw-stream"})


@route("GET", "/containers/{name}/top")
def top(store: Store, request: Request) -> Answer:
    """Its processes: none that there are."""
    store.container(request.name)
    return Answer(body={"Titles": ["PID", "CMD"], "Processes": []})


@route("GET", "/containers/{name}/stats")
def stats(store: Store, request: Request) -> Answer:
    """What it takes: nothing."""
    container = store.container(request.name)
    used = {"cpu_usage": {"total_usage": 0, "percpu_usage": []}, "system_cpu_usage": 1, "online_cpus": 1}
    about = {"id": container["Id"], "name": container["Name"], "read": now(), "preread": now()}
    counts = {"cpu_stats": used, "precpu_stats": used, "memory_stats": {}, "networks": {}, "pids_stats": {}}
    return Answer(lines=[{**about, **counts, "blkio_stats": {}}])


def resume(store: Store) -> None:
    """What runs after the engine itself was started again: what should always (docker-run(1), "--restart")."""
    for container in store.containers.values():
        policy = container["HostConfig"]["RestartPolicy"]["Name"]
        if container["State"]["Running"]:
            container["State"] |= {"Running": False, "Status": "exited", "Pid": 0}
            if policy in ("always", "unless-stopped"):
                with suppress(RefusedError):
                    started(store, container)
    store.save()

"""Commands in containers: each is written down with what it was given, and succeeds."""

from __future__ import annotations

import hashlib
import socket
from contextlib import suppress

from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, Thing, route
from converter.verify.recorders.engine.serving import until_closed
from converter.verify.recorders.engine.store import Store, identity


@route("POST", "/containers/{name}/exec")
def create(store: Store, request: Request) -> Answer:
    """A command that does not run yet."""
    container = store.container(request.name)
    if not container["State"]["Running"]:
        raise RefusedError(409, f"container {container['Id']} is not running")
    ident = identity()
    store.execs[ident] = {"container": container["Id"], "asked": request.asked(), "running": False}
    return Answer(status=201, body={"Id": ident})


@route("POST", "/exec/{name}/start")
def start(store: Store, request: Request) -> Answer:
    """It runs, and is done when it has read all that it is given."""
    known = _known(store, request.name)
    asked = known["asked"]
    if request.asked().get("Detach"):
        _note(store, known, b"")
        return Answer(body=b"")

    def talk(connection: socket.socket) -> None:
        given = until_closed(connection) if asked.get("AttachStdin") and not asked.get("Tty") else b""
        with store.changed:
            _note(store, known, given)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)

    return Answer(talk=talk)


def _note(store: Store, known: Thing, given: bytes) -> None:
    asked = known["asked"]
    done = {name.lower(): asked[name] for name in ("Cmd", "User", "WorkingDir", "Env", "Privileged") if asked.get(name)}
    if given:
        done["stdin"] = hashlib.sha256(given).hexdigest()[:12]
    if known["container"] in store.containers:
        store.containers[known["container"]]["done"].append(done)
    store.save()


@route("GET", "/exec/{name}/json")
def inspected(store: Store, request: Request) -> Answer:
    """That it went well."""
    known = _known(store, request.name)
    words = known["asked"].get("Cmd") or [""]
    process = {"entrypoint": words[0], "arguments": words[1:], "tty": bool(known["asked"].get("Tty"))}
    about = {"ID": request.name, "ContainerID": known["container"], "ProcessConfig": process, "Pid": 0}
    return Answer(body={**about, "Running": False, "ExitCode": 0})


@route("POST", "/exec/{name}/resize")
@route("POST", "/containers/{name}/resize")
def resized(_store: Store, _request: Request) -> Answer:
    """The terminal has another size."""
    return Answer()


def _known(store: Store, ident: str) -> Thing:
    if ident not in store.execs:
        raise RefusedError(404, f"No such exec instance: {ident}")
    found: Thing = store.execs[ident]
    return found

"""Starts the engine: `python3 -m converter.verify.recorders.engine [SOCKET [STATE]]`."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path

from converter.verify.recorders.engine import containers, execs, images, networks, running, system, volumes
from converter.verify.recorders.engine.serving import Server
from converter.verify.recorders.engine.store import Store

_ANSWERING = (system, images, containers, running, execs, networks, volumes)
_USUAL = ("/var/run/docker.sock", "/var/lib/docker-engine/state.json")


def main() -> None:
    """Serves until it is ended, and says when it is ready (sd_notify(3))."""
    path, state = (*sys.argv[1:3], *_USUAL[len(sys.argv) - 1 :])
    store = Store(Path(state))
    with store.changed:
        networks.prepare(store)
        running.resume(store)
    with Server(Path(path), store) as server:
        # Whether there is such a group depends on the packages of the host.
        with suppress(LookupError):
            shutil.chown(path, group="docker")
        if told := os.environ.get("NOTIFY_SOCKET"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
                ready.connect(told.replace("@", "\0", 1))
                ready.send(b"READY=1")
        server.serve_forever()


if __name__ == "__main__":
    main()

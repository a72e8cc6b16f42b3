"""The process that is root inside a sandbox: it makes the hosts, and does what the caller asks through a socket.

It is a program of its own, `python -m converter.verify.sandbox.keeper FOLDER KIND ...`. It ends, and with it the
kernel ends every process, mount and network of the sandbox, as soon as the other end of the socket is closed.
Python itself is out of reach for it, as is all else of the caller: no module can be imported once it serves.

The one of KIND `podman` is no root in a sandbox: it only asks podman for containers, and takes them away in the end.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from converter.verify.sandbox import hosts, layers, podman, reading
from converter.verify.sandbox.syscalls import Mount, Namespace, mount, unshare

NO_MORE = "there may be no more processes"
_LONGEST = 1 << 20
Operation = Callable[..., object]
OPERATIONS: Mapping[str, Operation] = {
    "bridge": hosts.bridge,
    "prepare": hosts.prepare,
    "boot": hosts.boot,
    "execute": hosts.execute,
    "extract": layers.extract,
    "install": layers.install,
    "overlay": layers.overlay,
    "keep_upper": layers.keep_upper,
    "empty": layers.empty,
    "used": reading.used,
    "taken": reading.taken,
    "changed": reading.changed,
}


def main() -> None:
    """Makes the namespaces, waits for the users, and serves."""
    folder, kind, *more = sys.argv[1:]
    line = socket.socket(fileno=0)
    os.chdir(folder)
    os.umask(0o022)
    if kind == "podman":
        for group in more[1:]:
            Path(group).write_text("0", encoding="ascii")
        _keep_containers(line, podman.Containers(more[0], grouped=len(more) > 1))
        return
    if processes := int(more[0]):
        # The kernel counts all that a user namespace holds, whoever is who in it, against its maker's limit.
        resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
    unshare(Namespace.USERS | Namespace.MOUNTS)
    line.sendall(b"unshared\n")
    if line.recv(16) != b"mapped\n":
        return
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    mount("", "/", flags=Mount.RECURSIVE | Mount.PRIVATE)
    network = Namespace(0) if kind == "open" else Namespace.NETWORK
    unshare(Namespace.PROCESSES | Namespace.IPC | Namespace.NAMES | network)
    child = os.fork()
    if child:
        line.close()
        os.waitpid(child, 0)
        return
    os.setsid()
    mount("proc", "/proc", "proc", Mount.NO_SUID | Mount.NO_DEVICES | Mount.NO_EXEC)
    line.sendall(b"ready\n")
    _serve(line, OPERATIONS)


def _keep_containers(line: socket.socket, containers: podman.Containers) -> None:
    containers.begin()
    line.sendall(b"ready\n")
    _serve(line, {"bridge": hosts.bridge, "boot": containers.boot, "execute": containers.execute})
    containers.end()


def _serve(line: socket.socket, operations: Mapping[str, Operation]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while _serve_next(line, operations):
        pass
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _serve_next(line: socket.socket, operations: Mapping[str, Operation]) -> bool:
    message, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 8)
    if not message:
        return False
    try:
        child = os.fork()
    except OSError as problem:
        with os.fdopen(os.dup(descriptors[0]), "w", encoding="utf-8") as out:
            json.dump({"problem": f"{NO_MORE}: {problem}"}, out)
        child = -1
    if child == 0:
        _answer(json.loads(message), descriptors, line, operations)
    for descriptor in descriptors:
        os.close(descriptor)
    return True


def _answer(
    asked: dict[str, Any], descriptors: list[int], line: socket.socket, operations: Mapping[str, Operation]
) -> None:
    """Carries it out; the first descriptor takes the answer, the others belong to the operation."""
    line.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answer, *others = descriptors
    try:
        found: dict[str, object] = {"result": operations[asked["do"]](*others, **asked["with"])}
    except (OSError, ValueError, LookupError, RuntimeError, subprocess.SubprocessError) as problem:
        found = {"problem": f"{problem or type(problem).__name__}"}
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(found, out)
    os._exit(0)


if __name__ == "__main__":
    main()

"""The process that is root inside a sandbox: it makes the hosts, and does what the caller asks through a socket.

It is a program of its own, `python -m converter.verify.sandbox.keeper FOLDER`. It ends, and with it the
kernel ends every process, mount and network of the sandbox, as soon as the other end of the socket is closed.
Python itself is out of reach for it, as is all else of the caller: no module can be imported once it serves.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from converter.verify.sandbox import hosts, layers, reading
from converter.verify.sandbox.syscalls import Mount, Namespace, mount, unshare

_LONGEST = 1 << 20
Operation = Callable[..., object]
OPERATIONS: Mapping[str, Operation] = {
    "bridge": hosts.bridge,
    "boot": hosts.boot,
    "execute": hosts.execute,
    "extract": layers.extract,
    "install": layers.install,
    "overlay": layers.overlay,
    "keep_upper": layers.keep_upper,
    "empty": layers.empty,
    "used": reading.used,
    "changed": reading.changed,
}


def main() -> None:
    """Makes the namespaces, waits for the users, and serves."""
    folder, isolated = sys.argv[1], sys.argv[2] == "isolated"
    line = socket.socket(fileno=0)
    os.chdir(folder)
    os.umask(0o022)
    unshare(Namespace.USERS | Namespace.MOUNTS)
    line.sendall(b"unshared\n")
    if line.recv(16) != b"mapped\n":
        return
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    mount("", "/", flags=Mount.RECURSIVE | Mount.PRIVATE)
    unshare(Namespace.PROCESSES | Namespace.IPC | Namespace.NAMES | (Namespace.NETWORK if isolated else Namespace(0)))
    child = os.fork()
    if child:
        line.close()
        os.waitpid(child, 0)
        return
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    mount("proc", "/proc", "proc", Mount.NO_SUID | Mount.NO_DEVICES | Mount.NO_EXEC)
    line.sendall(b"ready\n")
    while _serve_next(line):
        pass


def _serve_next(line: socket.socket) -> bool:
    message, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 8)
    if not message:
        return False
    if os.fork() == 0:
        _answer(json.loads(message), descriptors, line)
    for descriptor in descriptors:
        os.close(descriptor)
    return True


def _answer(asked: dict[str, Any], descriptors: list[int], line: socket.socket) -> None:
    """Carries it out; the first descriptor takes the answer, the others belong to the operation."""
    line.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answer, *others = descriptors
    try:
        found: dict[str, object] = {"result": OPERATIONS[asked["do"]](*others, **asked["with"])}
    except Exception as problem:
        found = {"problem": f"{problem or type(problem).__name__}"}
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(found, out)
    os._exit(0)


if __name__ == "__main__":
    main()

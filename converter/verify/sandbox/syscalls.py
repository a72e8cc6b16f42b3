"""The calls of the kernel that make a sandbox and that Python 3.11 has no names for: namespaces(7), mount(2)."""

from __future__ import annotations

import ctypes
import os
from enum import IntFlag

_LIBC = ctypes.CDLL(None, use_errno=True)


class Namespace(IntFlag):
    """What a process may have for itself alone; the numbers are those of sched.h."""

    MOUNTS = 0x00020000
    CGROUP = 0x02000000
    NAMES = 0x04000000
    IPC = 0x08000000
    USERS = 0x10000000
    PROCESSES = 0x20000000
    NETWORK = 0x40000000


HOST = Namespace.MOUNTS | Namespace.CGROUP | Namespace.NAMES | Namespace.IPC | Namespace.PROCESSES | Namespace.NETWORK


class Mount(IntFlag):
    """Flags of mount(2)."""

    READ_ONLY = 0x1
    NO_SUID = 0x2
    NO_DEVICES = 0x4
    NO_EXEC = 0x8
    REMOUNT = 0x20
    BIND = 0x1000
    RECURSIVE = 0x4000
    PRIVATE = 0x40000


NOTHING = Mount(0)


def unshare(namespaces: Namespace) -> None:
    """Gives this process namespaces of its own; for PROCESSES, its next child."""
    _called("unshare", _LIBC.unshare(int(namespaces)))


def enter(process: int, namespaces: Namespace) -> None:
    """Moves this process to the namespaces of another; for PROCESSES, its next child (Linux 5.8 and newer)."""
    descriptor = os.pidfd_open(process)
    try:
        _called("setns", _LIBC.setns(descriptor, int(namespaces)))
    finally:
        os.close(descriptor)


def mount(source: str, target: str, kind: str = "", flags: Mount = NOTHING, options: str = "") -> None:
    """Mounts a filesystem, or with BIND what is there already."""
    words = [text.encode() if text else None for text in (source, target, kind)]
    ended = _LIBC.mount(*words, ctypes.c_ulong(int(flags)), options.encode() if options else None)
    _called(f"mount {kind or source} on {target}", ended)


def unmount(target: str) -> None:
    """Takes a mount away as soon as nothing uses it any more."""
    detach = 2
    _called(f"umount {target}", _LIBC.umount2(target.encode(), detach))


def change_root(directory: str) -> None:
    """Makes the directory, which has to be a mount, the root of this mount namespace, and forgets the old one."""
    os.chdir(directory)
    _called("pivot_root", _LIBC.pivot_root(b".", b"."))
    unmount(".")
    os.chdir("/")


def _called(what: str, ended: int) -> None:
    if ended != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")

"""The hosts of a sandbox, made and entered from within: an overlay, a network address, and an init of their own."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from converter.verify.sandbox.syscalls import HOST, Mount, change_root, enter, mount, unshare

BRIDGE = "world"
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_QUIET = Mount.NO_SUID | Mount.NO_DEVICES
_ENVIRONMENT = {"container": "gitopsify", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def bridge(*, base: str) -> None:
    """The network that the hosts are on, and nothing else."""
    _ip(base, "link set lo up", f"link add {BRIDGE} type bridge forward_delay 0", f"link set {BRIDGE} up")


def prepare(*, folder: str, files: Mapping[str, str]) -> None:
    """The folders of a host, with `files` in what it writes."""
    for directory in ("upper", "work", "root"):
        Path(folder, directory).mkdir(mode=0o755)
    for path, text in files.items():
        place = Path(f"{folder}/upper{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def boot(
    *,
    folder: str,
    lower: Sequence[str],
    group: str,
    name: str,
    number: int,
    addresses: Sequence[str],
    init: Sequence[str],
) -> int:
    """Starts a host that writes to `folder`/upper; its process as the keeper counts. `group` "" is none of its own."""
    ready, go = os.pipe()
    told, tell = os.pipe()
    started, up = os.pipe()
    apart = os.fork()
    if apart == 0:
        os.close(go)
        _part(folder, group, tell)
        os.read(ready, 1)
        _become_host(folder, lower, name, addresses, up, bool(group), init)
    for descriptor in (ready, tell, up):
        os.close(descriptor)
    os.waitpid(apart, 0)
    process = int(os.read(told, 32) or 0)
    if not process:
        raise OSError(Path(folder, "console").read_text(encoding="utf-8"))
    Path(folder, "init").write_text(str(process), encoding="utf-8")
    plug(number, process, base=lower[-1])
    os.close(go)
    # Until it has become the program of init, the kernel lets nobody enter its namespaces (ptrace(2), "access mode").
    os.read(started, 1)
    return process


def plug(number: int, process: int, *, base: str) -> None:
    """Leads a line from the network into that of a host."""
    name = f"host{number}"
    _ip(
        base,
        f"link add {name} type veth peer name eth0 netns {process}",
        f"link set {name} master {BRIDGE}",
        f"link set {name} up",
    )


def _part(folder: str, group: str, tell: int) -> None:
    """Returns in a new process, the first in the namespaces of a host; the old one tells of it and ends."""
    try:
        _join(group)
        unshare(HOST)
        process = os.fork()
    except OSError as problem:
        Path(folder, "console").write_text(f"the host has no place of its own: {problem}", encoding="utf-8")
        os._exit(1)
    if process:
        os.write(tell, str(process).encode())
        os._exit(0)


def _join(group: str) -> None:
    if group:
        Path(group, "cgroup.procs").write_text("0", encoding="utf-8")


def _become_host(
    folder: str, lower: Sequence[str], name: str, addresses: Sequence[str], up: int, grouped: bool, init: Sequence[str]
) -> None:
    """Never returns: this process is the init of the host from now on; `up` is closed when it is."""
    try:
        socket.sethostname(name)
        root = f"{folder}/root"
        overlay(folder, lower, root)
        _mounts(root)
        if grouped:
            mount("cgroup2", f"{root}/sys/fs/cgroup", "cgroup2", _QUIET | Mount.NO_EXEC)
        network(addresses, base=lower[-1])
        log = os.open(f"{folder}/console", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open("/dev/null", os.O_RDONLY)
        change_root(root)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.dup2(up, 3, inheritable=False)
        os.closerange(4, 4096)
        os.setsid()
        os.execve(init[0], list(init), _ENVIRONMENT)
    except OSError as problem:
        Path(folder, "console").write_text(f"the host does not start: {problem}\n", encoding="utf-8")
    os._exit(1)


def overlay(folder: str, lower: Sequence[str], root: str) -> None:
    """Lays what the host writes over its layers."""
    options = f"lowerdir={':'.join(lower)},upperdir={folder}/upper,workdir={folder}/work,userxattr"
    mount("overlay", root, "overlay", options=options)


def _mounts(root: str) -> None:
    mount("proc", f"{root}/proc", "proc", _QUIET | Mount.NO_EXEC)
    mount("sysfs", f"{root}/sys", "sysfs", _QUIET | Mount.NO_EXEC | Mount.READ_ONLY)
    mount("tmpfs", f"{root}/dev", "tmpfs", Mount.NO_SUID | Mount.NO_EXEC, "mode=755,size=64k,nr_inodes=512")
    for device in _DEVICES:
        Path(f"{root}/dev/{device}").touch()
        mount(f"/dev/{device}", f"{root}/dev/{device}", flags=Mount.BIND)
    for directory in ("pts", "shm", "mqueue"):
        Path(f"{root}/dev/{directory}").mkdir()
    mount("devpts", f"{root}/dev/pts", "devpts", Mount.NO_SUID | Mount.NO_EXEC, "newinstance,ptmxmode=0666,mode=620")
    mount("tmpfs", f"{root}/dev/shm", "tmpfs", _QUIET, "mode=1777")
    for link, target in {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0"}.items():
        Path(f"{root}/dev/{link}").symlink_to(target)
    for link in ("stdout", "stderr"):
        Path(f"{root}/dev/{link}").symlink_to(f"/proc/self/fd/{1 if link == 'stdout' else 2}")
    mount("tmpfs", f"{root}/run", "tmpfs", _QUIET, "mode=755")
    mount("tmpfs", f"{root}/tmp", "tmpfs", _QUIET, "mode=1777")


def network(addresses: Sequence[str], *, base: str) -> None:
    """The addresses of the host in whose network this process is."""
    own = [f"address add {address}/32 dev eth0" for address in addresses]
    _ip(base, "link set lo up", *own, "link set eth0 up", "route add default dev eth0")


def _ip(base: str, *commands: str) -> None:
    """Runs the `ip` of the hosts' own system, so that this machine needs none."""
    subprocess.run(
        ["/sbin/ip", "-batch", "-"],
        input="\n".join(commands).encode(),
        check=True,
        preexec_fn=lambda: os.chroot(base),
        env={},
        stdout=subprocess.DEVNULL,
    )


def execute(*streams: int, folder: str, group: str, argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs a program in a host as its root, with these streams; the code that it ended with, as a shell tells it."""
    _join(group)
    enter(int(Path(folder, "init").read_text(encoding="utf-8")), HOST)
    child = os.fork()
    if child == 0:
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        os.closerange(3, 4096)
        os.setsid()
        os.chdir("/")
        try:
            os.execvpe(argv[0], list(argv), dict(environment))
        except OSError:
            os._exit(127)
    for descriptor in streams:
        os.close(descriptor)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code

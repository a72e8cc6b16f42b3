"""Hosts that are containers of podman, asked for by a keeper of theirs: as root, or within `podman unshare`.

Their files, layers and users are those of the other sandboxes; podman makes the namespaces, the control groups and the
init. Its notes are in the folder of the world, so that a person's own containers are never touched.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from converter.verify.sandbox import hosts
from converter.verify.sandbox.identity import COUNT
from converter.verify.sandbox.syscalls import Mount, Namespace, enter, mount, unshare

_CGROUPS = Path("/sys/fs/cgroup")


def command(notes: str, *, grouped: bool) -> list[str]:
    """Podman with notes of its own; where we have made the control groups, it makes its own in them."""
    places = [f"--{option}={notes}/{option}" for option in ("root", "runroot", "tmpdir")]
    manager = ["--cgroup-manager=cgroupfs"] if grouped else []
    return ["podman", *places, "--storage-driver=vfs", "--events-backend=none", *manager]


@dataclass(frozen=True, slots=True)
class Containers:
    """The hosts of a world; podman's notes are in a folder, and `grouped` says whether control groups were made."""

    notes: str
    grouped: bool

    def begin(self) -> None:
        """Takes mounts and a network of its own, which nothing leaves: the lines of the hosts lead there."""
        unshare(Namespace.MOUNTS | Namespace.NETWORK)
        mount("", "/", flags=Mount.RECURSIVE | Mount.PRIVATE)
        # Beside the older hierarchies the unified one stands elsewhere, and systemd in a container needs it alone.
        if not (_CGROUPS / "cgroup.procs").exists() and (_CGROUPS / "unified").is_dir():
            mount(str(_CGROUPS / "unified"), str(_CGROUPS), flags=Mount.BIND)

    def end(self) -> None:
        """Takes away the containers, and what podman keeps running beside them."""
        for file in Path(self.notes).glob("hosts/*.pid"):
            # Where the hosts have all processes that there may be, podman can't start any: their inits go first.
            with suppress(OSError, ValueError):
                os.kill(int(file.read_text(encoding="utf-8")), signal.SIGKILL)
        if Path(self.notes).is_dir():
            self._podman("rm", "--all", "--force", "--time", "0", check=False)

    def boot(
        self,
        *,
        folder: str,
        lower: Sequence[str],
        group: str,
        name: str,
        number: int,
        addresses: Sequence[str],
        init: Sequence[str],
        users: Sequence[int],
        bounds: Sequence[str],
    ) -> int:
        """Starts a host; `users` are the first user and group of this machine that it has, `group` is the control group
        within the hierarchy in which podman makes its own."""
        # From here on it is the host's own users who have to come there, and the cache is closed to them.
        root, number_of = (Path(self.notes, "hosts", f"{Path(folder).name}{end}") for end in ("", ".pid"))
        root.mkdir(parents=True, mode=0o711)
        hosts.overlay(folder, lower, str(root))
        maps = [f"--{kind}idmap=0:{_inside(kind, first)}:{COUNT}" for kind, first in zip("ug", users, strict=True)]
        held = [*bounds, *([f"--cgroup-parent={group}"] if group else [])]
        self._podman(
            *("run", "--detach", f"--name={Path(folder).name}", f"--hostname={name}", "--systemd=always"),
            *("--network=none", "--no-hosts", "--cap-add=all", "--log-driver=none", *maps, *held),
            *("--ulimit=nofile=16384:16384", f"--pidfile={number_of}", "--rootfs", str(root), *init),
        )
        process = int(number_of.read_text(encoding="utf-8"))
        hosts.plug(number, process, base=lower[-1])
        enter(process, Namespace.NETWORK)
        hosts.network(addresses, base=lower[-1])
        return process

    def execute(
        self, *streams: int, folder: str, group: str, argv: Sequence[str], environment: Mapping[str, str]
    ) -> int:
        """Runs a program in a host as its root, with these streams; the code that it ended with."""
        told = [f"--env={name}={value}" for name, value in environment.items()]
        given, out, err = streams
        line = [*command(self.notes, grouped=self.grouped), "exec", "--interactive", "--workdir=/", *told]
        done = subprocess.run([*line, Path(folder).name, *argv], stdin=given, stdout=out, stderr=err, check=False)
        return done.returncode if done.returncode >= 0 else 128 - done.returncode

    def _podman(self, *arguments: str, check: bool = True) -> None:
        line = [*command(self.notes, grouped=self.grouped), *arguments]
        done = subprocess.run(line, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if check and done.returncode:
            raise OSError(done.stderr.decode("utf-8", "replace").strip() or f"podman ended with {done.returncode}")


def _inside(kind: str, first: int) -> int:
    """An id of this machine as podman counts it: as root the same, else by its place in the caller's ranges."""
    for line in Path(f"/proc/self/{kind}id_map").read_text(encoding="utf-8").splitlines():
        inside, outside, count = map(int, line.split())
        # In a user namespace of podman's, ids are told from within; its own map is that of the caller's ranges.
        if outside <= first < outside + count:
            return inside + first - outside
    raise OSError(f"podman has no range of ids that holds {first}: see /etc/sub{kind}id")

"""The control groups of a sandbox: one that bounds all of it, and in it one for each host, which its systemd rules."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from converter.model.diagnostic import ConverterError

_OPEN = ("cgroup.procs", "cgroup.threads", "cgroup.subtree_control")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What all hosts of a sandbox may use together: bytes of memory and of disk, and processes."""

    memory: int = 3 << 30
    disk: int = 4 << 30
    processes: int = 3000


USUAL = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """`tree` is in the unified hierarchy; `limiting` are groups elsewhere that only bound memory and processes."""

    tree: Path
    limiting: tuple[Path, ...] = ()

    @classmethod
    def make(cls, name: str, hosts: tuple[str, ...], bounds: Bounds) -> Groups:
        """Makes them, empty; ConverterError where the caller may not."""
        tree = unified() / name
        try:
            tree.mkdir()
        except OSError as problem:
            raise ConverterError(f"no control group can be made: {problem.strerror}", DELEGATE) from None
        for group in (tree, tree / "keeper", *(tree / f"host-{host}" for host in hosts)):
            group.mkdir(exist_ok=True)
            _open_to_the_sandbox(group)
        limiting = tuple(_limiting(name)) if os.geteuid() == 0 else ()
        made = cls(tree=tree, limiting=limiting)
        for group in made.all:
            _bound(group, bounds)
        return made

    @property
    def all(self) -> tuple[Path, ...]:
        """The tree and those that only bound."""
        return (self.tree, *self.limiting)

    def within(self, host: str) -> str:
        """The group of a host, as the hierarchy itself names it."""
        where = next(_mounted("cgroup2"))
        return f"/{(self.tree / f'host-{host}').relative_to(where)}"

    @property
    def bounds_memory(self) -> bool:
        """Whether the kernel lets one of them have no more memory than it may."""
        return any((group / name).exists() for group in self.all for name in ("memory.max", "memory.limit_in_bytes"))

    def add(self, process: int) -> None:
        """Puts the process that makes everything else of the sandbox into them."""
        for file in self.keepers:
            file.write_text(str(process), encoding="ascii")

    @property
    def keepers(self) -> tuple[Path, ...]:
        """The files that take in the process of a keeper."""
        return tuple(group / "cgroup.procs" for group in (self.tree / "keeper", *self.limiting))

    def exceeded(self) -> str:
        """Which bound the sandbox ran into, in words, or nothing."""
        for group in self.all:
            if _event(group, "memory.events", "oom_kill") or _event(group, "memory.oom_control", "oom_kill"):
                return "the limit of memory"
            if _event(group, "pids.events", "max"):
                return "the limit of processes"
        return ""


DELEGATE = "run it in a session of systemd: systemd-run --user --scope -p Delegate=yes gitopsify verify ..."


def unified() -> Path:
    """The directory of the unified hierarchy (cgroup2) in which this caller may make groups."""
    where = next(_mounted("cgroup2"), None)
    if where is None:
        raise ConverterError("there is no unified hierarchy of control groups", "boot with cgroup2 mounted")
    return where if os.geteuid() == 0 else where / _own("").lstrip("/")


def remove(group: Path) -> None:
    """Takes a group away with all below it; what was in it has been killed and may take a moment to be gone."""
    for _ in range(100):
        for path in sorted((each.parent for each in group.rglob("cgroup.procs")), reverse=True):
            try:
                path.rmdir()
            except OSError:
                continue
        if not group.exists():
            return
        time.sleep(0.02)


def _open_to_the_sandbox(group: Path) -> None:
    """Its root is another user of this machine; these files move processes, and nothing above them."""
    group.chmod(0o777)
    for name in _OPEN:
        (group / name).chmod(0o666)


def _limiting(name: str) -> Iterator[Path]:
    for controller in ("memory", "pids"):
        for where in _mounted("cgroup", controller):
            group = where / _own(controller).lstrip("/") / name
            group.mkdir()
            yield group


def _bound(group: Path, bounds: Bounds) -> None:
    wanted = {
        "memory.max": bounds.memory,
        "memory.swap.max": 0,
        "memory.limit_in_bytes": bounds.memory,
        "pids.max": bounds.processes,
    }
    for name, value in wanted.items():
        if (group / name).exists():
            (group / name).write_text(str(value), encoding="ascii")


def _event(group: Path, file: str, name: str) -> bool:
    path = group / file
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return any(line.split()[0] == name and line.split()[1] != "0" for line in lines)


def _mounted(kind: str, option: str = "") -> Iterator[Path]:
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, where, found, options, *_ = line.split()
        if found == kind and (not option or option in options.split(",")):
            yield Path(where)


def _own(controller: str) -> str:
    """The group of this process in a hierarchy; that of the unified one has no name."""
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return path
    return "/"

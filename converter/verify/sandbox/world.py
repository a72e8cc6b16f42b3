"""A sandbox with hosts in it: up in a moment, asked to run programs, and gone without a trace."""

from __future__ import annotations

import fcntl
import itertools
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from converter.verify.sandbox.backends import Backend, Started, chosen_here, forget_containers
from converter.verify.sandbox.cgroups import USUAL, Bounds
from converter.verify.sandbox.cgroups import remove as remove_groups
from converter.verify.sandbox.keeper import NO_MORE
from converter.verify.sandbox.namespaces import Asking, Keeper, SandboxError
from converter.verify.sandbox.running import ENVIRONMENT, Finished, as_file, collect

_RUNS = "run"
_RESERVE = 256 << 20
_UP = "running", "degraded"
_BOOT = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSpec:
    """A host before it runs: its name, its addresses, its layers, relative to the cache, the uppermost first, and files
    that it has besides."""

    name: str
    addresses: tuple[str, ...]
    lower: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)


class World:
    """Hosts that run, by name. One keeper makes and enters them, the other one knows their files; with most backends
    both are the same."""

    def __init__(self, started: Started, folder: str, specs: Sequence[HostSpec], bounds: Bounds) -> None:
        self._started, self._folder, self._bounds = started, folder, bounds
        self._keeper, self._files, self._groups = started.hosts, started.files, started.groups
        self._free = shutil.disk_usage(self._files.cache).free
        self.hosts: Mapping[str, HostSpec] = {spec.name: spec for spec in specs}

    def boot(self) -> None:
        """Starts all hosts at once and waits until each is up."""
        base = next(iter(self.hosts.values())).lower[-1]
        self._keeper.tell("bridge", base=base)
        booting = [self._booting(number, spec) for number, spec in enumerate(self.hosts.values())]
        for asking in booting:
            asking.result()
        for name in self.hosts:
            self._wait_for(name)

    def _booting(self, number: int, spec: HostSpec) -> Asking:
        self._files.tell("prepare", folder=self._of(spec.name), files={**spec.files, **self._started.backend.files})
        return self._keeper.ask(
            "boot",
            folder=self._of(spec.name),
            lower=list(spec.lower),
            group=self._started.group(spec.name),
            name=spec.name,
            number=number,
            addresses=list(spec.addresses),
            **self._started.more,
        )

    def _wait_for(self, host: str) -> None:
        end = time.monotonic() + _BOOT
        while time.monotonic() < end:
            state = self.run(host, ["systemctl", "is-system-running", "--wait"], limit=_BOOT).output.strip()
            if state.endswith(_UP):
                return
            time.sleep(0.05)
        raise SandboxError(f"the host {host} does not start: {state}\n{self.console(host)}")

    def run(
        self,
        host: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        given: bytes = b"",
        limit: float = 60,
    ) -> Finished:
        """Runs a program in a host as its root until it ends; where it uses more than it may, the world ends."""
        read, write = os.pipe()
        with as_file(given) as stdin, os.fdopen(read, "rb", buffering=0) as output:
            asking = self._keeper.ask(
                "execute",
                stdin.fileno(),
                write,
                write,
                folder=self._of(host),
                group=self._started.group(host),
                argv=list(argv),
                environment={**ENVIRONMENT, **(environment or {})},
            )
            os.close(write)
            with asking.answer as answer:
                finished = collect(answer, output, limit=limit, exceeded=self._exceeded)
        bound = self._groups.exceeded() if self._groups and (finished.stopped or finished.code) else ""
        if finished.stopped:
            self._keeper.close()
        ran_into = f"it ran into {bound}" if bound else ""
        return replace(finished, stopped=", and ".join(filter(None, (finished.stopped, ran_into))))

    def changed(self, host: str, skipped: Sequence[str]) -> dict[str, dict[str, object]]:
        """Which files of a host are not as in its layers, by path, and what they are now."""
        lower = list(self.hosts[host].lower)
        found: dict[str, dict[str, object]] = self._files.tell(
            "changed", folder=self._of(host), lower=lower, skipped=list(skipped)
        )
        return found

    def upper(self, host: str) -> str:
        """The layer of what a host has written, relative to the cache."""
        return f"{self._of(host)}/upper"

    def console(self, host: str) -> str:
        """What the init of a host has printed."""
        path = self._files.cache / self._of(host) / "console"
        return path.read_text(encoding="utf-8", errors="replace").strip() if os.access(path, os.R_OK) else ""

    def _of(self, host: str) -> str:
        return f"{self._folder}/hosts/{host}"

    def _exceeded(self) -> str:
        """Why the world must end now, if it must: a script fills the disk of the caller."""
        free = shutil.disk_usage(self._files.cache).free
        if free < _RESERVE:
            return "the disk is full"
        # Others write to the disk too: only when much was taken it is worth while to look at every file of the hosts.
        if self._free - free > self._bounds.disk:
            taken = self._files.tell("used", folders=[self._of(host) for host in self.hosts])
            if taken > self._bounds.disk:
                return "the limit of disk space was reached"
        bounded = self._groups is not None and self._groups.bounds_memory
        return "" if bounded or self._keeper is not self._files else self._taken()

    def _taken(self) -> str:
        """The same for memory and processes, where nothing but looking keeps the hosts from taking too much."""
        try:
            memory, processes = self._keeper.tell("taken")
        except SandboxError as problem:
            return "the limit of processes was reached" if NO_MORE in problem.message else ""
        if memory > self._bounds.memory:
            return "the limit of memory was reached"
        return "the limit of processes was reached" if processes > self._bounds.processes * 0.9 else ""


class Room:
    """A folder of the cache for one run, with all its worlds; what one of them wrote can be a layer of the next."""

    def __init__(self, cache: Path, folder: Path, lock: IO[str], backend: Backend) -> None:
        self.cache, self.folder, self.backend, self._lock = cache, folder, backend, lock
        self._numbers = itertools.count(1)

    @contextmanager
    def world(self, hosts: Sequence[HostSpec], bounds: Bounds = USUAL) -> Iterator[World]:
        """A world with these hosts, which runs until the block is left, however it is left."""
        number = next(self._numbers)
        folder = self.folder / "worlds" / str(number)
        _make(folder, folder / "hosts")
        for spec in hosts:
            (folder / "hosts" / spec.name).mkdir()
            (folder / "hosts" / spec.name).chmod(0o777)
        with ExitStack() as ending:
            groups = self.backend.groups(f"{self.folder.name}-{number}", tuple(spec.name for spec in hosts), bounds)
            for group in groups.all if groups else ():
                self._lock.write(f"{group}\n")
                ending.callback(remove_groups, group)
            self._lock.flush()
            started = ending.enter_context(self.backend.started(self.cache, folder, groups, bounds))
            made = World(started, str(folder.relative_to(self.cache)), hosts, bounds)
            made.boot()
            yield made


@contextmanager
def room(cache: Path, *, keep: bool = False, backend: Backend | None = None) -> Iterator[Room]:
    """A folder for one run that is gone afterwards, unless a person wants to keep it; what runs have left that were
    killed goes first. The backend is the first that works here, if none is given."""
    sweep(cache)
    chosen = backend or chosen_here()
    folder = cache / _RUNS / f"gitopsify-{os.getpid()}-{secrets.token_hex(4)}"
    (cache / _RUNS).mkdir(exist_ok=True)
    (cache / _RUNS).chmod(0o711)
    _make(folder, folder / "worlds")
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield Room(cache, folder, lock, chosen)
        finally:
            if keep:
                (folder / "lock").unlink()
            else:
                _remove(cache, folder)


def _make(*folders: Path) -> None:
    """Makes them, and lets the users of a sandbox through, whatever the caller's umask says."""
    for folder in folders:
        folder.mkdir()
        folder.chmod(0o711)


def sweep(cache: Path) -> None:
    """Takes away what runs have left that were killed."""
    for folder in (cache / _RUNS).glob("*") if (cache / _RUNS).is_dir() else ():
        lock = folder / "lock"
        if not lock.exists():
            continue
        with lock.open("r+", encoding="utf-8") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            # What can't be removed takes room, but must not keep anybody from the next run.
            with suppress(OSError, SandboxError):
                _remove(cache, folder)


def _remove(cache: Path, folder: Path) -> None:
    forget_containers(folder)
    for group in (folder / "lock").read_text(encoding="utf-8").splitlines():
        remove_groups(Path(group))
    keeper = Keeper.start(cache, isolated=True)
    try:
        for host in folder.glob("worlds/*/hosts/*"):
            keeper.tell("empty", folder=str(host.relative_to(cache)))
    finally:
        keeper.close()
    shutil.rmtree(folder)

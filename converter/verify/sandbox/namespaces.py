"""The caller's side of a sandbox: starts its keeper, asks it for hosts and programs, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from converter.model.diagnostic import ConverterError
from converter.verify.sandbox.cgroups import Groups
from converter.verify.sandbox.identity import map_ids, own_range


class SandboxError(ConverterError):
    """Something that the sandbox could not do; a person reads the reason."""


@dataclass(slots=True)
class Keeper:
    """A process that is root in namespaces of its own, and the socket on which it is asked."""

    cache: Path
    process: subprocess.Popen[bytes]
    line: socket.socket

    @classmethod
    def start(cls, cache: Path, *, isolated: bool, groups: Groups | None = None, processes: int = 0) -> Keeper:
        """Starts one that works in the cache folder; an isolated one has no network but its own. It may have so many
        processes more than the caller has now, where that is no matter of control groups."""
        ids = own_range()
        most = processes and processes + _running()
        keeper = cls._started([], cache, "isolated" if isolated else "open", str(most))
        with keeper.ended_if_not_well():
            keeper.expect(b"unshared\n")
            if groups:
                groups.add(keeper.process.pid)
            map_ids(keeper.process.pid, ids)
            keeper.line.sendall(b"mapped\n")
            keeper.expect(b"ready\n")
        return keeper

    @classmethod
    def of_podman(cls, cache: Path, notes: Path, groups: Groups | None) -> Keeper:
        """Starts one that asks podman for its hosts."""
        before = [] if os.geteuid() == 0 else ["podman", "unshare"]
        keeper = cls._started(before, cache, "podman", str(notes), *map(str, groups.keepers if groups else ()))
        with keeper.ended_if_not_well():
            keeper.expect(b"ready\n")
        return keeper

    @classmethod
    def _started(cls, before: Sequence[str], cache: Path, kind: str, *more: str) -> Keeper:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [*before, sys.executable, "-m", "converter.verify.sandbox.keeper", str(cache), kind, *more]
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with theirs:
            process = subprocess.Popen(
                argv,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=surroundings,
            )
        return cls(cache, process, ours)

    @contextmanager
    def ended_if_not_well(self) -> Iterator[None]:
        """Ends it where it does not get ready."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def expect(self, word: bytes) -> None:
        """Waits for a word of the keeper's; SandboxError where it says another, or nothing."""
        if self.line.recv(16) != word:
            self.process.kill()
            said = self.process.communicate()[1].decode("utf-8", "replace").strip().splitlines()
            raise SandboxError(f"the sandbox does not start: {said[-1] if said else 'it ended'}", "gitopsify doctor")

    def ask(self, do: str, *descriptors: int, **given: object) -> Asking:
        """Asks for an operation; the answer comes when it is done."""
        answer, theirs = os.pipe()
        try:
            message = json.dumps({"do": do, "with": given}).encode()
            socket.send_fds(self.line, [message], [theirs, *descriptors])
        except OSError as problem:
            os.close(answer)
            raise SandboxError(f"the sandbox is gone: {problem}") from problem
        finally:
            os.close(theirs)
        return Asking(os.fdopen(answer, "rb"))

    def tell(self, do: str, *descriptors: int, **given: object) -> Any:
        """Asks, and waits for the answer."""
        return self.ask(do, *descriptors, **given).result()

    def close(self) -> None:
        """Ends everything in it."""
        self.line.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()


@dataclass(frozen=True, slots=True)
class Asking:
    """An operation under way."""

    answer: IO[bytes]

    def result(self) -> Any:
        """What came of it, when it is done."""
        with self.answer:
            text = self.answer.read()
        if not text:
            raise SandboxError("the sandbox ended before it was done")
        found = json.loads(text)
        if "problem" in found:
            raise SandboxError(found["problem"])
        return found["result"]


def _running() -> int:
    """How many processes and threads the caller has now."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            count += len(list((folder / "task").iterdir())) if folder.stat().st_uid == os.getuid() else 0
    return count

"""The caller's side of a sandbox: starts its keeper, asks it for hosts and programs, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
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
    def start(cls, cache: Path, *, isolated: bool, groups: Groups | None = None) -> Keeper:
        """Starts one that works in the cache folder; an isolated one has no network but its own."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ids = own_range()
        with theirs:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "converter.verify.sandbox.keeper",
                    str(cache),
                    "isolated" if isolated else "open",
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        keeper = cls(cache, process, ours)
        try:
            keeper._expect(b"unshared\n")
            if groups:
                groups.add(process.pid)
            map_ids(process.pid, ids)
            ours.sendall(b"mapped\n")
            keeper._expect(b"ready\n")
        except BaseException:
            keeper.close()
            raise
        return keeper

    def _expect(self, word: bytes) -> None:
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

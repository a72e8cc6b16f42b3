"""Waiting for a program in a sandbox: its output, up to a bound, until it ends, hangs, or uses more than it may."""

from __future__ import annotations

import json
import os
import selectors
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from converter.verify.sandbox.namespaces import SandboxError

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
_MOST = 4 << 20
_BETWEEN = 0.25
# What a program has printed may arrive after it has ended; what it left running may hold the pipe open for ever.
_AFTERWARDS = 0.05


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its code, what it printed, and why it was stopped, if it was."""

    code: int
    output: str
    stopped: str = ""

    @property
    def well(self) -> bool:
        """Whether it did what it was to do."""
        return self.code == 0 and not self.stopped


@contextmanager
def as_file(content: bytes) -> Iterator[IO[bytes]]:
    """The content as a file to read from its start."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        file.seek(0)
        yield file


def collect(answer: IO[bytes], output: IO[bytes], *, limit: float, exceeded: Callable[[], str]) -> Finished:
    """Reads until the answer is there; `exceeded` is asked now and then and says why to stop."""
    end = time.monotonic() + limit
    said = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(answer, selectors.EVENT_READ)
        waiting.register(output, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in waiting.select(_BETWEEN)}
            if output in ready and not _read(output, said):
                waiting.unregister(output)
            if answer in ready:
                break
            stopped = exceeded() or (f"it did not end within {limit:.0f} seconds" if time.monotonic() > end else "")
            if stopped:
                return Finished(-1, _text(said), stopped)
    _drain(output, said)
    found = answer.read()
    if not found:
        return Finished(-1, _text(said), "the sandbox ended")
    told = json.loads(found)
    if "problem" in told:
        raise SandboxError(f"a program can't be run in the sandbox: {told['problem']}")
    return Finished(int(told["result"]), _text(said))


def _read(output: IO[bytes], said: bytearray) -> bool:
    block = os.read(output.fileno(), 1 << 16)
    said += block
    # The end is what tells why a program failed.
    if len(said) > 2 * _MOST:
        del said[: len(said) - _MOST]
    return bool(block)


def _drain(output: IO[bytes], said: bytearray) -> None:
    with selectors.DefaultSelector() as waiting:
        waiting.register(output, selectors.EVENT_READ)
        while waiting.select(_AFTERWARDS) and _read(output, said):
            pass


def _text(said: bytearray) -> str:
    return bytes(said[-_MOST:]).decode("utf-8", "replace")

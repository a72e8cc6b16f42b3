"""A conversion that is cut short: its n-th write, rename, removal or call of git fails, or ends the process.

It reads `MODE POINT DIRECTORY` lines, does each in a process of its own and answers with how that ended. Modes: count
(prints where each point is), fail (that one call), full (no room for anything new from there on), kill, sudden (kills
that process and git after so many milliseconds), limit (no file may be larger than so many bytes).
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from git.cmd import Git

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree, TreeFile
from converter.repo import write

CHANGING = {"checkout-index", "commit-tree", "merge-tree", "read-tree", "update-index", "update-ref"}
NEEDS_ROOM = {"open", "mkdir", "link", "fdopen"}
PATCHED = [(os, name) for name in ("open", "mkdir", "rename", "replace", "unlink", "rmdir", "link", "chmod", "fdopen")]


class Interruption:
    """Counts the calls, and strikes at one of them."""

    def __init__(self, mode: str, point: int) -> None:
        self.mode, self.point, self.places = mode, point, list[str]()

    def call(self, name: str, room: bool) -> None:
        """Before each call that changes something."""
        number = len(self.places)
        ours = [frame for frame in traceback.extract_stack() if "/converter/repo/" in frame.filename]
        self.places.append(f"{name} {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else name)
        if self.mode == "kill" and number == self.point:
            os.kill(os.getpid(), signal.SIGKILL)
        if (self.mode == "fail" and number == self.point) or (self.mode == "full" and room and number >= self.point):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def around(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The function, counted; also a method."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            if self._matters(name, *args, **kwargs):
                self.call(name, name in NEEDS_ROOM)
            return function(*args, **kwargs)

        return counted

    def _matters(self, name: str, *args: Any, **kwargs: Any) -> bool:
        if name == "execute":
            return not CHANGING.isdisjoint(args[1])
        return name != "open" or self._opens_to_write(*args, **kwargs)

    def _opens_to_write(self, file: object, how: object = "r", *_: object, mode: object = None, **__: object) -> bool:
        how = how if mode is None or isinstance(how, int) else mode
        if file == os.devnull:
            return False
        return bool(
            how & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) if isinstance(how, int) else set(str(how)) & set("wax")
        )


def convert(mode: str, point: int, directory: Path) -> list[str]:
    """One conversion of the files beside the directory, with its interruption."""
    files = json.loads(directory.with_name("files.json").read_text())
    tree = FileTree(files=tuple(TreeFile(path=path, text=text) for path, text in files.items()))
    strike = Interruption(mode, point)
    for module, name in [*PATCHED, (io, "open"), (builtins, "open"), (Git, "execute")]:
        setattr(module, name, strike.around(getattr(module, name), name))
    write(tree, directory)
    return strike.places


def main() -> None:
    """Answers each line."""
    for line in sys.stdin:
        mode, point, directory = line.split()
        child = os.fork()
        if child == 0:
            status = 3
            try:
                os.setsid()
                if mode == "limit":
                    resource.setrlimit(resource.RLIMIT_FSIZE, (int(point), resource.RLIM_INFINITY))
                places = convert(mode, int(point), Path(directory))
                if mode == "count":
                    print(json.dumps(places), flush=True)
                status = 0
            except ConverterError as problem:
                print(problem.message, file=sys.stderr, flush=True)
                status = 2
            finally:
                os._exit(status)
        if mode == "sudden":
            time.sleep(int(point) / 1000)
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()

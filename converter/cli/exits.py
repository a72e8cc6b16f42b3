"""Exit codes, and what is said and kept when a command fails."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from enum import IntEnum
from pathlib import Path

from converter import __version__


class Exit(IntEnum):
    """How a command ended: everything converted, something left for a person, a wrong request, our bug, Ctrl-C."""

    DONE = 0
    LEFT = 1
    REQUEST = 2
    BUG = 3
    INTERRUPTED = 130


def failed(problem: Exception) -> int:
    """Says in one line what went wrong: with the request, or else a bug, whose details go to a file."""
    from converter.model.diagnostic import ConverterError

    if isinstance(problem, ConverterError):
        print(f"gitopsify: {problem.message}", file=sys.stderr)
        if problem.hint:
            print(f"  hint: {problem.hint}", file=sys.stderr)
        return Exit.REQUEST
    if isinstance(problem, OSError) and problem.filename:
        print(f"gitopsify: {problem.filename}: {(problem.strerror or 'no access').lower()}", file=sys.stderr)
        return Exit.REQUEST
    place = _log(problem)
    print(f"gitopsify: this is a bug ({type(problem).__name__}); please report it with {place}", file=sys.stderr)
    return Exit.BUG


def state_directory() -> Path:
    """Where the user's programs keep their logs: https://specifications.freedesktop.org/basedir-spec/latest/."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "gitopsify"


def _log(problem: Exception) -> str:
    """Writes the traceback for the user alone to read, without messages: these may quote the script and its secrets."""
    details = _places(problem)
    about = f"gitopsify {__version__}, Python {platform.python_version()}, {platform.platform()}\n{sys.argv[1:2]}\n"
    try:
        directory = state_directory()
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        path.touch(mode=0o600)
        path.write_text(about + details, encoding="utf-8")
    except OSError:
        return "the command that you ran (the log could not be written)"
    return str(path)


def _places(problem: BaseException) -> str:
    """Where it happened, after where that happened which led to it."""
    before = problem.__cause__ or problem.__context__
    earlier = f"{_places(before)}\nthen\n" if before is not None else ""
    return f"{earlier}{''.join(traceback.format_tb(problem.__traceback__))}{type(problem).__name__}\n"

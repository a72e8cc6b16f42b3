"""The command line: arguments, printing and exit codes; nothing else in the package does these."""

from __future__ import annotations

import gc
import os
import signal
import sys

from converter.cli.app import app
from converter.cli.exits import Exit, failed
from converter.cli.reporting import report
from converter.cli.starting import starter

app.command()(report)
app.command()(starter)


def main() -> int:
    """Runs the command of `sys.argv` and gives its exit code; a traceback never reaches the user."""
    try:
        return _run()
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # `gitopsify explain .. | head` has all it wanted; what is still buffered must not complain on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as problem:
        return failed(problem)


def _run() -> int:
    # Nearly all that a conversion makes lives to its end: looking for garbage would take a tenth of its time.
    gc.set_threshold(200_000, 50, 100)
    try:
        app(prog_name="gitopsify")
    except SystemExit as end:
        # Now, not when Python ends: a closed pipe shows itself only here.
        sys.stdout.flush()
        return end.code if isinstance(end.code, int) else Exit.REQUEST
    return Exit.DONE

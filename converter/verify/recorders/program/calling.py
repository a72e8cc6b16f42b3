"""Writes a call down as a line of JSON, and has what keeps a state do the rest."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pwd
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from converter.verify.recorders.program import libraries, node, processes
from converter.verify.recorders.program.builds import leave
from converter.verify.recorders.program.call import Call, Done

LOG = Path("/var/log/world/calls.jsonl")
KNOWN = Path("/usr/local/lib/world/tools.json")
_KEEPERS: Mapping[str, Callable[[Call], Done]] = {
    "node": node.run,
    "processes": processes.run,
    "composer": libraries.composer,
    "bundle": libraries.bundle,
}
_VERSIONS = frozenset(("--version", "-v", "-V", "version", "-version"))


def main() -> None:
    """Stands for the program of the name that it was called by."""
    known: Mapping[str, Any] = json.loads(KNOWN.read_text(encoding="utf-8"))
    program, arguments = Path(sys.argv[0]).name, sys.argv[1:]
    inner = Path(arguments[0]).name if arguments else ""
    if inner in known["programs"] and arguments[0].startswith("/"):
        # An interpreter that is told which program to run, as the first line of that program would.
        program, arguments = inner, arguments[1:]
    tool = known["tools"].get(program, {})
    if len(arguments) == 1 and arguments[0] in _VERSIONS:
        print(tool.get("version", "1.0.0"))
        return
    user = pwd.getpwuid(os.getuid()).pw_name
    call = Call(program=program, arguments=tuple(arguments), directory=Path.cwd(), user=user, tool=tool)
    keeper = _KEEPERS.get(tool.get("keeps", ""))
    done = keeper(call) if keeper else Done(output=tool.get("prints", ""))
    leave(call)
    _log(call, done, known["environment"])
    (sys.stderr if done.code else sys.stdout).write(done.output)
    sys.exit(done.code)


def _log(call: Call, done: Done, environment: list[str]) -> None:
    line = {
        "program": call.program,
        "arguments": call.arguments,
        "directory": str(call.directory),
        "user": call.user,
        "environment": {name: os.environ[name] for name in environment if name in os.environ},
        "stdin": _stdin(call),
        "changed": done.changed,
        "code": done.code,
    }
    with LOG.open("a", encoding="utf-8") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        log.write(json.dumps(line) + "\n")


def _stdin(call: Call) -> str:
    """A digest of what it is given, where its arguments say that it reads that; a loop's lines are not its own."""
    if any(word in ("-", "/dev/stdin", "--password-stdin", "-f-") or word.endswith("=-") for word in call.arguments):
        return hashlib.sha256(sys.stdin.buffer.read()).hexdigest()[:12]
    return ""

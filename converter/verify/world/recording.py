"""Stands for a program that has no real counterpart in a world: writes down how it is called, and succeeds.

It is a program of its own on the hosts, under the names of those that it stands for. Each call is a line of JSON in
/var/log/world/calls.jsonl: the program, its arguments, where and as whom.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import sys
from pathlib import Path

LOG = Path("/var/log/world/calls.jsonl")
MADE = Path("/usr/local/lib/world/made.json")


def main() -> None:
    """Writes the call down; only asked for its version it says one, and that is no call."""
    program, *arguments = sys.argv
    if arguments in (["--version"], ["-v"], ["version"], ["-version"]):
        print("1.0.0")
        return
    if "--json" in arguments or arguments == ["jlist"]:
        print("[]" if arguments == ["jlist"] else "{}")
    call = {
        "program": Path(program).name,
        "arguments": arguments,
        "directory": str(Path.cwd()),
        "user": pwd.getpwuid(os.getuid()).pw_name,
    }
    for path, text in json.loads(MADE.read_text(encoding="utf-8")).items() if MADE.exists() else ():
        # What the script expects of a build.
        if not Path(path).exists():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
    with LOG.open("a", encoding="utf-8") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        log.write(json.dumps(call) + "\n")


if __name__ == "__main__":
    main()

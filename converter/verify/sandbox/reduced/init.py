"""The init of a host without systemd, a program of its own there: it starts what is enabled, and takes in orphans.

A recorder stands in the place of systemctl from then on; the real one, which still enables and disables, is beside it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from converter.verify.sandbox.reduced.unit import PLACE

LIBRARY = Path(__file__).parents[4]
WANTED = "/etc/systemd/system/multi-user.target.wants"


def main() -> None:
    """Never returns, until the host is told to end."""
    # Debian's scripts and Ansible look there for whether systemd runs, and take this process for it.
    for folder in ("/run/systemd/system", "/run/lock", "/run/sshd", str(PLACE / "units")):
        Path(folder).mkdir(parents=True, exist_ok=True)
    Path("/proc/self/comm").write_text("systemd", encoding="ascii")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    _record_systemctl()
    units = sorted(path.name for path in Path(WANTED).glob("*.service"))
    subprocess.run(["systemctl", "start", *units], check=False, stdout=subprocess.DEVNULL)
    (PLACE / "up").touch()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            signal.pause()


def _record_systemctl() -> None:
    """Mounted, not written: to the files of the host nothing has changed."""
    shutil.copy2("/usr/bin/systemctl", PLACE / "systemctl")
    recorder = PLACE / "recorder"
    line = f'PYTHONPATH={LIBRARY} exec {sys.executable} -B -m converter.verify.sandbox.reduced.systemctl "$@"'
    recorder.write_text(f"#!/bin/sh\n{line}\n", encoding="ascii")
    recorder.chmod(0o755)
    subprocess.run(["mount", "--bind", str(recorder), "/usr/bin/systemctl"], check=True)


if __name__ == "__main__":
    main()

"""Which user ids of this machine the users of a sandbox have: never the caller's, nor any other person's."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from converter.model.diagnostic import ConverterError

COUNT = 65536
# Root may take any range: this one is above those that useradd and systemd hand out (systemd: UIDS-GIDS.md).
_ROOTS_OWN = 1_879_048_192
HINT = (
    "install uidmap (newuidmap) and give yourself a range of ids:"
    " sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER"
)


@dataclass(frozen=True, slots=True)
class Range:
    """The first user and the first group of this machine that a sandbox may use, COUNT of each."""

    users: int
    groups: int


def own_range() -> Range:
    """The caller's range; ConverterError where there is none."""
    if os.geteuid() == 0:
        return Range(_ROOTS_OWN, _ROOTS_OWN)
    users, groups = _subordinate("/etc/subuid"), _subordinate("/etc/subgid")
    if users is None or groups is None:
        raise ConverterError(f"you have no range of {COUNT} subordinate ids for a sandbox", HINT)
    if shutil.which("newuidmap") is None:
        raise ConverterError("newuidmap is not installed, so no sandbox can have users of its own", HINT)
    return Range(users, groups)


def map_ids(process: int, ids: Range) -> None:
    """Gives the users 0 to COUNT of a process's user namespace the ids of the range."""
    for kind, first in (("uid", ids.users), ("gid", ids.groups)):
        if os.geteuid() == 0:
            Path(f"/proc/{process}/{kind}_map").write_text(f"0 {first} {COUNT}\n", encoding="ascii")
        else:
            subprocess.run([f"new{kind}map", str(process), "0", str(first), str(COUNT)], check=True)


def _subordinate(file: str) -> int | None:
    """The first id of the caller's first range that is long enough (subuid(5))."""
    path = Path(file)
    known = (pwd.getpwuid(os.getuid()).pw_name, str(os.getuid()))
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        name, _, rest = line.partition(":")
        first, _, count = rest.partition(":")
        if name in known and first.isdigit() and count.isdigit() and int(count) >= COUNT:
            return int(first)
    return None

"""Tells what a host is like apart from its files: a program of its own that is run on it and prints JSON.

`probe.py SINCE CHECKOUT...`: SINCE is a time in seconds since the machine of the sandbox was started; a service
that was started after it has been restarted by what was run.
"""

from __future__ import annotations

import grp
import hashlib
import json
import os
import pwd
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

Found = dict[str, dict[str, object]]
_ALWAYS = re.compile(r"(user|session|run|init|systemd|dbus|getty|ssh@|user-runtime-dir|emergency|rescue)")


def said(*argv: str) -> str:
    """What a program prints, nothing where it is not there."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def users() -> dict[str, object]:
    """Home, shell, comment, and whether there is a password; numbers are the system's own choice."""
    shadow = dict(line.split(":", 2)[:2] for line in Path("/etc/shadow").read_text(encoding="utf-8").splitlines())
    return {
        each.pw_name: {
            "home": each.pw_dir,
            "shell": each.pw_shell,
            "comment": each.pw_gecos,
            "group": _group(each.pw_gid),
            "system": each.pw_uid < 1000,
            "password": "set" if shadow.get(each.pw_name, "*").lstrip("!").startswith("$") else "none",
            "locked": shadow.get(each.pw_name, "*").startswith("!$"),
        }
        for each in pwd.getpwall()
    }


def groups() -> dict[str, object]:
    """Their members."""
    return {each.gr_name: {"members": sorted(each.gr_mem)} for each in grp.getgrall()}


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def packages() -> dict[str, object]:
    """Versions of those that are installed, and which are held: `ii`, `hi` (dpkg-query(1))."""
    lines = said("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Abbrev}\n").splitlines()
    parts = [line.split() for line in lines]
    installed = ((name, version, state[0]) for name, version, state in parts if state[1] == "i")
    return {name: {"version": version, "held": wanted == "h"} for name, version, wanted in installed}


def services(since: float) -> dict[str, object]:
    """Which units run, which are enabled, and which were started since."""
    asked = "Id,LoadState,ActiveState,UnitFileState,ActiveEnterTimestampMonotonic"
    text = said("systemctl", "show", "--all", f"--property={asked}", "*.service", "*.timer", "*.socket", "*.mount")
    units = [dict(line.split("=", 1) for line in block.splitlines()) for block in text.strip().split("\n\n")]
    found: dict[str, object] = {}
    for unit in units:
        if _ALWAYS.match(unit["Id"]) or unit["LoadState"] == "not-found":
            continue
        active = unit["ActiveState"] in ("active", "activating", "reloading")
        entered = int(unit.get("ActiveEnterTimestampMonotonic") or 0) / 1e6
        found[unit["Id"]] = {
            "active": active,
            "enabled": unit["UnitFileState"],
            "started": active and entered > since,
        }
    for line in said("systemctl", "list-unit-files", "--no-legend", "--no-pager").splitlines():
        name, state = line.split()[:2]
        if name not in found and not _ALWAYS.match(name) and not name.endswith(("@.service", "@.socket")):
            found[name] = {"active": False, "enabled": state, "started": False}
    return found


def ports() -> dict[str, object]:
    """Who listens where."""
    found: dict[str, object] = {}
    for line in said("ss", "-H", "-ltunp").splitlines():
        kind, _, _, _, address, *_ = line.split()
        name = re.search(r'\(\("([^"]+)"', line)
        found[f"{kind} {address}"] = {"program": name[1] if name else ""}
    return found


def processes() -> dict[str, object]:
    """Processes that no unit of the system runs, by user and command line, with how many there are."""
    lines = Counter(line for folder in Path("/proc").glob("[0-9]*") if (line := process(folder)))
    return {line: {"count": count} for line, count in lines.items()}


def process(folder: Path) -> str:
    """User and command line, nothing for a process of the system's own or of this program."""
    if int(folder.name) in (1, os.getpid(), os.getppid()):
        return ""
    try:
        words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        group = (folder / "cgroup").read_text(encoding="utf-8")
        user = pwd.getpwuid(folder.stat().st_uid).pw_name
    except (OSError, KeyError):
        return ""
    line = b" ".join(words).decode("utf-8", "replace").strip()
    if not line or re.search(r"\.service\b|/init\.scope", re.sub(r"/user@\d+\.service", "", group)):
        return ""
    return "" if re.match(r"sshd: |\(sd-pam\)|/lib/systemd/systemd --user", line) else f"{user}: {line}"


def crontabs() -> dict[str, object]:
    """The lines of each user's crontab, without comments and marks."""
    found: dict[str, object] = {}
    for file in Path("/var/spool/cron/crontabs").glob("*"):
        lines = [" ".join(line.split()) for line in file.read_text(encoding="utf-8").splitlines()]
        found[file.name] = {"lines": sorted(line for line in lines if line and not line.startswith("#"))}
    return found


def checkouts(paths: list[str]) -> dict[str, object]:
    """Where each working copy stands (gitrevisions(7)), and what is changed in it."""
    found: dict[str, object] = {}
    for path in paths:
        # A look writes no index: it would be root's.
        ask = ("git", "--no-optional-locks", "-c", "safe.directory=*", "-C", path)
        found[path] = {
            "commit": said(*ask, "rev-parse", "HEAD").strip(),
            "branch": said(*ask, "symbolic-ref", "-q", "--short", "HEAD").strip() or "detached",
            "remotes": sorted({line.split(" (")[0] for line in said(*ask, "remote", "-v").splitlines()}),
            "changes": sorted(said(*ask, "status", "--porcelain", "--ignored=no").splitlines()),
        }
    return found


def databases() -> dict[str, object]:
    """What is in the databases of servers that run, and who may log in there."""
    as_owner = ("runuser", "-u", "postgres", "--")
    found: dict[str, object] = {}
    listing = "select datname from pg_database where not datistemplate"
    for name in said(*as_owner, "psql", "-Atc", listing).split():
        found[f"{name} of postgresql"] = _held(said(*as_owner, "pg_dump", name))
    for name in said("mariadb", "-Ne", "show databases").split():
        if name not in ("information_schema", "performance_schema", "mysql", "sys"):
            found[f"{name} of mariadb"] = _held(said("mariadb-dump", "--skip-comments", name))
    found["users of postgresql"] = _held(said(*as_owner, "pg_dumpall", "--roles-only", "--no-role-passwords"))
    found["users of mariadb"] = _held(said("mariadb", "-Ne", "select user, host from mysql.user order by 1, 2"))
    return found


def _held(text: str) -> dict[str, object]:
    """A digest without comments and without the random words of pg_dump(1)."""
    lines = (line for line in text.splitlines() if not line.startswith(("--", "\\")))
    return {"sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]}


def settings() -> dict[str, object]:
    """What the kernel and the system hold besides files."""
    rules = [
        re.sub(r"\[\d+:\d+\]", "", line) for line in said("iptables-save").splitlines() if not line.startswith("#")
    ]
    return {
        "hostname": {"value": os.uname().nodename},
        "firewall": {"value": "\n".join(rules)},
        "swap": {"value": said("swapon", "--noheadings", "--show=NAME").strip()},
    }


def main() -> None:
    """Prints all of it."""
    since, *paths = sys.argv[1:]
    found: Found = {
        "user": users(),
        "group": groups(),
        "package": packages(),
        "service": services(float(since)),
        "port": ports(),
        "process": processes(),
        "crontab": crontabs(),
        "checkout": checkouts(paths),
        "database": databases(),
        "setting": settings(),
        "names": {
            "users": {str(each.pw_uid): each.pw_name for each in pwd.getpwall()},
            "groups": {str(each.gr_gid): each.gr_name for each in grp.getgrall()},
        },
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()

"""What a path says: whose it is, and whether it is there on every host."""

from __future__ import annotations

import re
from collections.abc import Iterable

SENT = "A file of the world.\n"
# What stands for the bytes of an archive with one file in it.
PACKED = "An archive of the world.\n"
SETTINGS = "SAMPLE=1\n"
COMPOSE = "services:\n  web:\n    image: sample/web:1\n"


def home_of(user: str) -> str:
    """The home directory that a user has in a world."""
    return "/root" if user == "root" else f"/home/{user}"


def below(path: str, folders: Iterable[str]) -> bool:
    """Whether it is one of the folders, or in one."""
    return any(path == folder or path.startswith(f"{folder.rstrip('/')}/") for folder in folders)


def is_there(path: str) -> bool:
    """Whether Debian's base has the file."""
    return re.match(r"/etc/(passwd|hosts|fstab|sysctl\.conf|profile|environment|crontab|ssh/)", path) is not None


def is_own(path: str) -> bool:
    """Whether a program is the application's own, not one of the system."""
    return path.startswith("/") and not re.match(r"/(usr/)?(local/)?s?bin/|/dev/|/etc/init\.d/", path)


def system(path: str) -> bool:
    """Whether every Debian has the folder, or it is the system's own."""
    return (
        re.match(
            r"/($|etc|usr(?!/local/.)|tmp|var($|/(log|lib|www|cache|spool|tmp)$)|opt$|srv$|home$|root$|run|dev|proc)",
            path,
        )
        is not None
    )


def content(path: str) -> str:
    """What is in a file of a world of which only the path is known."""
    if re.search(r"\.(tar(\.\w+)?|tgz|tbz2|txz|zip|jar)$", path):
        return PACKED
    if re.search(r"compose[^/]*\.ya?ml$", path):
        return COMPOSE
    if path.endswith(".sql"):
        return "SELECT 1;\n"
    if re.search(r"\.(conf|cfg|ini|toml|ya?ml|cnf|sh)$|/sites-available/", path):
        return f"# {SENT}"
    return SETTINGS if re.search(r"\.env\b[^/]*$", path) else SENT

"""Databases that a script expects on its hosts, read from the clients that it calls, such as psql(1) and mariadb(1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from getopt import GetoptError, gnu_getopt
from typing import Literal
from urllib.parse import urlsplit

from converter.model.world import Database
from converter.verify.words import Simple
from converter.verify.world.secrets import dummy

Engine = Literal["postgresql", "mariadb"]

_LONG = [
    "username=",
    "host=",
    "dbname=",
    "user=",
    "database=",
    "port=",
    "password=",
    "file=",
    "format=",
    "command=",
    "table=",
]
_POSTGRESQL = "AaEeHilnqsStVWwXx01OBbCcKd:f:h:L:o:p:P:R:T:U:v:F:j:N:Z:"
_MARIADB = "ABbCcEfGgHijLnNoqrsStTvVwXu:h:P:D:e:S:"
_CLIENTS: dict[str, tuple[Engine, str]] = {
    "psql": ("postgresql", _POSTGRESQL.replace("c", "c:", 1)),
    "pg_dump": ("postgresql", _POSTGRESQL),
    "pg_restore": ("postgresql", _POSTGRESQL),
    "mysql": ("mariadb", _MARIADB),
    "mysqldump": ("mariadb", _MARIADB),
    "mariadb": ("mariadb", _MARIADB),
    "mariadb-dump": ("mariadb", _MARIADB),
}
_HERE = ("", "localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_MADE = re.compile(
    r"\bcreate\s+database\s+(?:if\s+not\s+exists\s+)?[`\"']?(\w+)|\bcreatedb[ \t](?:.*[ \t])?([\w-]+)", re.IGNORECASE
)


def databases(commands: Iterable[Simple], texts: Iterable[str], resolved: Callable[[str], str]) -> Iterator[Database]:
    """Those on the hosts themselves that nothing makes; `resolved` puts what is known in the place of variables."""
    made = {name for text in texts for found in _MADE.finditer(text) for name in found.groups()}
    for command in commands:
        program = command.argv[0].rpartition("/")[2]
        if program in _CLIENTS:
            found = _asked(program, [resolved(word) for word in command.argv[1:]])
            if found is not None and found.name not in made:
                yield found


def _asked(program: str, words: list[str]) -> Database | None:
    engine, short = _CLIENTS[program]
    # The password of mariadb(1) stands in the word of its option, or nowhere.
    password = next((word[2:] for word in words if engine == "mariadb" and re.match(r"-p.", word)), "")
    words = [word for word in words if not _is_flag(word) and (engine != "mariadb" or not word.startswith("-p"))]
    try:
        options, rest = gnu_getopt(words, short, _LONG)
    except GetoptError:
        return None
    told = dict(options)
    name = told.get("-d") or told.get("--dbname") or told.get("-D") or told.get("--database") or ""
    name = name or (rest[0] if rest and program != "pg_restore" else "")
    user = told.get("-U") or told.get("--username") or told.get("-u") or told.get("--user") or ""
    host = told.get("-h") or told.get("--host") or ""
    if "://" in name:
        parts = urlsplit(name)
        name, user, host, password = (
            parts.path.strip("/"),
            parts.username or "",
            parts.hostname or "",
            parts.password or "",
        )
    password = password or told.get("--password", "")
    if host not in _HERE or not _NAME.fullmatch(name) or (user and not _NAME.fullmatch(user)):
        return None
    return Database(engine=engine, name=name, user=user, password=_secret(password))


def _is_flag(word: str) -> bool:
    """An option that says nothing of which database it is, and takes no word of its own."""
    return word.startswith("--") and not any(word.startswith(f"--{name.rstrip('=')}") for name in _LONG)


def _secret(text: str) -> str:
    """The password, or what stands for the secret that it is."""
    found = re.fullmatch(r"\$\{?(\w+)\}?", text)
    return dummy(found[1]) if found else text

"""The options that a program's own `--help` lists."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from oracle.grammars import Command, Options, Takes

# Programs that list one option a line, with what they do in a column of its own.
_TOOLS = frozenset(
    """cat chgrp chmod chown chpasswd chsh cp curl docker fallocate git gpasswd groupadd gunzip gzip hostnamectl install
    ln mkdir mkswap mktemp mount mv passwd pkill rm rmdir rsync sed shutdown swapoff swapon sysctl systemctl
    tar tee touch truncate useradd userdel usermod wget zip""".split()
)
_OTHERWISE = frozenset({("git", "diff"), ("git", "rev-list")})
_ASKED = {"git": ("-h",), "curl": ("--help", "all")}
_LINE = re.compile(r"^\s{1,12}(-\S.*?)(?:\s{2,}.*|\t.*|)$")
_BETWEEN = re.compile(r",\s*(?=-)|\s*\|\s*(?=-)|\s+(?=--)|(?<=-\w)\s(?=-)")
_PIECE = re.compile(r"(?P<name>--?[A-Za-z0-9](?:[\w-]*\w)?)(?P<rest>.*)")


def manuals(commands: Iterable[Command]) -> dict[Command, Options]:
    """What each option takes, of the commands whose program is here and lists them so."""
    here = {tool for tool in _TOOLS if shutil.which(tool)}
    asked = sorted({one for one in commands if one[0] in here} - _OTHERWISE)
    with ThreadPoolExecutor(4) as pool:
        told = dict(zip(asked, pool.map(_help, asked), strict=True))
    # Of a subcommand that it has not, such as one of a plugin, docker says what it says of itself.
    own = {command: text for command, text in told.items() if len(command) == 1 or text != told.get(command[:1])}
    return {command: found for command, text in own.items() if (found := read_help(text))}


def _help(command: Command) -> str:
    done = subprocess.run(
        [*command, *_ASKED.get(command[0], ("--help",))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "COLUMNS": "400"},
    )
    return done.stdout + done.stderr


def read_help(text: str) -> Options:
    """`-m, --mode=MODE   what it does`: the short spelling takes what the long one has to be given."""
    found: dict[str, Takes] = {}
    for line in re.sub(r",  +(?=--)", ", ", text).splitlines():
        head = _LINE.match(line)
        pieces = _BETWEEN.split(head[1]) if head else ()
        read = [piece for each in pieces if (piece := _PIECE.match(each.replace("--[no-]", "--")))]
        shown = {piece["name"]: _takes(piece["rest"]) for piece in read}
        needed = "argument" in shown.values() and "optional" not in shown.values()
        for name, takes in shown.items():
            found.setdefault(name, "argument" if needed else takes)
    return found


def _takes(rest: str) -> Takes:
    if not rest.strip():
        return "nothing"
    return "optional" if rest.startswith("[") else "argument"

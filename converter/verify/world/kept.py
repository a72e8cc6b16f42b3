"""What commands that stay commands expect of a host: the sources of copies, and the folders that output is put into."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from converter.verify.words import Simple, in_text, on_hosts

# Programs that copy, with their options that take a word.
_COPYING = {
    "cp": ("-t", "-S"),
    "mv": ("-t", "-S"),
    "install": ("-m", "-o", "-g", "-t"),
    "rsync": ("-e", "--rsh", "-f"),
    "scp": ("-c", "-D", "-F", "-i", "-J", "-l", "-o", "-P", "-S", "-X"),
}
_REMOTE = re.compile(r"[^/]+:(/.*)")


@dataclass(frozen=True, slots=True)
class Expected:
    """A path that has to be there, a folder or a file; `far` where a session's host has it."""

    path: str
    folder: bool = False
    far: bool = False


def expected(text: str, cwd: str) -> Iterator[Expected]:
    """What the text for a shell expects, as far as its paths are known; seen from `cwd` where they are relative."""
    here = list(in_text(text))
    for simple in here:
        yield from _of(simple, cwd, far=False)
    for simple in on_hosts(text):
        if simple not in here:
            yield from _of(simple, "", far=True)


def _of(simple: Simple, cwd: str, *, far: bool) -> Iterator[Expected]:
    for target in simple.written:
        if path := _absolute(posixpath.dirname(target), cwd):
            yield Expected(path, folder=True, far=far)
    name = posixpath.basename(simple.argv[0])
    if name == "tar":
        for option, folder in pairwise(simple.argv):
            if option in ("-C", "--directory") and (path := _absolute(folder, cwd)):
                yield Expected(path, folder=True, far=far)
    words = _operands(simple.argv[1:], _COPYING[name]) if name in _COPYING else []
    if len(words) > 1 and words[-1].endswith("/"):
        remote = _REMOTE.match(words[-1])
        if path := _absolute(remote[1] if remote else words[-1], "" if remote else cwd):
            yield Expected(path, folder=True, far=far or remote is not None)
    for word in words[:-1]:
        if path := _absolute(_found(word), cwd):
            whole = word.endswith("/") or "." not in posixpath.basename(path)
            yield Expected(f"{path}/sample.txt" if whole else path, far=far)


def _operands(words: Sequence[str], taking: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in taking:
            next(rest, None)
        elif not word.startswith("-"):
            found.append(word)
    return found


def _found(word: str) -> str:
    """A file that a pattern finds."""
    return re.sub(r"\*(\.\w+)?", lambda rest: f"sample{rest[1] or '.txt'}", word)


def _absolute(path: str, cwd: str) -> str:
    """Nothing for what is elsewhere, or known to a run alone."""
    if not path or re.search(r"[$`*?:~]", path) or path.startswith("/dev/"):
        return ""
    whole = posixpath.normpath(posixpath.join(cwd, path))
    return whole if whole.startswith("/") else ""

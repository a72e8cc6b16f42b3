"""What a host has changed in its files, read from within out of the upper layer of its overlay."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from converter.verify.sandbox.packed import digest_of
from converter.verify.sandbox.syscalls import Namespace, mount, unshare

_OPAQUE = "user.overlay.opaque"
_LARGEST_SHOWN = 64 << 10
# PATH_MAX (limits.h) without the folder of the host, a name, and what ends it.
_LONGEST = 4096 - 512
Entry = dict[str, Any]


def changed(*, folder: str, lower: Sequence[str], skipped: Sequence[str]) -> dict[str, Entry]:
    """By path: what is otherwise than in the lower layers, and `gone` for what is no more; `skipped` are paths that
    nobody asks for, with all below them."""
    unshare(Namespace.MOUNTS)
    before = f"{folder}/before"
    Path(before).mkdir(exist_ok=True)
    layers = lower if len(lower) > 1 else [*lower, f"{folder}/nothing"]
    Path(folder, "nothing").mkdir(exist_ok=True)
    mount("overlay", before, "overlay", options=f"lowerdir={':'.join(layers)},userxattr")
    return dict(_walk(f"{folder}/upper", before, frozenset(skipped)))


def used(*, folders: Sequence[str]) -> int:
    """How many bytes of the disk the hosts in these folders have taken."""
    count = 0
    waiting = [f"{folder}/upper" for folder in folders]
    while waiting:
        inside = waiting.pop()
        with suppress(OSError):
            for found in os.scandir(inside):
                with suppress(FileNotFoundError):
                    count += found.stat(follow_symlinks=False).st_blocks * 512
                    if found.is_dir(follow_symlinks=False):
                        waiting.append(found.path)
    return count


def taken() -> tuple[int, int]:
    """How many bytes of memory the processes of a sandbox have for themselves, and how many processes there are."""
    pages = processes = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            _, held, shared, *_ = map(int, (folder / "statm").read_text(encoding="utf-8").split())
            pages += held - shared
            processes += 1
    return pages * os.sysconf("SC_PAGE_SIZE"), processes


def _walk(upper: str, before: str, skipped: frozenset[str]) -> Iterator[tuple[str, Entry]]:
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        if len(os.fsencode(inside)) > _LONGEST:
            raise OSError(f"folders are nested too deeply to be compared: {inside[:40]}...")
        for found in sorted(os.scandir(f"{upper}{inside}"), key=lambda each: each.name):
            path = f"{inside}/{found.name}"
            if path in skipped:
                continue
            now, old = entry(f"{upper}{path}"), entry(f"{before}{path}")
            if now != old:
                yield path, now
            if now["type"] == "directory":
                waiting.append(path)
                if old.get("type") == "directory" and _opaque(f"{upper}{path}"):
                    yield from _replaced(upper, before, path, skipped)


def _replaced(upper: str, before: str, path: str, skipped: frozenset[str]) -> Iterator[tuple[str, Entry]]:
    """What was in a directory that another one has taken the place of."""
    for found in os.scandir(f"{before}{path}"):
        inside = f"{path}/{found.name}"
        if inside not in skipped and not os.path.lexists(f"{upper}{inside}"):
            yield inside, {"type": "gone"}


def _opaque(path: str) -> bool:
    try:
        return os.getxattr(path, _OPAQUE, follow_symlinks=False) == b"y"
    except OSError:
        return False


def entry(path: str) -> Entry:
    """Type, mode, owner and group by number, and the content: a digest and a small text, or where a link goes; of an
    archive a digest of what is in it."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return {"type": "gone"}
    except NotADirectoryError:
        return {"type": "gone"}
    kind = stat.S_IFMT(found.st_mode)
    owned: Entry = {"owner": found.st_uid, "group": found.st_gid}
    if kind == stat.S_IFCHR and found.st_rdev == 0:
        return {"type": "gone"}
    if kind == stat.S_IFLNK:
        return {"type": "link", "target": str(Path(path).readlink()), **owned}
    owned["mode"] = f"{stat.S_IMODE(found.st_mode):04o}"
    if kind == stat.S_IFDIR:
        return {"type": "directory", **owned}
    if kind != stat.S_IFREG:
        return {"type": "special", **owned}
    return {"type": "file", **owned, **_content(path, found.st_size)}


def _content(path: str, size: int) -> Entry:
    digest = hashlib.sha256()
    start = b""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            start = start or block
    if packed := digest_of(path):
        return {"sha256": packed, "packed": True}
    found: Entry = {"sha256": digest.hexdigest(), "size": size}
    if size <= _LARGEST_SHOWN and b"\0" not in start:
        found["text"] = start.decode("utf-8", "replace")
    return found

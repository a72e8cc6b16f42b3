"""What is packed into a file: two archives of the same files are the same, though times and compression differ, and so
are two dumps of the same database."""

from __future__ import annotations

import bz2
import codecs
import gzip
import hashlib
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol


class Stream(Protocol):
    """What is read until nothing comes."""

    def read(self, size: int, /) -> bytes:
        """So many bytes at most."""


_TAR = re.compile(r"\.(tar(\.(gz|bz2|xz))?|tgz|tbz2?|txz)$")
_ZIP = re.compile(r"\.(zip|jar|war|whl)$")
_ALONE: dict[str, Callable[[str], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_PASSING = re.compile(rb"-- Dump completed on |\\(un)?restrict ")
# What a comparison reads of one archive at most, in bytes.
_LARGEST = 1 << 28
# The names in a zip file are in it, and no module can be found once the process looks out of a host.
codecs.lookup("cp437")
_BROKEN = (OSError, EOFError, ValueError, tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error)


def digest_of(path: str) -> str:
    """A digest of the names, kinds, modes, owners and contents in it; "" for what is no archive, or can't be read."""
    if _TAR.search(path):
        parts = _in_tar
    elif _ZIP.search(path):
        parts = _in_zip
    elif path[path.rfind(".") :] in _ALONE:
        parts = _alone
    elif path.endswith(".sql"):
        parts = _dumped
    else:
        return ""
    try:
        told = sorted(parts(path))
    except _BROKEN:
        return ""
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


class _Reader:
    """Digests of streams, as long as they are not too large together."""

    def __init__(self) -> None:
        self._left = _LARGEST

    def digest(self, stream: Stream | None) -> str:
        found = hashlib.sha256()
        while stream is not None and (block := stream.read(1 << 20)):
            self._left -= len(block)
            if self._left < 0:
                raise ValueError("too large to be looked into")
            found.update(block)
        return found.hexdigest()


def _in_tar(path: str) -> Iterator[str]:
    reader = _Reader()
    with tarfile.open(path, "r:*") as tar:
        for each in tar:
            content = reader.digest(tar.extractfile(each) if each.isreg() else None)
            name = each.name.removeprefix("./") or "."
            owner = each.uname or each.uid, each.gname or each.gid
            yield repr((name, each.type, f"{each.mode:o}", *owner, each.linkname, content))


def _in_zip(path: str) -> Iterator[str]:
    reader = _Reader()
    with zipfile.ZipFile(path) as packed:
        for each in packed.infolist():
            with packed.open(each) as stream:
                yield repr((each.filename, f"{each.external_attr >> 16:o}", reader.digest(stream)))


def _alone(path: str) -> Iterator[str]:
    with _ALONE[path[path.rfind(".") :]](path) as stream:
        yield _Reader().digest(_Dump(stream) if re.search(r"\.sql\.\w+$", path) else stream)


def _dumped(path: str) -> Iterator[str]:
    with Path(path).open("rb") as stream:
        yield _Reader().digest(_Dump(stream))


class _Dump:
    """The lines of a dump without when it was made, and without the random words that pg_dump(1) puts around it."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)

    def read(self, _size: int, /) -> bytes:
        """The next line."""
        return next((line for line in self._lines if not _PASSING.match(line)), b"")

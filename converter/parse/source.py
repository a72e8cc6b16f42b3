"""Decoding of source files: any bytes become text with plain line ends."""

from __future__ import annotations

import codecs

from converter.model.source import SourceFile


def read_source(path: str, data: bytes) -> SourceFile:
    """The source file in the bytes: UTF-8 with or without a mark, else as Windows writes it, else Latin-1, which never
    fails."""
    return SourceFile(
        path=path, text=_decoded(data).replace("\r\n", "\n").replace("\r", "\n"), language=_language(path, data)
    )


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _language(path: str, data: bytes) -> str:
    first = data[:80].split(b"\n", 1)[0]
    if path.endswith(".py") or (first.startswith(b"#!") and b"python" in first):
        return "python"
    return "shell"

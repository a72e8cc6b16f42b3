"""Archives are compared by what is in them, with files that real programs have packed."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from converter.verify.sandbox.packed import digest_of

PACKING: dict[str, list[str]] = {
    "a.tar.gz": ["tar", "-czf", "{archive}", "-C", "{folder}", "."],
    "a.tgz": ["tar", "-czf", "{archive}", "-C", "{folder}", "."],
    "a.tar": ["tar", "-cf", "{archive}", "-C", "{folder}", "."],
    "a.tar.xz": ["tar", "-cJf", "{archive}", "-C", "{folder}", "."],
    "a.zip": ["python3", "-m", "zipfile", "-c", "{archive}", "{folder}/in"],
}


def _packed(name: str, folder: Path, archive: Path) -> str:
    argv = [word.format(archive=archive, folder=folder) for word in PACKING[name]]
    subprocess.run(argv, check=True)
    return digest_of(str(archive))


@pytest.mark.parametrize("name", PACKING)
def test_times_tell_no_archives_apart(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "files" / "in"
    inside.mkdir(parents=True)
    (inside / "a.txt").write_text("one\n")
    before = _packed(name, tmp_path / "files", tmp_path / name)
    os.utime(inside / "a.txt", (1_600_000_000, 1_600_000_000))
    os.utime(inside, (1_600_000_000, 1_600_000_000))
    assert _packed(name, tmp_path / "files", tmp_path / f"later-{name}") == before != ""


@pytest.mark.parametrize("name", PACKING)
@pytest.mark.parametrize("change", [
    lambda inside: (inside / "a.txt").write_text("two\n"),
    lambda inside: (inside / "b.txt").write_text("one\n"),
    lambda inside: (inside / "a.txt").chmod(0o600),
])  # fmt: skip
def test_contents_names_and_modes_do(name: str, change: Callable[[Path], object], tmp_path: Path) -> None:
    inside = tmp_path / "files" / "in"
    inside.mkdir(parents=True)
    (inside / "a.txt").write_text("one\n")
    before = _packed(name, tmp_path / "files", tmp_path / name)
    change(inside)
    assert _packed(name, tmp_path / "files", tmp_path / f"later-{name}") != before


def test_one_compressed_file_by_its_content(tmp_path: Path) -> None:
    for name, time in (("a.sql.gz", 1), ("b.sql.gz", 2)):
        (tmp_path / name).write_bytes(gzip.compress(b"dump\n", mtime=time))
    assert digest_of(str(tmp_path / "a.sql.gz")) == digest_of(str(tmp_path / "b.sql.gz")) != ""


def test_what_is_no_archive_has_no_such_digest(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_text("A file of the world.\n")
    (tmp_path / "a.txt").write_text("text\n")
    assert digest_of(str(tmp_path / "a.tar.gz")) == digest_of(str(tmp_path / "a.txt")) == ""


@pytest.mark.parametrize("name", PACKING)
def test_no_module_is_looked_for_while_reading(name: str, tmp_path: Path) -> None:
    """A sandbox reads while it looks out of a host, where the modules of this interpreter are not."""
    (tmp_path / "files" / "in").mkdir(parents=True)
    (tmp_path / "files" / "in" / "caf\u00e9.txt").write_text("one\n")
    expected = _packed(name, tmp_path / "files", tmp_path / name)
    told = (
        "import sys; from converter.verify.sandbox.packed import digest_of; "
        "sys.meta_path.clear(); print(digest_of(sys.argv[1]))"
    )
    argv = [sys.executable, "-c", told, str(tmp_path / name)]
    assert subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip() == expected


def test_dumps_of_databases_without_their_times(tmp_path: Path) -> None:
    for name, word, row in (("a", "x1", "1"), ("b", "x2", "1"), ("c", "x3", "2")):
        text = (
            f"\\restrict {word}\nINSERT INTO sample VALUES ({row});\n\\unrestrict {word}\n-- Dump completed on {word}\n"
        )
        (tmp_path / f"{name}.sql").write_text(text)
        (tmp_path / f"{name}.sql.gz").write_bytes(gzip.compress(text.encode()))
    for end in ("sql", "sql.gz"):
        a, b, c = (digest_of(str(tmp_path / f"{name}.{end}")) for name in "abc")
        assert a == b != c

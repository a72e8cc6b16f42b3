"""Git objects of a tree of files: blobs, trees and commits, made without touching a working copy."""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from converter.model.tree import FileTree

if TYPE_CHECKING:
    from git import Blob, Commit, IndexEntry, Repo

_PLAIN = 0o100644
_EXECUTABLE = 0o100755
# What `git init` writes, without its sample hooks: see gitrepository-layout(5).
_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
"""
FALLBACK = ("gitopsify", "gitopsify@localhost")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who commits; `fallback` tells that git knows no name here."""

    name: str
    email: str
    fallback: bool = False

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


def identity(repo: Repo) -> Identity:
    """The person's own, as git would take it, else one that says what it is."""
    reader = repo.config_reader()
    name = os.environ.get("GIT_COMMITTER_NAME") or str(reader.get_value("user", "name", default="") or "")
    email = os.environ.get("GIT_COMMITTER_EMAIL") or str(reader.get_value("user", "email", default="") or "")
    if name and email:
        return Identity(name=name, email=email)
    return Identity(name=FALLBACK[0], email=FALLBACK[1], fallback=True)


def tree_id(repo: Repo, tree: FileTree) -> bytes:
    """Stores all files and returns the id of their tree, the same for the same files in whatever order they come."""
    names: dict[str, dict[str, tuple[int, bytes]]] = {"": {}}
    for file in tree.files:
        blob = _stored(repo, "blob", file.text.encode("utf-8", "surrogateescape"))
        folder, _, name = file.path.rpartition("/")
        names.setdefault(folder, {})[name] = (_EXECUTABLE if file.executable else _PLAIN, blob)
        while folder:
            folder = folder.rpartition("/")[0]
            names.setdefault(folder, {})
    return _folder(repo, "", names)


def commit(repo: Repo, tree: bytes, message: str, parents: Sequence[str], who: Identity) -> Commit:
    """A commit of that tree, which no branch names yet; signed, if the person signs commits."""
    roles = ("AUTHOR", "COMMITTER")
    names = {f"GIT_{role}_{key}": value for role in roles for key, value in (("NAME", who.name), ("EMAIL", who.email))}
    words = [word for parent in parents for word in ("-p", parent)]
    signs = repo.git.config("--type=bool", "--get", "commit.gpgsign", with_exceptions=False) == "true"
    words += ["-S"] if signs else []
    with tempfile.TemporaryFile() as file, repo.git.custom_environment(**names):
        file.write(message.encode("utf-8", "surrogateescape"))
        file.seek(0)
        utf8 = repo.git(c="i18n.commitEncoding=UTF-8")
        return repo.commit(utf8.commit_tree(*words, "-F", "-", tree.hex(), istream=file))


def initialise(git: Path, branch: str) -> None:
    """An empty repository in that directory, which is not there yet."""
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (git / folder).mkdir(parents=True)
    (git / "HEAD").write_text(f"ref: refs/heads/{branch}\n", encoding="utf-8")
    (git / "config").write_text(_CONFIG, encoding="utf-8")


def write_index(repo: Repo, commit: Commit) -> None:
    """The index of a working copy that is as the commit says, so that git need not read the files to see that."""
    from git import Blob, IndexFile

    index = IndexFile(repo, str(Path(repo.git_dir) / "index"))
    for blob in commit.tree.traverse(predicate=lambda item, _: getattr(item, "type", "") == "blob"):
        if isinstance(blob, Blob):
            index.entries[str(blob.path), 0] = _entry(blob, Path(repo.working_dir) / blob.path)
    index.write()


def _entry(blob: Blob, path: Path) -> IndexEntry:
    from git import IndexEntry

    stat = path.stat()
    changed, modified = (struct.pack(">LL", *divmod(time, 10**9)) for time in (stat.st_ctime_ns, stat.st_mtime_ns))
    whole = 0xFFFFFFFF
    return IndexEntry(
        (
            blob.mode,
            blob.binsha,
            0,
            str(blob.path),
            changed,
            modified,
            stat.st_dev & whole,
            stat.st_ino & whole,
            stat.st_uid & whole,
            stat.st_gid & whole,
            stat.st_size & whole,
        )
    )


def _folder(repo: Repo, path: str, names: dict[str, dict[str, tuple[int, bytes]]]) -> bytes:
    from git.objects.fun import tree_to_stream

    entries = [(blob, mode, name) for name, (mode, blob) in names[path].items()]
    for inner in names:
        parent, _, name = inner.rpartition("/")
        if inner and parent == path:
            entries.append((_folder(repo, inner, names), 0o040000, name))
    # Git sorts a directory as if its name ended with a slash.
    entries.sort(key=lambda entry: (entry[2] + "/" if entry[1] == 0o040000 else entry[2]).encode())
    stream = BytesIO()
    tree_to_stream(entries, stream.write)
    return _stored(repo, "tree", stream.getvalue())


def _stored(repo: Repo, kind: str, data: bytes) -> bytes:
    """A loose object, as gitformat-loose(5) has it; GitPython would start a process of git for each."""
    whole = f"{kind} {len(data)}\0".encode() + data
    name = hashlib.sha1(whole, usedforsecurity=False)
    path = Path(repo.common_dir) / "objects" / name.hexdigest()[:2] / name.hexdigest()[2:]
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix="tmp_obj_")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(zlib.compress(whole, 1))
            Path(unfinished).chmod(0o444)
            Path(unfinished).rename(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
    return name.digest()

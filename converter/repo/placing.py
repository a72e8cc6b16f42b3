"""Puts a tree into a working copy that has no changes of its own: all of it, or nothing.

Everything is made beside first. Then files are moved in, which takes a moment and no space; what is cut short there
is taken back, by the same run or by the next one, and only where nobody has changed anything since.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import msgspec

from converter.model.diagnostic import ConverterError

if TYPE_CHECKING:
    from git import Repo

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_NONE = "0" * 40
_ROOM = "gitopsify"
_ELSEWHERE = ".gitopsify-moving"


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """From the commit `old` (none on a branch without commits) to a tree; then HEAD moves on, or a merge is open."""

    old: str
    tree: str
    commit: str = ""
    theirs: str = ""
    stages: tuple[str, ...] = ()
    message: str = ""

    @property
    def old_tree(self) -> str:
        """What is there now."""
        return f"{self.old}^{{tree}}" if self.old else EMPTY


class Change(msgspec.Struct, frozen=True):
    """A path with its blob before and after, each nothing where there is none."""

    path: str
    old: str
    new: str


def place(repo: Repo, wanted: Placement) -> None:
    """Does it; on any failure the working copy is as before."""
    from git import GitCommandError

    try:
        differences = changes(repo, wanted)
        _prepare(repo, wanted, differences)
        _move(repo, differences)
        _finish(repo, wanted)
    except BaseException:
        with suppress(OSError, GitCommandError, ConverterError):
            recover(repo)
        raise
    # What is not cleared away now is by the next run.
    with suppress(OSError, GitCommandError):
        _clear(repo)


def recover(repo: Repo) -> None:
    """Takes back what an interrupted run began, unless it was done or somebody has gone on since."""
    room = _room(repo)
    if not room.is_dir():
        return
    _unlock(repo)
    journal = room / "journal"
    if journal.exists():
        begun = msgspec.convert(json.loads(journal.read_bytes()), Placement)
        _unlock_refs(repo, begun)
        if not _done(repo, begun) and head(repo) == begun.old:
            _take_back(repo, begun)
    _clear(repo)


def _unlock_refs(repo: Repo, begun: Placement) -> None:
    """Locks that git has left where it was killed with us, known by what it was about to write."""
    written = {"", begun.commit, begun.old}
    branch = [repo.head.reference.path] if not repo.head.is_detached else []
    for name in ("HEAD", "ORIG_HEAD", *branch):
        lock = Path(repo.git_dir) / f"{name}.lock"
        if lock.is_file() and lock.read_text(encoding="ascii", errors="replace").strip() in written:
            lock.unlink()


def in_the_way(repo: Repo, wanted: Placement) -> list[str]:
    """Files that git does not know, ignored ones too, where the tree has new ones."""
    new = {change.path for change in changes(repo, wanted) if not change.old}
    if not new:
        return []
    taken = new.union(*(_above(path) for path in new))
    others = [path.rstrip("/") for path in repo.git.ls_files("--others", "-z").split("\0") if path]
    return [path for path in others if path in taken or not new.isdisjoint(_above(path))]


def uncommitted(repo: Repo) -> bool:
    """Whether files that git knows have changes; asked without a lock, which would stay if we were killed."""
    with repo.git.custom_environment(GIT_OPTIONAL_LOCKS="0"):
        return bool(repo.git.status("--porcelain", "--untracked-files=no", "--ignore-submodules=dirty"))


def changes(repo: Repo, wanted: Placement) -> list[Change]:
    """What differs between both trees."""
    raw = repo.git.diff_tree("-r", "-z", "--raw", "--no-abbrev", "--no-renames", wanted.old_tree, wanted.tree)
    fields = raw.split("\0")
    pairs = zip(fields[0::2], fields[1::2], strict=False)
    ids = [(path, *(name.strip("0") and name for name in about.split(" ")[2:4])) for about, path in pairs]
    return [Change(*each) for each in ids]


def head(repo: Repo) -> str:
    """The commit that is checked out, or nothing."""
    return repo.head.commit.hexsha if repo.head.is_valid() else ""


@contextmanager
def _fed(lines: Iterable[str]) -> Iterator[IO[bytes]]:
    """Lines as the standard input of git."""
    with TemporaryFile() as file:
        file.write("".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape"))
        file.seek(0)
        yield file


def _prepare(repo: Repo, wanted: Placement, differences: Sequence[Change]) -> None:
    """The new index and the new files, beside; git writes them, with filters and line ends as it is set up."""
    room, index = _room(repo), Path(repo.git_dir) / "index"
    room.mkdir()
    before = index.read_bytes() if index.exists() else None
    if before is not None:
        (room / "index").write_bytes(before)
        os.link(index, room / "index.old")
    with repo.git.custom_environment(GIT_INDEX_FILE=str(room / "index")):
        repo.git.read_tree("-i", "-m", wanted.old_tree, wanted.tree)
        with _fed(_put_here(repo, differences)) as paths:
            repo.git.checkout_index("-z", "--stdin", f"--prefix={_beside(repo)}/new/", istream=paths)
        conflicting = dict.fromkeys(line.partition("\t")[2] for line in wanted.stages)
        resolved = [f"0 {_NONE}\t{path}" for path in conflicting]
        with _fed([*resolved, *wanted.stages]) as entries:
            repo.git.update_index("-z", "--index-info", istream=entries)
    for change in differences:
        if change.old:
            (_beside(repo) / "old" / change.path).parent.mkdir(parents=True, exist_ok=True)
    unsaved = room / "journal.new"
    unsaved.write_text(json.dumps(msgspec.structs.asdict(wanted)), encoding="ascii")
    unsaved.rename(room / "journal")
    _lock(repo)
    if before != (index.read_bytes() if index.exists() else None) or uncommitted(repo):
        raise ConverterError(f"{repo.working_dir} was changed meanwhile", "commit that, then convert again")


def _lock(repo: Repo) -> None:
    """Git's own lock, as a link to a file of ours: so it is known as ours later."""
    lock = _room(repo) / "lock"
    lock.touch()
    try:
        os.link(lock, Path(repo.git_dir) / "index.lock")
    except FileExistsError as problem:
        raise ConverterError(
            f"another git is at work in {repo.working_dir}, or was cut short",
            f"wait for it; if there is none, remove {repo.git_dir}/index.lock",
        ) from problem


def _unlock(repo: Repo) -> None:
    ours, lock = _room(repo) / "lock", Path(repo.git_dir) / "index.lock"
    if lock.exists() and ours.exists() and lock.samefile(ours):
        lock.unlink()


def _move(repo: Repo, differences: Sequence[Change]) -> None:
    """Old files out, new ones in: nothing but renames, once the folders are there."""
    top, beside = Path(repo.working_dir), _beside(repo)
    new = [change.path for change in differences if change.new and os.path.lexists(beside / "new" / change.path)]
    old = [change.path for change in differences if change.old]
    for path in new:
        with suppress(FileExistsError, NotADirectoryError):
            (top / path).parent.mkdir(parents=True, exist_ok=True)
    for path in old:
        if os.path.lexists(top / path):
            (top / path).replace(beside / "old" / path)
    _put(beside / "new", top, new, instead_of=old)


def _put(source: Path, top: Path, paths: Sequence[str], *, instead_of: Sequence[str]) -> None:
    """Moves the files to where they belong; what they replace is gone, but for its folders."""
    for path in paths:
        if (top / path).is_dir():
            _prune(top, [gone for gone in instead_of if gone.startswith(f"{path}/")])
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(top / path) and not (top / path).is_dir():
            raise ConverterError(f"{top / path} was made meanwhile", "move it away, then convert again")
        (source / path).replace(top / path)
    _prune(top, instead_of)


def _finish(repo: Repo, wanted: Placement) -> None:
    folder, room = Path(repo.git_dir), _room(repo)
    with repo.git.custom_environment(GIT_INDEX_FILE=str(room / "index")):
        repo.git.update_index("-q", "--refresh", with_exceptions=False)
    os.link(room / "index", room / "index.new")
    (room / "index.new").replace(folder / "index")
    _unlock(repo)
    if wanted.old:
        repo.git.update_ref("ORIG_HEAD", wanted.old)
    if wanted.commit:
        repo.git.update_ref("-m", f"gitopsify: {wanted.message}", "HEAD", wanted.commit, wanted.old or _NONE)
    else:
        (folder / "MERGE_MSG").write_bytes(wanted.message.encode("utf-8", "surrogateescape"))
        (folder / "MERGE_MODE").write_bytes(b"")
        unsaved = room / "MERGE_HEAD"
        unsaved.write_text(f"{wanted.theirs}\n", encoding="ascii")
        unsaved.replace(folder / "MERGE_HEAD")


def _done(repo: Repo, wanted: Placement) -> bool:
    merging = Path(repo.git_dir) / "MERGE_HEAD"
    if wanted.commit:
        return head(repo) == wanted.commit
    return merging.exists() and merging.read_text(encoding="ascii").strip() == wanted.theirs


def _take_back(repo: Repo, begun: Placement) -> None:
    """Renames again, so that a full disk is no obstacle."""
    top, beside, room, differences = Path(repo.working_dir), _beside(repo), _room(repo), changes(repo, begun)
    ours = [change for change in differences if _moved(beside, change) and os.path.lexists(top / change.path)]
    edited = [change.path for change in ours if _edited(repo, top, change)]
    if edited:
        raise ConverterError(
            f"an earlier run was cut short in {top}, and {edited[0]} was changed since",
            f"keep a copy of it elsewhere, remove it, then convert again; to stay with what is there: rm -r {room}",
        )
    for change in ours:
        (top / change.path).unlink()
    old = [change.path for change in differences if change.old and os.path.lexists(beside / "old" / change.path)]
    _put(beside / "old", top, old, instead_of=[change.path for change in differences])
    if _index(repo) == _index(repo, room / "index"):
        index = Path(repo.git_dir) / "index"
        (room / "index.old").replace(index) if begun.old else index.unlink(missing_ok=True)
    for name in ("MERGE_MSG", "MERGE_MODE"):
        (Path(repo.git_dir) / name).unlink(missing_ok=True)


def _moved(beside: Path, change: Change) -> bool:
    """Whether what is in the change's place may be what was put there."""
    if change.old and not os.path.lexists(beside / "old" / change.path):
        return False
    return bool(change.new) and not os.path.lexists(beside / "new" / change.path)


def _edited(repo: Repo, top: Path, change: Change) -> bool:
    """Whether it is not what was put there; files are moved in whole."""
    path = top / change.path
    return path.is_symlink() or path.is_dir() or repo.git.hash_object("--", change.path) != change.new


def _index(repo: Repo, file: Path | None = None) -> str:
    with repo.git.custom_environment(**({"GIT_INDEX_FILE": str(file)} if file else {})):
        return str(repo.git.ls_files("--stage", "-z"))


def _clear(repo: Repo) -> None:
    """The journal first: without it the rest means nothing."""
    room = _room(repo)
    with suppress(OSError):
        (room / "journal").unlink(missing_ok=True)
    shutil.rmtree(_beside(repo), ignore_errors=True)
    shutil.rmtree(room, ignore_errors=True)


def _put_here(repo: Repo, differences: Sequence[Change]) -> list[str]:
    """New and changed files, without those that a sparse checkout leaves out."""
    left_out = {line[2:] for line in repo.git.ls_files("-t", "-z").split("\0") if line.startswith("S ")}
    return [change.path for change in differences if change.new and change.path not in left_out]


def _prune(top: Path, paths: Iterable[str]) -> None:
    """Removes the folders that are empty without these files."""
    for path in paths:
        for folder in (top / path).parents:
            if folder == top:
                break
            with suppress(OSError):
                folder.rmdir()


def _above(path: str) -> set[str]:
    """The folders that the path needs."""
    parts = path.split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts))}


def _room(repo: Repo) -> Path:
    return Path(repo.git_dir) / _ROOM


def _beside(repo: Repo) -> Path:
    """Where files wait: on the disk of the working copy, which is not always that of the repository."""
    top, room = Path(repo.working_dir), _room(repo)
    return room if top.stat().st_dev == room.parent.stat().st_dev else top / _ELSEWHERE

"""Writes the generated repository with its first commit, or a new conversion into one that exists.

In: the tree and a directory. Out: what was done. Whatever interrupts it, the directory is as before or complete.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree
from converter.repo import again
from converter.repo.history import IMPORT, signed
from converter.repo.merging import Outcome
from converter.repo.objects import Identity, commit, identity, initialise, tree_id, write_index
from converter.repo.opening import alone, opened, ready
from converter.repo.places import SOURCES

BRANCH = "main"
_BESIDE = ".gitopsify-new-"
_UNBORN = ".git.gitopsify"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The commit of the conversion, what became of it, and the repository around the directory, if there is one."""

    directory: str
    commit: str
    who: Identity
    outcome: Outcome
    around: str = ""


def write(tree: FileTree, directory: Path, *, message: str = "", merge: bool = True) -> Written:
    """Writes the tree there; raises `ConverterError` where that would lose anything."""
    _check_paths(tree)
    message = message or _subject(tree)
    target = directory.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise ConverterError(f"{directory} is not a directory", "name another one with -o")
    try:
        with ready():
            if not target.is_dir():
                return _create(tree, target, message)
            with _repository(target):
                return _import(tree, target, message, merge)
    except OSError as problem:
        raise ConverterError(
            f"can't write {target}: {problem.strerror or problem}",
            "make room or get access, then convert again; or name another directory with -o",
        ) from problem


def _subject(tree: FileTree) -> str:
    """`Convert deploy.sh`, from the copies of the sources."""
    names = [file.path.rpartition("/")[2] for file in tree.files if file.path.startswith(SOURCES)]
    said = " ".join(f"Convert {', '.join(names) or 'the script'}".split())
    return said if len(said) <= 72 else f"Convert {len(names)} scripts"


def _import(tree: FileTree, target: Path, message: str, merge: bool) -> Written:
    with opened(target, target) as repo:
        done = again.onto(repo, tree, message, merge=merge)
    return Written(
        directory=str(target), commit=done.commit, who=done.who, outcome=done.outcome, around=_around(target)
    )


@contextmanager
def _repository(target: Path) -> Iterator[None]:
    """An empty directory becomes a repository without commits, in place: people stand in it, or have mounted it."""
    unborn, git = target / _UNBORN, target / ".git"
    shutil.rmtree(unborn, ignore_errors=True)
    if os.path.lexists(git):
        yield
        return
    if any(target.iterdir()):
        bare = (target / "HEAD").is_file() and (target / "objects").is_dir()
        raise ConverterError(
            f"{target} is a bare repository" if bare else f"{target} is not empty and was not made by gitopsify",
            "clone it, and convert into the clone" if bare else "name an empty or a new directory with -o",
        )
    try:
        initialise(unborn, BRANCH)
        unborn.rename(git)
        yield
    except BaseException:
        shutil.rmtree(unborn, ignore_errors=True)
        if list(target.iterdir()) == [git]:
            shutil.rmtree(git, ignore_errors=True)
        raise


def _create(tree: FileTree, target: Path, message: str) -> Written:
    """Beside the target first: a rename within one file system happens wholly or not at all."""
    place = Path(os.path.realpath(target))
    missing = [folder for folder in place.parents if not folder.exists()]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _beside(place.parent) as beside:
            who, made = _fill(beside, target, tree, message)
            beside.chmod(0o777 & ~_umask())
            beside.rename(place)
    except BaseException:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise
    outcome = Outcome(state="created", branch=BRANCH)
    return Written(directory=str(target), commit=made, who=who, outcome=outcome, around=_around(place))


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A directory that is locked as long as this process lives; those of processes that were killed are removed."""
    for left in folder.glob(f"{_BESIDE}*"):
        with suppress(OSError, ConverterError), alone(left, left):
            shutil.rmtree(left)
    beside = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=folder))
    try:
        with alone(beside, beside):
            yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _fill(directory: Path, target: Path, tree: FileTree, message: str) -> tuple[Identity, str]:
    """Files, objects and the index of a repository with one commit."""
    for file in tree.files:
        path = directory / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode("utf-8", "surrogateescape"))
        path.chmod((0o777 if file.executable else 0o666) & ~_umask())
    initialise(directory / ".git", BRANCH)
    with opened(directory, target) as repo:
        who, files = identity(repo), tree_id(repo, tree)
        made = commit(repo, files, signed(message, files), [], who)
        for branch in (BRANCH, IMPORT):
            repo.create_head(branch, made)
        write_index(repo, made)
        return who, made.hexsha


def _around(target: Path) -> str:
    """The working copy that the directory lies in."""
    return next((str(folder) for folder in target.resolve().parents if (folder / ".git").exists()), "")


def _check_paths(tree: FileTree) -> None:
    seen: set[str] = set()
    for file in tree.files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts or path.parts[:1] == (".git",) or str(path) != file.path:
            raise ValueError(f"a generated path leaves the repository: {file.path}")
        if file.path in seen:
            raise ValueError(f"two generated files have one path: {file.path}")
        seen.add(file.path)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

"""Writes the generated repository with its first commit, or a new conversion into one that exists.

In: the tree and a directory. Out: what was done. Whatever interrupts it, the directory is as before or complete.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree
from converter.repo import again
from converter.repo.objects import Identity, commit, identity, initialise, tree_id, write_index
from converter.repo.places import SOURCES

BRANCH = "main"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is created, unchanged, merged (into the branch that is checked out) or imported (not merged yet)."""

    directory: str
    state: str
    commit: str
    branch: str
    identity: str
    fallback_identity: bool = False


def write(tree: FileTree, directory: Path, *, message: str = "") -> Written:
    """Writes the tree there; raises `ConverterError` where that would lose anything."""
    _check_paths(tree)
    target = directory.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise ConverterError(f"{directory} is not a directory", "name another one with -o")
    if target.is_dir() and any(target.iterdir()):
        return _import(tree, target, message or _subject(tree))
    return _create(tree, target, message or _subject(tree))


def _subject(tree: FileTree) -> str:
    """`Convert deploy.sh`, from the copies of the sources."""
    names = [file.path.rpartition("/")[2] for file in tree.files if file.path.startswith(SOURCES)]
    said = " ".join(f"Convert {', '.join(names) or 'the script'}".split())
    return said if len(said) <= 72 else f"Convert {len(names)} scripts"


def _import(tree: FileTree, target: Path, message: str) -> Written:
    with again.opened(target) as repo:
        done = again.onto(repo, tree, message)
        who = identity(repo)
    return Written(
        directory=str(target),
        state=done.state,
        commit=done.commit,
        branch=done.branch,
        identity=str(who),
        fallback_identity=who.fallback,
    )


def _create(tree: FileTree, target: Path, message: str) -> Written:
    """Beside the target first: a rename within one file system happens wholly or not at all."""
    place = _real(target)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as problem:
        raise ConverterError(f"can't write {target}: {problem.strerror}", "name another directory with -o") from problem
    try:
        who, made = _fill(beside, tree, message)
        beside.chmod(0o777 & ~_umask())
        beside.rename(place)
    except OSError as problem:
        raise ConverterError(f"can't write {target}: {problem.strerror}", "nothing was changed there") from problem
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Written(
        directory=str(target),
        state="created",
        commit=made,
        branch=BRANCH,
        identity=str(who),
        fallback_identity=who.fallback,
    )


def _fill(directory: Path, tree: FileTree, message: str) -> tuple[Identity, str]:
    """Files, objects and the index of a repository with one commit."""
    from git import Repo

    for file in tree.files:
        path = directory / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode("utf-8", "surrogateescape"))
        path.chmod((0o777 if file.executable else 0o666) & ~_umask())
    initialise(directory, BRANCH)
    with Repo(directory) as repo:
        who = identity(repo)
        made = commit(repo, tree_id(repo, tree), again.signed(message), [], who)
        repo.create_head(BRANCH, made)
        write_index(repo, made)
        return who, made.hexsha


def _check_paths(tree: FileTree) -> None:
    seen: set[str] = set()
    for file in tree.files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts or path.parts[:1] == (".git",) or str(path) != file.path:
            raise ValueError(f"a generated path leaves the repository: {file.path}")
        if file.path in seen:
            raise ValueError(f"two generated files have one path: {file.path}")
        seen.add(file.path)


def _real(target: Path) -> Path:
    return Path(os.path.realpath(target))


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

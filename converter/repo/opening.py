"""A repository, opened by one run of gitopsify alone, with what git complains of as an error of the request."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from converter.model.diagnostic import ConverterError

if TYPE_CHECKING:
    from git import GitCommandError, Repo

# Where git is told of another repository, as it tells its hooks: see `git rev-parse --local-env-vars`.
_MISLEADING = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_PATIENCE = 20


@contextmanager
def opened(directory: Path, named: Path) -> Iterator[Repo]:
    """The repository with that working copy, which the person knows by that name."""
    from git import GitCommandError, InvalidGitRepositoryError, Repo

    try:
        repo = Repo(directory, expand_vars=False)
    except InvalidGitRepositoryError as problem:
        raise ConverterError(f"the .git of {named} is no repository", "see what `git status` says there") from problem
    with repo, alone(Path(repo.git_dir), named):
        try:
            yield repo
        except GitCommandError as problem:
            raise _refused(problem, named) from problem


@contextmanager
def ready() -> Iterator[None]:
    """Git is there, and nothing in the environment leads it to another repository."""
    if shutil.which(os.environ.get("GIT_PYTHON_GIT_EXECUTABLE", "git")) is None:
        raise ConverterError("there is no git on this machine", "install git, then convert again")
    hidden = {name: os.environ.pop(name) for name in _MISLEADING if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


@contextmanager
def alone(folder: Path, named: Path) -> Iterator[None]:
    """No other run of gitopsify is at work there; the lock goes with the process, however that ends."""
    handle = _lock(folder)
    for _ in range(_PATIENCE):
        # A process that was killed may take a moment to be gone.
        if handle is None:
            time.sleep(0.1)
            handle = _lock(folder)
    if handle is None:
        raise ConverterError(f"another gitopsify is at work in {named}", "wait until it is done")
    try:
        yield
    finally:
        os.close(handle)


def _lock(folder: Path) -> int | None:
    """A handle that holds the folder's lock, or nothing if another process does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def said(problem: GitCommandError) -> str:
    """What git said, in one line."""
    lines = re.sub(r"^\s*std(?:err|out): '|'$", "", problem.stderr or problem.stdout or "").strip().splitlines()
    return re.sub(r"^(?:fatal|error): ", "", lines[0]) if lines else f"status {problem.status}"


def _refused(problem: GitCommandError, directory: Path) -> ConverterError:
    if "safe.directory" in problem.stderr:
        return ConverterError(
            f"{directory} belongs to somebody else, so git does not touch it",
            f"if you trust it: git config --global --add safe.directory {directory}",
        )
    if "sign" in problem.stderr:
        return ConverterError(
            f"git could not sign the commit: {said(problem)}", "see that signing works, or set commit.gpgsign to false"
        )
    return ConverterError(f"git refuses in {directory}: {said(problem)}", "see to that, then convert again")

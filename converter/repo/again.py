"""A new conversion into a repository that an earlier one made.

It is a commit whose parent is the last conversion, and then a merge. What people changed survives as in any
merge; where both changed the same lines, the merge is left to them.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree
from converter.repo.objects import Identity, commit, identity, tree_id

if TYPE_CHECKING:
    from git import Commit, Repo

IMPORT = "gitopsify/import"
_TRAILER = "Converted-by: gitopsify"


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it; `branch` is the one that has the new conversion."""

    state: str
    commit: str
    branch: str


def signed(message: str) -> str:
    """The message with the line by which a conversion is found again."""
    return f"{message.rstrip()}\n\n{_TRAILER}\n"


def opened(directory: Path) -> AbstractContextManager[Repo]:
    """The repository of an earlier conversion; refuses any other directory."""
    from git import Repo

    if not (directory / ".git").exists():
        raise ConverterError(
            f"{directory} is not empty and was not made by gitopsify", "name an empty or a new directory with -o"
        )
    repo = Repo(directory)
    if repo.config_reader().get_value("extensions", "objectformat", default="sha1") != "sha1":
        repo.close()
        raise ConverterError(
            f"{directory} is a repository with SHA-256 names", "name an empty or a new directory with -o"
        )
    if last_conversion(repo) is None:
        repo.close()
        raise ConverterError(
            f"{directory} is a git repository that gitopsify did not make", "name an empty or a new directory with -o"
        )
    return repo


def last_conversion(repo: Repo) -> Commit | None:
    """The branch of conversions, here or where it was cloned from, else the newest commit with our trailer."""
    for name in (f"refs/heads/{IMPORT}", f"refs/remotes/origin/{IMPORT}"):
        found = [ref for ref in repo.refs if ref.path == name]
        if found:
            return found[0].commit
    if not repo.head.is_valid():
        return None
    sha = repo.git.log("-1", "--format=%H", f"--grep=^{_TRAILER}$")
    return repo.commit(sha) if sha else None


def onto(repo: Repo, tree: FileTree, message: str) -> Done:
    """Commits the tree on the branch of conversions and merges it into the branch that is checked out."""
    last = last_conversion(repo)
    if last is None:
        raise ConverterError("no earlier conversion is in this repository")
    _refuse_unfinished(repo)
    tree_of = tree_id(repo, tree)
    if tree_of == last.tree.binsha:
        return Done(state="unchanged", commit=last.hexsha, branch=IMPORT)
    who = identity(repo)
    new = commit(repo, tree_of, signed(message), [last], who)
    repo.create_head(IMPORT, new, force=True, logmsg="gitopsify: converted again")
    if repo.head.is_detached or not _merged(repo, new, who):
        return Done(state="imported", commit=new.hexsha, branch=IMPORT)
    return Done(state="merged", commit=repo.head.commit.hexsha, branch=repo.active_branch.name)


def _refuse_unfinished(repo: Repo) -> None:
    place = repo.working_dir
    if any(
        (Path(repo.git_dir) / name).exists()
        for name in ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD")
    ):
        raise ConverterError(f"{place} is in the middle of a merge or rebase", "finish or abort it, then convert again")
    if repo.is_dirty(untracked_files=False):
        raise ConverterError(f"{place} has changes that are not committed", "commit or stash them, then convert again")


def _merged(repo: Repo, new: Commit, who: Identity) -> bool:
    """Whether git could merge without a conflict; where it could not, the working copy is as before."""
    from git import GitCommandError

    try:
        # A trial in the object store alone: it fails on a conflict before any file is touched.
        repo.git.merge_tree("--write-tree", "HEAD", new.hexsha)
        names = {"NAME": who.name, "EMAIL": who.email}
        env = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in names.items()}
        with repo.git.custom_environment(**env):
            repo.git.merge("--no-edit", "--no-gpg-sign", "-m", "Merge a new conversion of the script", IMPORT)
    except GitCommandError:
        return False
    return True

"""A new conversion into a repository that an earlier one made, or that has nothing in it yet.

It is a commit whose parent is the last conversion, and then a merge. What people changed survives as in any
merge; where both changed the same lines, git's own conflict is left to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree
from converter.repo import history
from converter.repo.history import IMPORT
from converter.repo.merging import Outcome, merged
from converter.repo.objects import Identity, commit, identity, tree_id
from converter.repo.placing import recover, uncommitted

if TYPE_CHECKING:
    from git import Commit, Repo

_UNFINISHED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """The commit that holds the new conversion, who made it, and what became of it."""

    commit: str
    who: Identity
    outcome: Outcome


def onto(repo: Repo, tree: FileTree, message: str, *, merge: bool) -> Again:
    """Commits the tree on the branch of conversions and merges it into the branch that is checked out."""
    _suitable(repo)
    recover(repo)
    known = history.conversions(repo)
    if not known and not history.is_fresh(repo):
        raise _not_ours(repo)
    _check_branch(repo, known)
    merge = merge or not known
    who = identity(repo)
    new = _converted(repo, tree_id(repo, tree), known, message, who)
    if merge and not _is_merged(repo, new):
        _refuse_unfinished(repo)
    with _branch_at(repo, new):
        outcome = merged(repo, new, who) if merge else _waiting(repo, new)
    return Again(commit=new.hexsha, who=who, outcome=outcome)


def _suitable(repo: Repo) -> None:
    elsewhere = "name an empty or a new directory with -o"
    if repo.bare:
        raise ConverterError(f"{repo.git_dir} is a bare repository", "clone it, and convert into the clone")
    if repo.config_reader().get_value("extensions", "objectformat", default="sha1") != "sha1":
        raise ConverterError(f"{repo.working_dir} is a repository with SHA-256 names", elsewhere)


def _not_ours(repo: Repo) -> ConverterError:
    place = repo.working_dir
    if (Path(repo.common_dir) / "shallow").exists():
        return ConverterError(
            f"no earlier conversion is in {place}, which has a part of its history only",
            f"get all of it: git -C {place} fetch --unshallow",
        )
    return ConverterError(
        f"{place} is a git repository that gitopsify did not make",
        "name a new directory with -o; to have it all in this repository, merge that one into it once: "
        "git pull --no-rebase --allow-unrelated-histories NEW main",
    )


def _check_branch(repo: Repo, known: list[str]) -> None:
    """The branch is ours to move: nobody works on it, and nothing is lost from it."""
    where = history.checked_out(repo, IMPORT)
    if where:
        raise ConverterError(
            f"the branch {IMPORT} is checked out in {where}, and conversions are written to it",
            "check out your own branch there, then convert again",
        )
    last = history.tip(repo, IMPORT)
    if last and last not in known and not (repo.head.is_valid() and history.holds(repo, "HEAD", last)):
        raise ConverterError(
            f"the branch {IMPORT} ends with a commit that is no conversion: {last[:10]}",
            f"merge it, or give it another name: git branch -m {IMPORT} NAME; then convert again",
        )


def _refuse_unfinished(repo: Repo) -> None:
    place = repo.working_dir
    if any((Path(repo.git_dir) / name).exists() for name in _UNFINISHED):
        raise ConverterError(f"{place} is in the middle of a merge or rebase", "finish or abort it, then convert again")
    if uncommitted(repo):
        raise ConverterError(
            f"{place} has changes that are not committed", "commit or stash them, or convert with --no-merge"
        )


def _converted(repo: Repo, tree: bytes, known: list[str], message: str, who: Identity) -> Commit:
    """The last conversion if it had the same files, else a new one after it."""
    last = history.latest(repo, known)
    if last and all(each.tree.binsha == tree for each in last):
        own = history.tip(repo, IMPORT)
        return next((each for each in last if each.hexsha == own), last[0])
    return commit(repo, tree, history.signed(message, tree), [each.hexsha for each in last], who)


@contextmanager
def _branch_at(repo: Repo, new: Commit) -> Iterator[None]:
    """Moves the branch of conversions, and back if what follows fails."""
    ref, last = f"refs/heads/{IMPORT}", history.tip(repo, IMPORT)
    if last != new.hexsha:
        # The branch is ours alone, and so is a lock on it that a killed run has left.
        (Path(repo.common_dir) / f"{ref}.lock").unlink(missing_ok=True)
        repo.git.update_ref("-m", "gitopsify: converted", ref, new.hexsha, last or "0" * 40)
    try:
        yield
    except BaseException:
        repo.git.update_ref(*([ref, last, new.hexsha] if last else ["-d", ref, new.hexsha]))
        raise


def _waiting(repo: Repo, new: Commit) -> Outcome:
    return Outcome(state="unchanged" if _is_merged(repo, new) else "imported", branch=IMPORT)


def _is_merged(repo: Repo, new: Commit) -> bool:
    return repo.head.is_valid() and history.holds(repo, "HEAD", new.hexsha)

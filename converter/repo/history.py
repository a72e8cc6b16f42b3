"""Which commits of a repository are conversions: those that still have the tree that gitopsify gave them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git import Commit, Repo

IMPORT = "gitopsify/import"
_TRAILER = re.compile(r"^Converted-tree: ([0-9a-f]{40})$", re.MULTILINE)


def signed(message: str, tree: bytes) -> str:
    """The message with the lines by which a conversion is found again; somebody's amended commit has another tree."""
    return f"{message.rstrip()}\n\nConverted-by: gitopsify\nConverted-tree: {tree.hex()}\n"


def conversions(repo: Repo) -> list[str]:
    """Every conversion that the branch of conversions, here or where this was cloned from, or HEAD goes back to."""
    tips = [name for name in _refs(repo) if re.fullmatch(f"refs/(?:heads|remotes/[^/]+)/{IMPORT}", name)]
    tips += ["HEAD"] if repo.head.is_valid() else []
    if not tips:
        return []
    marked = repo.git.rev_list("--basic-regexp", "--grep=^Converted-tree: ", *tips).split()
    return [sha for sha in marked if is_conversion(repo.commit(sha))]


def latest(repo: Repo, known: list[str]) -> list[Commit]:
    """Those that no other one comes after: one, unless two people converted without knowing of each other."""
    alone = repo.git.merge_base("--independent", *known).split() if len(known) > 1 else known
    return [repo.commit(sha) for sha in alone]


def is_conversion(commit: Commit) -> bool:
    """Whether gitopsify made it as it is."""
    found = _TRAILER.findall(str(commit.message))
    return bool(found) and found[-1] == commit.tree.hexsha


def holds(repo: Repo, later: str, earlier: str) -> bool:
    """Whether the history of the one goes back to the other."""
    status, _, _ = repo.git.merge_base(
        "--is-ancestor", earlier, later, with_extended_output=True, with_exceptions=False
    )
    return bool(status == 0)


def is_fresh(repo: Repo) -> bool:
    """Whether nobody has committed anything there yet."""
    return not repo.head.is_valid() and not _refs(repo)


def checked_out(repo: Repo, branch: str) -> str:
    """The working copy that has the branch, if one has."""
    for entry in repo.git.worktree("list", "--porcelain").split("\n\n"):
        lines = entry.splitlines()
        if f"branch refs/heads/{branch}" in lines:
            return str(lines[0].removeprefix("worktree "))
    return ""


def tip(repo: Repo, branch: str) -> str:
    """The commit of a branch, or nothing."""
    return str(repo.git.for_each_ref("--format=%(objectname)", f"refs/heads/{branch}"))


def _refs(repo: Repo) -> list[str]:
    return list(repo.git.for_each_ref("--format=%(refname)").split())

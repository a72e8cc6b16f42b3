"""The merge of a new conversion into the branch that is checked out: tried among the objects, then put in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.repo import history
from converter.repo.history import IMPORT
from converter.repo.objects import Identity, commit
from converter.repo.placing import Placement, head, in_the_way, place

if TYPE_CHECKING:
    from git import Commit, Repo

_MESSAGE = "Merge a new conversion of the script"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """created, unchanged, merged, conflicts (an open merge) or imported (not merged, for the reason if one is given).

    `branch` is the one that has the new conversion; `options` are what git needs besides to merge it by hand.
    """

    state: str
    branch: str
    reason: str = ""
    conflicts: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def merged(repo: Repo, new: Commit, who: Identity) -> Outcome:
    """What came of it; where it is not possible, the working copy is as before."""
    old = head(repo)
    if old and history.holds(repo, old, new.hexsha):
        return Outcome(state="unchanged", branch=IMPORT)
    if repo.head.is_detached:
        return _left("no branch is checked out")
    if not old or history.holds(repo, new.hexsha, old):
        wanted = Placement(old=old, tree=new.tree.hexsha, commit=new.hexsha, message="converted")
    else:
        tried = _tried(repo, old, new, who)
        if isinstance(tried, Outcome):
            return tried
        wanted = tried
    blocking = in_the_way(repo, wanted)
    if blocking:
        return _left(f"{', '.join(blocking[:3])} would be overwritten, and git does not have it")
    place(repo, wanted)
    conflicts = tuple(dict.fromkeys(line.partition("\t")[2] for line in wanted.stages))
    state = "conflicts" if conflicts else "merged" if old else "created"
    return Outcome(state=state, branch=repo.active_branch.name, conflicts=conflicts)


def _tried(repo: Repo, old: str, new: Commit, who: Identity) -> Placement | Outcome:
    """The merge in the object store alone; only git from 2.38 on can do that."""
    if repo.git.version_info < (2, 38):
        return _left("git before 2.38 can't try a merge")
    status, out, problem = repo.git.merge_tree(
        "--write-tree", "-z", "--no-messages", "HEAD", IMPORT, with_extended_output=True, with_exceptions=False
    )
    if status not in (0, 1) or not out:
        if "unrelated histories" in problem:
            reason = "it has no commit in common with your branch; was the first conversion amended or squashed?"
            return _left(reason, "--allow-unrelated-histories")
        return _left(f"git can't merge: {problem.strip().splitlines()[-1:]}")
    tree, *rest = out.rstrip("\0").split("\0")
    if status == 0:
        made = commit(repo, bytes.fromhex(tree), f"{_MESSAGE}\n", [old, new.hexsha], who)
        return Placement(old=old, tree=tree, commit=made.hexsha, message=_MESSAGE)
    stages = tuple(line for line in rest if line)
    paths = dict.fromkeys(line.partition("\t")[2] for line in stages)
    listed = "".join(f"#\t{path}\n" for path in paths)
    message = f"{_MESSAGE}\n\n# Conflicts:\n{listed}"
    return Placement(old=old, tree=tree, theirs=new.hexsha, stages=stages, message=message)


def _left(reason: str, *options: str) -> Outcome:
    return Outcome(state="imported", branch=IMPORT, reason=reason, options=options)

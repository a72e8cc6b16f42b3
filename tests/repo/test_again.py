"""A second conversion: a branch that holds each one, and a merge that loses nothing of anybody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from git import Repo

from converter.model.diagnostic import ConverterError
from converter.repo import Written, placing, write
from repositories import FILES, commit, git, snapshot, sound, tree

NEWER = {"site.yml": "---\n# newer\n"}
LONG = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A first conversion."""
    write(tree(**{"long.yml": LONG}), tmp_path / "out")
    return tmp_path / "out"


def again(out: Path, changes: dict[str, str] | None = None, *, merge: bool = True) -> Written:
    """Another conversion of a script that changed these files."""
    return write(tree(**{"long.yml": LONG, **(changes or {})}), out, merge=merge)


def test_without_a_change(out: Path) -> None:
    before = snapshot(out)
    done = again(out)
    assert (done.outcome.state, done.commit) == ("unchanged", git(out, "rev-parse", "HEAD"))
    assert snapshot(out) == before
    commit(out, **{"mine.txt": "mine\n"})
    before = snapshot(out)
    assert again(out).outcome.state == "unchanged"
    assert snapshot(out) == before


def test_without_a_change_nothing_has_to_be_committed(out: Path) -> None:
    (out / "site.yml").write_text("---\n# mine\n")
    before = snapshot(out)
    assert again(out).outcome.state == "unchanged"
    assert snapshot(out) == before


@pytest.mark.parametrize("path", ["site.yml", "new.yml"])
def test_a_file_saved_meanwhile_stays(out: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    lock = placing._lock

    def saves(repo: Repo) -> None:
        (out / path).write_text("mine\n")
        lock(repo)

    monkeypatch.setattr(placing, "_lock", saves)
    before = snapshot(out)
    with pytest.raises(ConverterError, match="meanwhile"):
        again(out, {"site.yml": "", "new.yml": "---\n", "README.md": "# newer\n"})
    after = snapshot(out)
    assert after[0] == {**before[0], path: b"mine\n"}
    assert after[1] == before[1]
    assert sound(out)


def test_without_edits_it_fast_forwards(out: Path) -> None:
    done = again(out, {"site.yml": "", "new/one.yml": "---\n"})
    assert (done.outcome.state, done.outcome.branch) == ("merged", "main")
    assert (out / "new/one.yml").exists()
    assert not (out / "site.yml").exists()
    assert git(out, "rev-list", "--count", "main") == "2"
    assert git(out, "status", "--porcelain") == ""
    assert sound(out)


def test_edits_survive(out: Path) -> None:
    edited = LONG.replace("line 3\n", "line 3, mine\n")
    commit(out, **{"README.md": "# my shop\n", "mine.txt": "mine\n", "long.yml": edited, "roles-x": None})
    git(out, "mv", "roles/web/tasks/main.yml", "roles/web/tasks/renamed.yml")
    git(out, "commit", "--quiet", "--message=Renamed")
    (out / "untracked.txt").write_text("mine too\n")
    for number in (2, 3):
        longer = LONG.replace("line 17\n", f"line 17, {number}\n")
        done = again(out, {"site.yml": f"---\n# {number}\n", "long.yml": longer})
        assert done.outcome.state == "merged"
        assert (out / "long.yml").read_text() == longer.replace("line 3\n", "line 3, mine\n")
        assert (out / "README.md").read_text() == "# my shop\n"
        assert (out / "site.yml").read_text() == f"---\n# {number}\n"
        assert (out / "untracked.txt").read_text() == "mine too\n"
        assert (out / "mine.txt").exists()
        assert not (out / "roles-x").exists()
        assert not (out / "roles/web/tasks/main.yml").exists()
        assert git(out, "status", "--porcelain") == "?? untracked.txt"
        assert git(out, "rev-list", "--count", "gitopsify/import") == str(number)
        assert sound(out)


def test_a_renamed_file_gets_the_change(out: Path) -> None:
    git(out, "mv", "long.yml", "mine.yml")
    git(out, "commit", "--quiet", "--message=Renamed")
    assert again(out, {"long.yml": LONG.replace("line 17", "seventeen")}).outcome.state == "merged"
    assert "seventeen" in (out / "mine.yml").read_text()
    assert not (out / "long.yml").exists()


@pytest.mark.parametrize("way", ["continue", "abort"])
def test_a_conflict_is_gits_own(out: Path, way: str) -> None:
    commit(out, **{"site.yml": "---\n# mine\n", "roles-x": "mine\n"})
    before = snapshot(out)
    done = again(out, {**NEWER, "new.yml": "---\n", "roles-x": ""})
    assert (done.outcome.state, done.outcome.conflicts) == ("conflicts", ("roles-x", "site.yml"))
    marked = "---\n<<<<<<< HEAD\n# mine\n=======\n# newer\n>>>>>>> gitopsify/import\n"
    assert (out / "site.yml").read_text() == marked
    assert (out / "roles-x").read_text() == "mine\n"
    assert git(out, "status", "--porcelain").splitlines() == ["A  new.yml", "UD roles-x", "UU site.yml"]
    assert git(out, "show", "gitopsify/import:site.yml") == "---\n# newer"
    with pytest.raises(ConverterError, match="in the middle of a merge"):
        again(out, NEWER)
    if way == "abort":
        git(out, "merge", "--abort")
        after = snapshot(out)
        assert (after[0], after[3]) == (before[0], before[3])
    else:
        commit_of = git(out, "rev-parse", "HEAD", "gitopsify/import").split()
        (out / "site.yml").write_text("---\n# both\n")
        git(out, "add", "--all")
        git(out, "merge", "--continue")
        assert git(out, "log", "-1", "--format=%P %s") == f"{' '.join(commit_of)} Merge a new conversion of the script"
        assert again(out, {**NEWER, "new.yml": "---\n", "roles-x": ""}).outcome.state == "unchanged"
    assert sound(out)


def test_gits_own_merge_would_be_the_same(out: Path) -> None:
    commit(out, **{"site.yml": "---\n# mine\n", "README.md": None, "roles-x": "mine\n"})
    git(out, "config", "merge.conflictStyle", "merge")
    again(out, {**NEWER, "new.yml": "---\n", "roles-x": "", "README.md": "# other\n"})
    ours = snapshot(out), git(out, "ls-files", "--stage"), git(out, "rev-parse", "MERGE_HEAD")
    git(out, "merge", "--abort")
    git(out, "merge", "gitopsify/import", check=False)
    assert (snapshot(out), git(out, "ls-files", "--stage"), git(out, "rev-parse", "MERGE_HEAD")) == ours


def test_left_to_the_person(out: Path) -> None:
    commit(out, **{"mine.txt": "mine\n"})
    (out / "site.yml").write_text("---\n# not committed\n")
    before = snapshot(out)
    for _ in range(2):
        done = again(out, NEWER, merge=False)
        assert (done.outcome.state, done.outcome.branch) == ("imported", "gitopsify/import")
        after = snapshot(out)
        assert (before[0], before[2:]) == (after[0], after[2:])
        assert git(out, "rev-list", "--count", "gitopsify/import") == "2"
    git(out, "checkout", "--quiet", "site.yml")
    git(out, "merge", "gitopsify/import")
    assert (out / "site.yml").read_text() == NEWER["site.yml"]
    assert again(out, NEWER, merge=False).outcome.state == "unchanged"


def test_left_once_and_merged_by_the_next_run(out: Path) -> None:
    again(out, NEWER, merge=False)
    assert again(out, NEWER).outcome.state == "merged"
    assert git(out, "rev-list", "--count", "--all") == "2"


def test_no_longer_generated(out: Path) -> None:
    commit(out, **{"roles/web/tasks/main.yml": "mine\n"})
    gone = dict.fromkeys(("roles/web/tasks/main.yml", "roles/web/files/run", "é/ü.txt"), "")
    done = again(out, gone)
    assert done.outcome.conflicts == ("roles/web/tasks/main.yml",)
    assert (out / "roles/web/tasks/main.yml").read_text() == "mine\n"
    assert not (out / "roles/web/files").exists()
    assert not (out / "é").exists()


@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize("path", ["new.yml", "new.yml/inside", "folder"])
def test_what_git_does_not_have_stays(out: Path, ignored: bool, path: str) -> None:
    if ignored:
        commit(out, **{".gitignore": "new.yml\nfolder\n"})
    (out / path).parent.mkdir(exist_ok=True)
    (out / path).write_text("mine\n")
    before = snapshot(out)
    done = again(out, {**NEWER, "new.yml": "---\n", "folder/file": "---\n"})
    assert done.outcome.state == "imported"
    assert path in done.outcome.reason
    after = snapshot(out)
    assert (before[0], before[2:]) == (after[0], after[2:])


@pytest.mark.parametrize("way", ["edited", "staged", "removed", "added"])
def test_what_is_not_committed_is_refused(out: Path, way: str) -> None:
    if way == "removed":
        (out / "site.yml").unlink()
    else:
        name = "new.yml" if way == "added" else "site.yml"
        (out / name).write_text("---\n# mine\n")
        if way in ("staged", "added"):
            git(out, "add", name)
    before = snapshot(out)
    with pytest.raises(ConverterError, match="not committed"):
        again(out, NEWER)
    assert snapshot(out) == before
    again(out, NEWER, merge=False)
    assert (snapshot(out)[0], snapshot(out)[3]) == (before[0], before[3])


def test_on_another_branch(out: Path) -> None:
    git(out, "checkout", "--quiet", "-b", "feature/x")
    commit(out, **{"mine.txt": "mine\n"})
    done = again(out, NEWER)
    assert (done.outcome.state, done.outcome.branch) == ("merged", "feature/x")
    assert git(out, "rev-list", "--count", "main") == "1"


def test_no_branch_checked_out(out: Path) -> None:
    git(out, "checkout", "--quiet", "--detach")
    before = snapshot(out)
    done = again(out, NEWER)
    assert (done.outcome.state, done.outcome.reason) == ("imported", "no branch is checked out")
    assert (snapshot(out)[0], snapshot(out)[3]) == (before[0], before[3])


@pytest.mark.parametrize("where", ["here", "there"])
def test_the_branch_of_conversions_is_checked_out(out: Path, tmp_path: Path, where: str) -> None:
    again(out, NEWER)
    if where == "here":
        git(out, "checkout", "--quiet", "gitopsify/import")
    else:
        git(out, "worktree", "add", str(tmp_path / "other"), "gitopsify/import")
    before = snapshot(out)
    with pytest.raises(ConverterError, match="is checked out in"):
        again(out, {"site.yml": "---\n# newest\n"})
    assert snapshot(out) == before


def test_in_a_linked_working_copy(out: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(out, "worktree", "add", "-b", "side", str(other))
    commit(other, **{"mine.txt": "mine\n", "roles-x": "mine\n"})
    before = snapshot(out)
    assert again(other, NEWER).outcome.state == "merged"
    assert again(other, {"roles-x": "theirs\n"}).outcome.state == "conflicts"
    git(other, "merge", "--abort")
    assert snapshot(out)[0] == before[0]
    assert snapshot(out)[3] == ""
    assert sound(out)


def test_somebody_committed_on_the_branch_of_conversions(out: Path) -> None:
    git(out, "checkout", "--quiet", "gitopsify/import")
    commit(out, **{"site.yml": "---\n# mine\n"})
    git(out, "checkout", "--quiet", "main")
    before = snapshot(out)
    with pytest.raises(ConverterError, match="no conversion") as caught:
        again(out, NEWER)
    assert "git branch -m gitopsify/import" in str(caught.value.hint)
    assert snapshot(out) == before
    git(out, "merge", "--quiet", "gitopsify/import")
    done = again(out, NEWER)
    assert done.outcome.conflicts == ("site.yml",)


def test_an_amended_conversion_is_somebodys_edit(out: Path) -> None:
    (out / "README.md").write_text("# my shop\n")
    git(out, "commit", "--quiet", "--all", "--amend", "--no-edit")
    before = snapshot(out)
    done = again(out, NEWER)
    assert done.outcome.state == "imported"
    assert "amended" in done.outcome.reason
    assert (snapshot(out)[0], snapshot(out)[3]) == (before[0], before[3])
    git(out, "merge", *done.outcome.options, "gitopsify/import", check=False)
    assert "# my shop" in (out / "README.md").read_text()
    git(out, "checkout", "--ours", "README.md")
    git(out, "checkout", "--theirs", "site.yml")
    git(out, "add", "--all")
    git(out, "merge", "--continue")
    assert again(out, {"site.yml": "---\n# newest\n"}).outcome.state == "merged"
    assert (out / "README.md").read_text() == "# my shop\n"


@pytest.mark.parametrize("pushed", [True, False])
def test_a_colleague_converts_in_a_clone(out: Path, tmp_path: Path, pushed: bool) -> None:
    again(out, NEWER)
    commit(out, **{"mine.txt": "mine\n"})
    if not pushed:
        git(out, "branch", "--quiet", "-D", "gitopsify/import")
    git(tmp_path, "clone", "--quiet", "out", "clone")
    done = again(tmp_path / "clone", {"site.yml": "---\n# newest\n"})
    assert done.outcome.state == "merged"
    assert (tmp_path / "clone" / "mine.txt").exists()
    assert git(tmp_path / "clone", "rev-list", "--count", "gitopsify/import") == "3"
    assert sound(tmp_path / "clone")


def test_a_conversion_that_is_only_on_the_server_is_the_parent(out: Path, tmp_path: Path) -> None:
    again(out, NEWER, merge=False)
    git(tmp_path, "clone", "--quiet", "out", "clone")
    done = again(tmp_path / "clone", {"README.md": "# newest\n"})
    assert git(tmp_path / "clone", "rev-parse", "gitopsify/import^") == git(out, "rev-parse", "gitopsify/import")
    assert done.outcome.state == "merged"
    assert (tmp_path / "clone" / "site.yml").read_text() == FILES["site.yml"]


def test_two_people_converted_without_knowing(out: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "out", "clone")
    clone = tmp_path / "clone"
    again(out, NEWER)
    again(clone, {"README.md": "# theirs\n"})
    git(clone, "fetch", "--quiet")
    done = again(clone, NEWER)
    assert done.outcome.state == "merged"
    assert len(git(clone, "log", "-1", "--format=%P", "gitopsify/import").split()) == 2
    assert (clone / "site.yml").read_text() == NEWER["site.yml"]
    assert (clone / "README.md").read_text() == FILES["README.md"]


def test_a_part_of_the_history(out: Path, tmp_path: Path) -> None:
    commit(out, **{"mine.txt": "mine\n"})
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{out}", "clone")
    with pytest.raises(ConverterError, match="part of its history") as caught:
        again(tmp_path / "clone", NEWER)
    assert "--unshallow" in str(caught.value.hint)


def test_merged_into_a_repository_of_everything(out: Path, tmp_path: Path) -> None:
    mono = tmp_path / "mono"
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", "mono")
    git(tmp_path, "init", "--quiet", "library")
    commit(tmp_path / "library", **{"lib.c": "int x;\n"})
    commit(mono, **{"app/main.c": "int main;\n", ".gitignore": "build\n"})
    git(mono, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    commit(mono)
    with pytest.raises(ConverterError, match="did not make") as caught:
        again(mono, NEWER)
    advised = str(caught.value.hint).partition("git ")[2].replace("NEW", str(out))
    git(mono, *advised.split())
    (mono / "lib" / "lib.c").write_text("int edited;\n")
    (mono / "build").write_text("ignored\n")
    done = again(mono, {**NEWER, "roles-x": ""})
    assert (done.outcome.state, done.outcome.branch) == ("merged", "trunk")
    assert (mono / "app/main.c").read_text() == "int main;\n"
    assert (mono / "lib" / "lib.c").read_text() == "int edited;\n"
    assert (mono / "build").exists()
    assert not (mono / "roles-x").exists()
    assert git(mono, "status", "--porcelain") == "M lib"
    assert git(mono, "rev-list", "--count", "gitopsify/import") == "2"


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg", "pre-merge-commit", "post-checkout", "post-merge"])
def test_hooks_do_not_run(out: Path, name: str) -> None:
    commit(out, **{"mine.txt": "mine\n"})
    (out / ".git" / "hooks").mkdir(exist_ok=True)
    (out / ".git" / "hooks" / name).write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    (out / ".git" / "hooks" / name).chmod(0o755)
    assert again(out, NEWER).outcome.state == "merged"
    assert not (out / "ran").exists()


def test_a_lock_of_git_is_respected(out: Path) -> None:
    (out / ".git" / "index.lock").write_text("")
    before = snapshot(out)
    with pytest.raises(ConverterError, match="another git is at work") as caught:
        again(out, NEWER)
    assert "index.lock" in str(caught.value.hint)
    assert snapshot(out) == before
    (out / ".git" / "index.lock").unlink()
    assert again(out, NEWER).outcome.state == "merged"


def test_folders_and_files_change_places(out: Path) -> None:
    done = again(out, {"roles-x": "", "roles-x/file": "---\n", "é/ü.txt": "", "é": "now a file\n"})
    assert done.outcome.state == "merged"
    assert (out / "roles-x" / "file").exists()
    assert (out / "é").read_text() == "now a file\n"
    assert git(out, "status", "--porcelain") == ""


def test_a_sparse_working_copy_stays_one(out: Path) -> None:
    git(out, "sparse-checkout", "set", "--no-cone", "/site.yml", "/long.yml")
    assert not (out / "roles").exists()
    assert again(out, {**NEWER, "roles/web/tasks/main.yml": "---\n- name: Two\n"}).outcome.state == "merged"
    assert (out / "site.yml").read_text() == NEWER["site.yml"]
    assert not (out / "roles").exists()
    assert git(out, "status", "--porcelain") == ""

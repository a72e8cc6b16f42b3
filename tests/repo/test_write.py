"""The commit of a generated repository, judged by git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree, TreeFile
from converter.repo import write, writing

FILES = {
    "README.md": "# shop\n",
    "site.yml": "---\n",
    "roles/web/tasks/main.yml": "---\n- name: One\n",
    "roles/web/files/run": "#!/bin/sh\n",
    "roles-x": "sorts between roles and roles/\n",
    "é/ü.txt": "ä\r\n",
}


@pytest.fixture(autouse=True)
def own_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the identity nor the settings of whoever runs the tests."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def tree(**changes: str) -> FileTree:
    """The files, with some changed."""
    files = {**FILES, **changes}
    return FileTree(files=tuple(TreeFile(path=p, text=t, executable=p.endswith("/run")) for p, t in files.items() if t))


def git(directory: Path, *words: str) -> str:
    """What git prints."""
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    done = subprocess.run(["git", *who, *words], cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_first_commit(tmp_path: Path) -> None:
    done = write(tree(), tmp_path / "out", message="Convert deploy.sh")
    out = tmp_path / "out"
    assert (done.state, done.branch, done.identity) == ("created", "main", "gitopsify <gitopsify@localhost>")
    assert done.fallback_identity
    assert git(out, "fsck", "--strict") == ""
    assert git(out, "status", "--porcelain") == ""
    assert git(out, "diff-files") == ""
    assert git(out, "log", "--format=%H %s") == f"{done.commit} Convert deploy.sh"
    assert git(out, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert set(git(out, "-c", "core.quotepath=off", "ls-files").splitlines()) == set(FILES)
    assert git(out, "ls-files", "-s", "roles/web/files/run").startswith("100755")
    assert (out / "é/ü.txt").read_bytes() == "ä\r\n".encode()
    assert not (out / ".git" / "hooks").exists()


def test_same_files_same_tree(tmp_path: Path) -> None:
    write(tree(), tmp_path / "a", message="One")
    write(FileTree(files=tree().files[::-1]), tmp_path / "b", message="Two")
    ids = [git(tmp_path / name, "rev-parse", "HEAD^{tree}") for name in "ab"]
    assert ids[0] == ids[1]
    git(tmp_path / "a", "add", "--all")
    assert git(tmp_path / "a", "write-tree") == ids[0]


@pytest.mark.parametrize("by", ["config", "environment"])
def test_own_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    if by == "config":
        (tmp_path / "home" / ".gitconfig").write_text("[user]\n\tname = Ann\n\temail = ann@example.com\n")
    else:
        monkeypatch.setenv("GIT_COMMITTER_NAME", "Ann")
        monkeypatch.setenv("GIT_COMMITTER_EMAIL", "ann@example.com")
    done = write(tree(), tmp_path / "out", message="Convert")
    assert (done.identity, done.fallback_identity) == ("Ann <ann@example.com>", False)
    assert git(tmp_path / "out", "log", "--format=%an <%ae> %cn <%ce>") == "Ann <ann@example.com> Ann <ann@example.com>"


def test_an_empty_directory_and_missing_parents_are_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert write(tree(), tmp_path / "empty", message="Convert").state == "created"
    assert write(tree(), tmp_path / "a" / "b" / "c", message="Convert").state == "created"
    assert {path.name for path in tmp_path.iterdir()} == {"home", "empty", "a"}


def test_a_link_to_a_directory_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tree(), tmp_path / "link", message="Convert")
    assert (tmp_path / "link").is_symlink()
    assert git(tmp_path / "real", "status", "--porcelain") == ""


def test_others_directories_are_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine\n")
    (tmp_path / "file").write_text("mine\n")
    git(tmp_path / "home", "init", "--quiet")
    git(tmp_path / "home", "commit", "--quiet", "--allow-empty", "--message=Mine")
    for name in ("full", "file", "home"):
        with pytest.raises(ConverterError):
            write(tree(), tmp_path / name, message="Convert")
    assert (tmp_path / "full" / "notes.txt").read_text() == "mine\n"
    assert git(tmp_path / "home", "log", "--format=%s") == "Mine"


@pytest.mark.parametrize("problem", [KeyboardInterrupt, OSError("disk full")])
def test_an_interruption_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    def stop(*_: object) -> None:
        raise problem

    monkeypatch.setattr(writing, "tree_id", stop)
    with pytest.raises((KeyboardInterrupt, ConverterError)):
        write(tree(), tmp_path / "out", message="Convert")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("path", ["../x", "/x", ".git/config", "a/../b", "a//b", "./a"])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="leaves the repository"):
        write(FileTree(files=(TreeFile(path=path, text=""),)), tmp_path / "out", message="Convert")


def test_again_without_a_change(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = write(tree(), out, message="Convert")
    again = write(tree(), out, message="Convert again")
    assert (again.state, again.commit) == ("unchanged", first.commit)
    assert git(out, "rev-list", "--all", "--count") == "1"


def test_again_fast_forwards(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tree(), out, message="Convert")
    done = write(tree(**{"site.yml": "", "new.yml": "---\n"}), out, message="Convert again")
    assert (done.state, done.branch) == ("merged", "main")
    assert (out / "new.yml").exists()
    assert not (out / "site.yml").exists()
    assert git(out, "log", "--format=%s", "main") == "Convert again\nConvert"
    assert git(out, "status", "--porcelain") == ""


def test_again_keeps_edits(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tree(), out, message="Convert")
    (out / "README.md").write_text("# my shop\n")
    (out / "mine.txt").write_text("mine\n")
    git(out, "add", "--all")
    git(out, "commit", "--quiet", "--message=Mine")
    (out / "untracked.txt").write_text("mine too\n")
    done = write(tree(**{"site.yml": "---\n# new\n"}), out, message="Convert again")
    assert done.state == "merged"
    assert (out / "README.md").read_text() == "# my shop\n"
    assert (out / "site.yml").read_text() == "---\n# new\n"
    assert (out / "mine.txt").exists()
    assert (out / "untracked.txt").exists()
    assert git(out, "rev-list", "--count", "gitopsify/import") == "2"
    third = write(tree(**{"site.yml": "---\n# newer\n"}), out, message="Third")
    assert third.state == "merged"
    assert git(out, "rev-list", "--count", "gitopsify/import") == "3"
    assert git(out, "fsck", "--strict") == ""


def test_a_conflict_is_left_to_the_person(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tree(), out, message="Convert")
    (out / "site.yml").write_text("---\n# mine\n")
    git(out, "commit", "--quiet", "--all", "--message=Mine")
    done = write(tree(**{"site.yml": "---\n# theirs\n"}), out, message="Convert again")
    assert (done.state, done.branch) == ("imported", "gitopsify/import")
    assert (out / "site.yml").read_text() == "---\n# mine\n"
    assert git(out, "status", "--porcelain") == ""
    assert git(out, "show", "gitopsify/import:site.yml") == "---\n# theirs"


def test_an_untracked_file_in_the_way_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tree(), out, message="Convert")
    (out / "new.yml").write_text("mine\n")
    done = write(tree(**{"new.yml": "---\n"}), out, message="Convert again")
    assert done.state == "imported"
    assert (out / "new.yml").read_text() == "mine\n"


def test_uncommitted_changes_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tree(), out, message="Convert")
    (out / "site.yml").write_text("---\n# mine\n")
    with pytest.raises(ConverterError, match="not committed"):
        write(tree(**{"site.yml": "---\n# theirs\n"}), out, message="Convert again")
    assert (out / "site.yml").read_text() == "---\n# mine\n"
    assert git(out, "rev-list", "--all", "--count") == "1"


def test_a_clone_is_known_by_its_history(tmp_path: Path) -> None:
    out, clone = tmp_path / "out", tmp_path / "clone"
    write(tree(), out, message="Convert")
    (out / "mine.txt").write_text("mine\n")
    git(out, "add", "--all")
    git(out, "commit", "--quiet", "--message=Mine")
    git(tmp_path, "clone", "--quiet", "out", "clone")
    done = write(tree(**{"site.yml": "---\n# new\n"}), clone, message="Convert again")
    assert done.state == "merged"
    assert (clone / "mine.txt").exists()

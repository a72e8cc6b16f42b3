"""The first commit of a generated repository, judged by git itself, and the directories that it may be written to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree, TreeFile
from converter.repo import again, write, writing
from repositories import FILES, commit, git, snapshot, sound, tree


def test_first_commit(tmp_path: Path) -> None:
    done = write(tree(), tmp_path / "out", message="Convert deploy.sh")
    out = tmp_path / "out"
    assert (done.outcome.state, done.outcome.branch) == ("created", "main")
    assert (str(done.who), done.who.fallback) == ("gitopsify <gitopsify@localhost>", True)
    assert git(out, "fsck", "--strict") == ""
    assert git(out, "status", "--porcelain") == ""
    assert git(out, "diff-files") == ""
    assert git(out, "log", "--format=%H %s") == f"{done.commit} Convert deploy.sh"
    assert git(out, "for-each-ref", "--format=%(refname)") == "refs/heads/gitopsify/import\nrefs/heads/main"
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


def test_only_the_date_tells_two_commits_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_DATE", "2024-01-02T03:04:05Z")
    assert write(tree(), tmp_path / "a").commit == write(tree(), tmp_path / "b").commit


@pytest.mark.parametrize("by", ["config", "environment"])
def test_own_identity(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    if by == "config":
        (home / ".gitconfig").write_text("[user]\n\tname = Ann\n\temail = ann@example.com\n")
    else:
        monkeypatch.setenv("GIT_COMMITTER_NAME", "Ann")
        monkeypatch.setenv("GIT_COMMITTER_EMAIL", "ann@example.com")
    done = write(tree(), tmp_path / "out", message="Convert")
    assert (str(done.who), done.who.fallback) == ("Ann <ann@example.com>", False)
    assert git(tmp_path / "out", "log", "--format=%an <%ae> %cn <%ce>") == "Ann <ann@example.com> Ann <ann@example.com>"


@pytest.mark.parametrize("works", [True, False])
def test_who_signs_commits_signs_these(tmp_path: Path, home: Path, works: bool) -> None:
    signer = tmp_path / "signer"
    signature = "-----BEGIN PGP SIGNATURE-----\\n\\nabc\\n-----END PGP SIGNATURE-----\\n"
    status = "\\n[GNUPG:] SIG_CREATED \\n"
    signer.write_text(f"#!/bin/sh\ncat >/dev/null; printf '{status}' >&2; printf %b '{signature}'\n")
    signer.chmod(0o755)
    program = signer if works else "false"
    (home / ".gitconfig").write_text(f"[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = {program}\n")
    if works:
        write(tree(), tmp_path / "out")
        assert "gpgsig" in git(tmp_path / "out", "cat-file", "-p", "HEAD")
        return
    with pytest.raises(ConverterError, match="could not sign") as caught:
        write(tree(), tmp_path / "out")
    assert "gpgsign" in str(caught.value.hint)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("ends", ["true", "input", "false"])
def test_line_ends_as_the_person_has_them_set(tmp_path: Path, home: Path, ends: str) -> None:
    (home / ".gitconfig").write_text(f"[core]\n\tautocrlf = {ends}\n")
    out = tmp_path / "out"
    write(tree(), out)
    assert git(out, "status", "--porcelain") == ""
    write(tree(**{"site.yml": "---\n# new\n", "new.yml": "---\n"}), out)
    assert (out / "new.yml").read_bytes() == (b"---\r\n" if ends == "true" else b"---\n")
    assert git(out, "status", "--porcelain") == ""
    assert git(out, "cat-file", "blob", "HEAD:new.yml") == "---"
    for path in FILES:
        os.utime(out / path, (1, 1))
    assert git(out, "status", "--porcelain") == ""


def test_missing_parents_are_made(tmp_path: Path) -> None:
    assert write(tree(), tmp_path / "a" / "b" / "c").outcome.state == "created"
    assert {path.name for path in tmp_path.iterdir()} == {"home", "a"}


def test_whoever_stands_in_an_empty_directory_still_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    before = Path().stat().st_ino
    done = write(tree(), Path())
    assert (done.outcome.state, done.outcome.branch) == ("created", "main")
    assert Path().stat().st_ino == before
    assert Path("site.yml").exists()
    assert sound(tmp_path / "empty")
    assert write(tree(), Path()).outcome.state == "unchanged"


@pytest.mark.parametrize("how", ["init", "clone"])
def test_a_repository_without_commits_gets_its_first(tmp_path: Path, how: str) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=trunk", "server")
    git(
        tmp_path,
        *(["init", "--quiet", "--initial-branch=trunk", "out"] if how == "init" else ["clone", "server", "out"]),
    )
    out = tmp_path / "out"
    (out / "notes.txt").write_text("mine\n")
    done = write(tree(), out, merge=False)
    assert (done.outcome.state, done.outcome.branch) == ("created", "trunk")
    assert git(out, "status", "--porcelain") == "?? notes.txt"
    assert sound(out)


def test_files_where_the_first_commit_would_write_stay(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "out")
    (tmp_path / "out" / "README.md").write_text("mine\n")
    done = write(tree(), tmp_path / "out")
    assert done.outcome.state == "imported"
    assert "README.md" in done.outcome.reason
    assert (tmp_path / "out" / "README.md").read_text() == "mine\n"
    assert not (tmp_path / "out" / "site.yml").exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_link_to_a_directory_stays_one(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tree(), tmp_path / "link", message="Convert")
    assert (tmp_path / "link").is_symlink()
    assert git(tmp_path / "real", "status", "--porcelain") == ""


def test_others_directories_are_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine\n")
    (tmp_path / "file").write_text("mine\n")
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    git(tmp_path, "init", "--quiet", "own")
    commit(tmp_path / "own", **{"site.yml": "mine\n"})
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / ".git").write_text("gitdir: nowhere\n")
    before = {name: snapshot(tmp_path / name) for name in ("full", "own")}
    said = {
        "full": "not made by gitopsify",
        "file": "not a directory",
        "bare": "bare repository",
        "own": "gitopsify did not make",
        "broken": "no repository",
    }
    for name, message in said.items():
        with pytest.raises(ConverterError, match=message) as caught:
            write(tree(), tmp_path / name, message="Convert")
        assert caught.value.hint
    assert {name: snapshot(tmp_path / name) for name in before} == before


def test_inside_of_another_repository(tmp_path: Path) -> None:
    app = tmp_path / "app"
    git(tmp_path, "init", "--quiet", "app")
    commit(app, **{"deploy.sh": "ls\n"})
    done = write(tree(), app / "ops" / "shop")
    assert done.around == str(app)
    assert git(app, "status", "--porcelain") == "?? ops/"
    assert sound(app / "ops" / "shop")
    with pytest.raises(ConverterError, match="not made by gitopsify"):
        write(tree(), app / "ops")


def test_called_by_a_hook_of_another_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = tmp_path / "app"
    git(tmp_path, "init", "--quiet", "app")
    commit(app, **{"deploy.sh": "ls\n"})
    before = snapshot(app)
    with monkeypatch.context() as hooked:
        hooked.setenv("GIT_DIR", str(app / ".git"))
        hooked.setenv("GIT_WORK_TREE", str(app))
        hooked.setenv("GIT_INDEX_FILE", str(app / ".git" / "index"))
        write(tree(), tmp_path / "out")
        write(tree(**{"new.yml": "---\n"}), tmp_path / "out")
        assert os.environ["GIT_DIR"] == str(app / ".git")
    assert snapshot(app) == before
    assert sound(tmp_path / "out")


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConverterError, match="no git"):
        write(tree(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_a_repository_of_somebody_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tree(), out)
    for path in (out, out / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(ConverterError, match="belongs to somebody else") as caught:
        write(tree(**{"new.yml": "---\n"}), out)
    assert "safe.directory" in str(caught.value.hint)


@pytest.mark.parametrize("problem", [KeyboardInterrupt, OSError("disk full")])
@pytest.mark.parametrize("name", ["new", "empty", "a/b"])
def test_an_interruption_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException, name: str
) -> None:
    def stop(*_: object) -> None:
        raise problem

    (tmp_path / "empty").mkdir()
    for module in (writing, again):
        monkeypatch.setattr(module, "tree_id", stop)
    with pytest.raises((KeyboardInterrupt, ConverterError)):
        write(tree(), tmp_path / name, message="Convert")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "home"]
    assert list((tmp_path / "empty").iterdir()) == []


def test_what_a_killed_run_left_beside_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".gitopsify-new-abc"
    shutil.copytree(tmp_path / "home", left)
    write(tree(), tmp_path / "out")
    assert not left.exists()


@pytest.mark.parametrize("path", ["../x", "/x", ".git/config", "a/../b", "a//b", "./a"])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="leaves the repository"):
        write(FileTree(files=(TreeFile(path=path, text=""),)), tmp_path / "out", message="Convert")

"""Golden output: every case of `fixtures/` becomes exactly what is in its `expected/`; `--update` writes it anew."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cases import Case, Run, files_of
from converter.model.report import Outcome
from converter.verify import lint

PAGE = "report.html"
# The page says again what the other files say, so a few cases hold it whole: one with a build and a container, one with
# two environments, one that leaves a question open. Of the others it is only asked for. Its style and its program are
# files of their own in the source, so that no golden page changes with a colour.
WITH_PAGE = {"docker-ssh-heredoc", "env-by-argument", "backup-and-rollback"}


def test_golden_repository(case: Case, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    check(case, "ansible", tmp_path, run, request)


def test_golden_cluster(cluster_case: Case, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    check(cluster_case, "kubernetes", tmp_path, run, request)


def test_golden_shares(shared_case: Case, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    check(shared_case, "kubernetes,ansible", tmp_path, run, request)


def check(case: Case, target: str, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    project, made = case.copied(tmp_path), tmp_path / "made"
    asked = ["--target", target, "--yes", "--quiet", *options(case)]
    asked += [f"--{name}={case.about[name]}" for name in ("delivery", "secrets") if name in case.about]
    done = run("convert", *case.scripts, "-o", str(made), *asked, cwd=project)
    assert done.returncode in (0, 1), done.stderr
    files = files_of(made)
    page = files.pop(PAGE).decode()
    assert page.startswith("<!doctype html>")
    if case.name in WITH_PAGE:
        files[PAGE] = content(page).encode()
    compare(files, case.folder / "expected" / target, update=request.config.getoption("--update"))


def test_golden_explanation(case: Case, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    project = case.copied(tmp_path)
    told = {}
    for script in case.scripts:
        done = run("explain", script, *options(case), cwd=project)
        assert done.returncode in (0, 1), done.stderr
        told[f"{script}.txt"] = (done.stdout + done.stderr).encode()
    compare(told, case.folder / "expected" / "explain", update=request.config.getoption("--update"))


def content(page: str) -> str:
    """The page without its style, its program, and the policy that names their hashes."""
    bare = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", page, flags=re.DOTALL)
    return re.sub(r"&#39;sha256-[^&]*&#39;", "HASH", bare)


def options(case: Case) -> list[str]:
    """What the case asks for beyond its scripts."""
    return ["--runs-on", str(case.about["runs_on"])] if "runs_on" in case.about else []


def compare(made: dict[str, bytes], expected: Path, *, update: bool) -> None:
    """Fails with the difference of the first file that differs."""
    if update:
        shutil.rmtree(expected, ignore_errors=True)
        for name, data in made.items():
            (expected / name).parent.mkdir(parents=True, exist_ok=True)
            (expected / name).write_bytes(data)
    golden = files_of(expected) if expected.is_dir() else {}
    assert sorted(made) == sorted(golden), "the files differ; pytest --update writes them anew, git diff shows how"
    for name, data in made.items():
        assert data.decode().splitlines() == golden[name].decode().splitlines(), name
        assert data == golden[name], name


def test_validators_accept_every_file(case: Case) -> None:
    accepted(case.folder / "expected" / "ansible")


def test_validators_accept_every_overlay(cluster_case: Case) -> None:
    accepted(cluster_case.folder / "expected" / "kubernetes")


def test_validators_accept_both_sides(shared_case: Case) -> None:
    accepted(shared_case.folder / "expected" / "kubernetes,ansible")


def accepted(folder: Path) -> None:
    report = lint(folder)
    wrong = [
        f"{result.tool}: {result.outcome} {result.details}"
        for result in report.results
        if result.outcome != Outcome.PASSED
    ]
    assert not wrong, "\n".join(wrong)
    assert report.results


def test_conversion_is_one_clean_commit(case: Case, tmp_path: Path, run: Run) -> None:
    project, made = case.copied(tmp_path), tmp_path / "made"
    run("convert", *case.scripts, "-o", str(made), "--yes", "--quiet", *options(case), cwd=project)
    log = git(made, "log", "--format=%an <%ae> %s").splitlines()
    assert len(log) == 1
    assert git(made, "status", "--porcelain") == ""


def test_every_case_converts_twice_to_the_same_bytes(case: Case, tmp_path: Path, run: Run) -> None:
    project = case.copied(tmp_path)
    for made in ("first", "second"):
        run("convert", *case.scripts, "-o", str(tmp_path / made), "--yes", "--quiet", *options(case), cwd=project)
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second")


def git(folder: Path, *arguments: str) -> str:
    """What git prints there."""
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True).stdout

"""Whatever cuts a conversion short, the target is as before or complete, and the next run makes it whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from cases import ROOT, files_of
from converter.model.diagnostic import ConverterError
from converter.model.tree import FileTree, TreeFile
from converter.repo import write
from repositories import commit, git, snapshot, sound

FIRST = {"one/file": "1\n", "two": "2\n", "three": "3\n"}
SECOND = {"one/other": "1\n", "two": "new\n", "three": "3\n"}
KILLED = -9


def tree(files: dict[str, str]) -> FileTree:
    return FileTree(files=tuple(TreeFile(path=path, text=text) for path, text in files.items()))


class Interrupted:
    """A target, made anew for each attempt, and conversions of it that do not come to their end."""

    def __init__(self, place: Path, scenario: str) -> None:
        self.place, self.scenario = place, scenario
        self.model, self.target, self.number = place / "model", place / "none" / "out", 0
        place.mkdir()
        if scenario == "empty":
            self.model.mkdir()
        elif scenario != "new":
            write(tree(FIRST), self.model)
            commit(self.model, **{"mine": "mine\n", **({"two": "mine\n"} if scenario == "conflict" else {})})
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.server = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "interrupting.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def fresh(self) -> None:
        """The target as it is before."""
        if self.number:
            shutil.rmtree(self.target.parent)
        self.number += 1
        self.target = self.place / str(self.number) / "out"
        self.target.parent.mkdir()
        (self.target.parent / "files.json").write_text(json.dumps(SECOND))
        if self.model.exists():
            shutil.copytree(self.model, self.target)
            if self.scenario != "empty":
                git(self.target, "status")

    def tell(self, mode: str, point: int) -> str:
        """What the server answers."""
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.write(f"{mode} {point} {self.target}\n")
        self.server.stdin.flush()
        return self.server.stdout.readline().strip()

    def places(self) -> list[str]:
        """Where something is written, in order."""
        self.fresh()
        found = json.loads(self.tell("count", 0))
        assert self.server.stdout
        assert self.server.stdout.readline() == "0\n"
        return list(found)

    def attempt(self, mode: str, point: int, about: str = "") -> int:
        """One attempt, what it leaves, and what the next run makes of that."""
        self.fresh()
        before = snapshot(self.target)
        status = int(self.tell(mode, point))
        case = f"{self.scenario} {mode} {point} {about}"
        self._as_before_or_complete(before, killed=status == KILLED, case=case)
        merging = (self.target / ".git" / "MERGE_HEAD").exists()
        with pytest.raises(ConverterError, match="in the middle of a merge") if merging else nullcontext():
            write(tree(SECOND), self.target)
        self._complete(case)
        return status

    def _as_before_or_complete(self, before: tuple[object, ...], *, killed: bool, case: str) -> None:
        after = snapshot(self.target)
        if killed and begun(self.target):
            return
        if killed and self.scenario in ("new", "empty"):
            found = {path: data for path, data in after[0].items() if not path.startswith(".git.gitopsify/")}
            assert found in ({}, SECOND_BYTES), case
        elif self._is_complete():
            assert sound(self.target), case
        else:
            assert after[0] == before[0], case
            assert killed or after == before, case
            if self.target.exists() and not killed:
                left = {path.name for path in self.target.parent.iterdir()} - {"out", "files.json"}
                assert not left, case
                assert not (self.target / ".git").exists() or sound(self.target), case

    def _is_complete(self) -> bool:
        found = files_of(self.target) if self.target.exists() else {}
        return (
            found.get("one/other") == b"1\n"
            and not (self.target / "one" / "file").exists()
            and (found.get("two") != FIRST_BYTES["two"])
        )

    def _complete(self, case: str) -> None:
        found = files_of(self.target)
        if self.scenario == "conflict":
            assert found.pop("two").startswith(b"<<<<<<< HEAD\nmine\n"), case
            assert git(self.target, "rev-parse", "MERGE_HEAD") == git(self.target, "rev-parse", "gitopsify/import")
            assert git(self.target, "status", "--porcelain").splitlines() == ["R  one/file -> one/other", "UU two"], (
                case
            )
        else:
            assert found.pop("two") == b"new\n", case
            assert git(self.target, "status", "--porcelain") == "", case
        assert sound(self.target), case
        assert not (self.target / ".git" / "gitopsify").exists(), case
        mine = {} if self.scenario in ("new", "empty") else {"mine": b"mine\n"}
        assert found == {"one/other": b"1\n", "three": b"3\n", **mine}, case
        assert {path.name for path in self.target.parent.iterdir()} == {"out", "files.json"}, case


SECOND_BYTES = {path: text.encode() for path, text in SECOND.items()}
FIRST_BYTES = {path: text.encode() for path, text in FIRST.items()}


def begun(target: Path) -> bool:
    """Whether a run was cut short while it moved files in."""
    return (target / ".git" / "gitopsify" / "journal").exists()


@contextmanager
def interrupted(place: Path, scenario: str) -> Iterator[Interrupted]:
    """The server ends with the test."""
    case = Interrupted(place, scenario)
    try:
        yield case
    finally:
        case.server.kill()
        case.server.communicate()


def chosen(places: list[str], mode: str, scenario: str) -> list[int]:
    """The first time that each place is passed, and when killed the last one too."""
    first = {place: number for number, place in reversed(list(enumerate(places)))}
    last = dict(zip(places, range(len(places)), strict=True)) if mode == "kill" else {}
    told = {*first.values(), *(number for place, number in last.items() if "objects.py" not in place)}
    if mode == "full":
        told = {number for number in told if places[number].split()[0] in ("open", "mkdir", "link", "fdopen")}
    if scenario in ("conflict", "empty"):
        told = {number for number in told if "placing.py" in places[number] or "writing.py" in places[number]}
    return sorted(told)


@pytest.mark.parametrize("mode", ["fail", "full", "kill"])
@pytest.mark.parametrize("scenario", ["new", "empty", "merge", "conflict"])
def test_at_each_place(tmp_path: Path, scenario: str, mode: str) -> None:
    with interrupted(tmp_path / "place", scenario) as case:
        places = case.places()
        points = chosen(places, mode, scenario)
        assert len(points) > 3
        ended = [case.attempt(mode, point, places[point]) for point in points]
        if mode == "kill":
            assert set(ended) == {KILLED}
        else:
            assert set(ended) <= {0, 2}
            assert ended.count(2) > len(ended) // 2


@pytest.mark.parametrize("scenario", ["new", "empty", "merge", "conflict"])
def test_killed_together_with_git_at_any_time(tmp_path: Path, scenario: str) -> None:
    times = random.Random(scenario)
    with interrupted(tmp_path / "place", scenario) as case:
        for _ in range(5):
            case.attempt("sudden", times.randrange(5, 300))


@pytest.mark.parametrize("scenario", ["new", "merge"])
def test_files_can_not_grow(tmp_path: Path, scenario: str) -> None:
    with interrupted(tmp_path / "place", scenario) as case:
        ended = [case.attempt("limit", most) for most in (0, 40, 400, 100_000)]
        assert ended[0] == 2
        assert ended[-1] == 0


def cut_short(case: Interrupted) -> Path:
    """A repository in which a run was killed when all files were moved in, and nothing else was done."""
    links = [number for number, place in enumerate(case.places()) if place.startswith("link placing.py")]
    case.fresh()
    assert case.tell("kill", links[-1]) == str(KILLED)
    assert begun(case.target)
    assert (case.target / "one" / "other").exists()
    return case.target


def test_locks_that_git_left_where_it_was_killed_too(tmp_path: Path) -> None:
    with interrupted(tmp_path / "place", "merge") as case:
        target = cut_short(case)
        for name in ("HEAD", "ORIG_HEAD", "refs/heads/gitopsify/import"):
            (target / ".git" / f"{name}.lock").touch()
        assert write(tree(SECOND), target).outcome.state == "merged"
        assert sound(target)


@pytest.mark.parametrize("path", ["one/other", "two"])
def test_edited_after_it_was_killed(tmp_path: Path, path: str) -> None:
    with interrupted(tmp_path / "place", "merge") as case:
        target = cut_short(case)
        (target / path).write_text("mine\n")
        before = files_of(target)
        with pytest.raises(ConverterError, match=f"{path} was changed since"):
            write(tree(SECOND), target)
        assert files_of(target) == before
        (target / path).unlink()
        assert write(tree(SECOND), target).outcome.state == "merged"
        assert files_of(target) == {**SECOND_BYTES, "mine": b"mine\n"}
        assert sound(target)


def test_somebody_went_on_after_it_was_killed(tmp_path: Path) -> None:
    with interrupted(tmp_path / "place", "merge") as case:
        target = cut_short(case)
        (target / ".git" / "index.lock").unlink()
        (target / "two").write_text("mine\n")
        commit(target)
        assert write(tree(SECOND), target).outcome.conflicts == ("two",)
        git(target, "merge", "--abort")
        assert sound(target)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], check=False).returncode
    ):
        pytest.skip("only root can mount a small disk, and not on every machine")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk(disk: Path) -> None:
    with interrupted(disk / "place", "merge") as case:
        for room in (0, 4, 8, 16, 24, 32, 48, 64, 96):
            case.fresh()
            before = files_of(case.target)
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - room * 1024)))
            status = int(case.tell("none", 0))
            assert status in (0, 2)
            assert room or status == 2
            ballast.unlink()
            assert not begun(case.target)
            assert files_of(case.target) == (before if status else {**SECOND_BYTES, "mine": b"mine\n"})
            write(tree(SECOND), case.target)
            assert files_of(case.target) == {**SECOND_BYTES, "mine": b"mine\n"}
            assert sound(case.target)


def test_a_disk_that_can_only_be_read(disk: Path) -> None:
    write(tree(FIRST), disk / "out")
    before = snapshot(disk / "out")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        for name in ("out", "new", "new/deep"):
            with pytest.raises(ConverterError, match=r"(?i)read-only") as caught:
                write(tree(SECOND), disk / name)
            assert caught.value.hint
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert snapshot(disk / "out") == before
    assert [path.name for path in disk.iterdir()] == ["out"]


def test_files_and_repository_on_two_disks(disk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    git(tmp_path, "init", "--quiet", f"--separate-git-dir={disk / 'git'}", "out")
    write(tree(FIRST), out)
    commit(out, mine="mine\n")
    assert write(tree(SECOND), out).outcome.state == "merged"
    assert files_of(out) == {**SECOND_BYTES, "mine": b"mine\n"}
    assert git(out, "status", "--porcelain") == ""
    assert sound(out)

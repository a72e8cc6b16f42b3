"""Answers of an earlier run: they are replayed, stale ones are named, and without a terminal nothing hangs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases import Run
from test_asking import converting

SCRIPT = "ssh a@b.example.com <<EOF\nmkdir -p /srv/app\nfrobctl sync --now\nEOF\n"
UNREADABLE = 'ssh a@b.example.com mkdir /srv/x\necho "there\n'


def written(folder: Path, text: str = SCRIPT) -> Path:
    """The script in the folder."""
    (folder / "deploy.sh").write_text(text)
    return folder


def first_answers(run: Run, folder: Path) -> str:
    """The name of the only question, from the form for programs."""
    done = run("convert", "deploy.sh", "-o", "first", "--dry-run", "--format", "json", cwd=folder)
    taken = json.loads(done.stdout)["defaults"]
    assert [each["answer"] for each in taken] == ["keep"]
    return str(taken[0]["id"])


def test_answers_are_replayed(run: Run, tmp_path: Path) -> None:
    question = first_answers(run, written(tmp_path))
    (tmp_path / "mine.yaml").write_text(f"{question}: drop\n")
    done = run("convert", "deploy.sh", "-o", "made", "--answers", "mine.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Default answers" not in done.stderr
    report = (tmp_path / "made" / "MIGRATION.md").read_text()
    assert "left out by a person's answer" in report.lower()
    assert f"{question}: drop" in (tmp_path / "made" / ".gitopsify" / "answers.yaml").read_text()


def test_answers_of_the_project_are_found(run: Run, tmp_path: Path) -> None:
    question = first_answers(run, written(tmp_path))
    (tmp_path / ".gitopsify").mkdir()
    (tmp_path / ".gitopsify" / "answers.yaml").write_text(f"{question}: drop\n")
    done = run("convert", "deploy.sh", "-o", "made", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tasks = "".join(file.read_text() for file in (tmp_path / "made" / "roles").rglob("main.yml"))
    assert "/srv/app" in tasks
    assert "frobctl" not in tasks


def test_stale_answers_are_named(run: Run, tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "mine.yaml").write_text("command.gone-123456: keep\nstep.gone-123456: drop\n")
    done = run("convert", "deploy.sh", "-o", "made", "--yes", "--answers", "mine.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("command.gone-123456", "step.gone-123456"):
        assert f"warning[stale-answer]: the {'answer' if name[0] == 'c' else 'decision'} {name}" in done.stderr


def test_an_answer_that_is_none_is_a_wrong_request(run: Run, tmp_path: Path) -> None:
    question = first_answers(run, written(tmp_path))
    (tmp_path / "mine.yaml").write_text(f"{question}: perhaps\n")
    done = run("convert", "deploy.sh", "-o", "made", "--answers", "mine.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert f'"perhaps" is no answer to {question}' in done.stderr


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    done = run("convert", "deploy.sh", "-o", "made", "--answers", "none.yaml", cwd=written(tmp_path))
    assert done.returncode == 2
    assert "there are no answers none.yaml" in done.stderr


@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_without_a_terminal_the_defaults_are_taken_and_said(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run("convert", "deploy.sh", "-o", "made", *options, cwd=written(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Default answers" in done.stderr
    assert 'deploy.sh:3: no rule knows "frobctl sync --now" keep' in done.stderr
    assert not (tmp_path / "made" / ".gitopsify" / "answers.yaml").exists()


def test_without_a_safe_default_something_is_left(run: Run, tmp_path: Path) -> None:
    done = run("convert", "deploy.sh", "-o", "made", cwd=written(tmp_path, UNREADABLE))
    assert done.returncode == 1
    assert "is not understood" in done.stdout + done.stderr


def test_there_is_nobody_to_ask(run: Run, tmp_path: Path) -> None:
    written(tmp_path)
    for command in (("convert", "deploy.sh", "-o", "made", "--interactive"), ("review", "deploy.sh")):
        done = run(*command, cwd=tmp_path)
        assert done.returncode == 2
        assert "terminal" in done.stderr
        assert len(done.stderr.splitlines()) == 2


def test_to_ask_and_not_to_ask(run: Run, tmp_path: Path) -> None:
    done = run("convert", "deploy.sh", "-o", "made", "--interactive", "--yes", cwd=written(tmp_path))
    assert done.returncode == 2
    assert "--interactive asks and --yes does not" in done.stderr


def test_only_open_questions_are_asked(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("runs-on: server\n")
    options = ("--interactive", "--dry-run", "--answers", "mine.yaml")
    with converting(command, tmp_path, *options) as person:
        person.sees("answer [keep]")
        assert "where does" not in person.seen
        assert "keep: a task that runs the command as it is, each time" in person.seen
        assert "drop: nothing; MIGRATION.md names the line as left out" in person.seen
        person.types("2\n")
        person.sees("frobctl flush")
        person.types("1\n")
        person.leaves()
    said = [line.partition(": ") for line in (tmp_path / "mine.yaml").read_text().splitlines()[1:]]
    assert [answer for _, _, answer in said] == ["server", "drop", "keep"]
    assert said[0][0] == "runs-on"

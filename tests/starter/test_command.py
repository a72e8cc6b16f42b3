"""`gitopsify starter` as a user runs it: golden repositories, bad requests, second runs, questions on a terminal."""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest
import yaml

from cases import FIXTURES, Run, files_of, surroundings
from converter.model.report import Outcome
from converter.verify import lint
from test_asking import Person
from test_fixtures import compare, git

CASES = ("starter-container", "starter-node")
NODE = (
    *("starter", "--application", "node", "--repository", "https://git.example.com/acme/shop.git"),
    *("--host", "deploy@app1.example.com", "-o", "made"),
)


@pytest.mark.parametrize("name", CASES)
def test_golden_repository(name: str, tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    folder = FIXTURES / name
    done = run("starter", "--from", str(folder / "answers.yaml"), "-o", "made", "--quiet")
    assert done.returncode == 0, done.stderr
    made = files_of(tmp_path / "made")
    compare(made, folder / "expected" / "ansible", update=request.config.getoption("--update"))
    run("starter", "--from", "made/.gitopsify/starter.yaml", "-o", "again", "--quiet")
    assert files_of(tmp_path / "again") == made


@pytest.mark.parametrize("name", CASES)
def test_validators_accept_every_file(name: str) -> None:
    report = lint(FIXTURES / name / "expected" / "ansible")
    wrong = [f"{each.tool}: {each.details}" for each in report.results if each.outcome != Outcome.PASSED]
    assert report.results
    assert wrong == []


def test_without_a_terminal_the_usual_answers_are_taken_and_said(run: Run, tmp_path: Path) -> None:
    done = run(*NODE)
    assert done.returncode == 0, done.stderr
    assert "Port on the host: 3000 (--port)" in done.stderr
    assert "less made/README.md" in done.stdout
    assert git(tmp_path / "made", "log", "--format=%s") == "Start shop: production\n"
    assert git(tmp_path / "made", "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "made"], "--application"),
        (["--application", "rails", "-o", "made"], "'rails' is none of"),
        (
            ["--application", "static", "--repository", "https://x.example.com/a.git", "-o", "made"],
            "Hosts of production",
        ),
        (["--from", "missing.yaml", "-o", "made"], "there are no answers missing.yaml"),
        ([*NODE[1:], "--env", "staging", "--env", "production"], "names no environment"),
        ([*NODE[1:], "--host", "production="], "it is empty"),
        ([*NODE[1:], "--host", "production=a b;c"], "is no host"),
        ([*NODE[1:-1], "file"], "not a folder"),
        ([*NODE[1:-1], "full"], "not empty"),
    ],
)
def test_bad_requests(arguments: list[str], said: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    done = run("starter", *arguments)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert not (tmp_path / "made").exists()
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["notes.txt"]


def test_a_migration_is_not_overwritten_by_a_starter(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_text("systemctl restart shop\n")
    run("convert", "deploy.sh", "-o", "made", "--yes", "--quiet", "--runs-on", "server")
    before = files_of(tmp_path / "made")
    assert run(*NODE).returncode == 2
    assert files_of(tmp_path / "made") == before


def test_other_answers_are_merged_with_what_people_changed(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "made"
    run(*NODE, "--quiet")
    readme = made / "CODEOWNERS"
    readme.write_text("* @us\n")
    git(made, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qam", "Own it")
    done = run(
        "starter", "-o", "made", "--port", "4000", "--env", "staging,production", "--host", "staging=b.example.com"
    )
    assert done.returncode == 0, done.stderr
    assert "The new start is merged in" in done.stdout
    assert readme.read_text() == "* @us\n"
    assert (made / "inventories/staging/hosts.yml").is_file()
    assert 'app_port: "4000"' in (made / "group_vars/all/main.yml").read_text()
    # What was said before still counts, and once more nothing is new.
    answers = yaml.safe_load((made / ".gitopsify/starter.yaml").read_text())
    assert answers["environments"][1]["hosts"] == ["deploy@app1.example.com"]
    assert "Nothing has changed in" in run("starter", "-o", "made").stdout


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    done = run(*NODE, "--dry-run")
    assert done.returncode == 0
    assert "roles/shop/tasks/main.yml" in done.stdout
    assert not (tmp_path / "made").exists()


def test_programs_get_json(run: Run) -> None:
    told = yaml.safe_load(run(*NODE, "--format", "json").stdout)
    assert told["defaults"]["port"] == "3000"
    assert told["state"] == "created"
    assert "site.yml" in told["files"]


def test_commands_for_scripts_say_that_there_is_none(run: Run, tmp_path: Path) -> None:
    run(*NODE, "--quiet")
    (tmp_path / "deploy.sh").write_text("systemctl restart shop\n")
    assert "started without a script" in run("convert", "deploy.sh", "-o", "made", "--yes").stderr
    done = run("report", "made", "-o", "page.html")
    assert done.returncode == 2
    assert "no script" in done.stderr


def starting(command: list[str], folder: Path) -> tuple[Person, int]:
    """Somebody at a terminal of its own, on which a starter runs."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        environment = {**surroundings(folder / "home"), "TERM": "dumb"}
        asked = [*command, "starter", "-o", "made", "--repository", "https://x.org/shop.git"]
        os.execvpe(command[0], asked, environment)
    return Person(pid, terminal), terminal


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_what_was_answered_is_not_lost(command: list[str], tmp_path: Path, key: str) -> None:
    person, terminal = starting(command, tmp_path)
    person.sees("What is deployed?")
    person.types("static\n")
    person.sees("Name of the application")
    if key == "\x03":
        person.interrupts()
    else:
        person.types(key)
    person.sees("Your answers are saved")
    assert person.leaves() == 130
    os.close(terminal)
    person, terminal = starting(command, tmp_path)
    person.sees("Name of the application")
    assert "What is deployed?" not in person.seen
    person.types("\n")
    person.sees("Environments")
    person.types("\x04")
    assert person.leaves() == 130
    os.close(terminal)


def test_questions_on_a_terminal(command: list[str], tmp_path: Path) -> None:
    person, terminal = starting(command, tmp_path)
    person.sees("What is deployed?")
    person.sees("a site of files")
    person.types("5\n")
    person.sees("Name of the application")
    person.types("Shop\n")
    person.sees("small letters")
    person.types("\n")
    person.sees("Environments")
    person.types("staging, production\n")
    person.sees("Hosts of staging")
    person.types("\n")
    person.sees("it needs an answer")
    person.types("a.example.com\n")
    person.sees("Hosts of production")
    person.types("b.example.com\n")
    for _ in range(11):
        person.sees("]: ")
        person.types("\n")
    assert person.leaves() == 0
    os.close(terminal)
    answers = yaml.safe_load((tmp_path / "made/.gitopsify/starter.yaml").read_text())
    assert answers["application"] == "static"
    assert [each["name"] for each in answers["environments"]] == ["staging", "production"]
    assert (tmp_path / "made/inventories/staging/hosts.yml").is_file()

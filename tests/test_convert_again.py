"""Converting again from the command line: what it says, its exit codes, and the README's section about it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from cases import ROOT, Run
from repositories import commit, git

SCRIPT = "#!/bin/bash\nmkdir -p /srv/shop\nchmod 750 /srv/shop\n"
OTHER = SCRIPT.replace("750", "755")
TASKS = "roles/place/tasks/main.yml"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a script."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "deploy.sh").write_text(SCRIPT)
    return folder


def convert(run: Run, place: Path, *options: str) -> tuple[int, str, str]:
    done = run("convert", "deploy.sh", "-o", "out", "--yes", *options, cwd=place)
    return done.returncode, done.stdout, done.stderr


def test_each_end_says_so(run: Run, place: Path) -> None:
    assert "The repository is in out." in convert(run, place)[1]
    code, said, _ = convert(run, place)
    assert (code, "Nothing has changed in out." in said) == (0, True)
    (place / "deploy.sh").write_text(OTHER)
    code, said, _ = convert(run, place, "--no-merge")
    assert "waits on a branch in out (branch gitopsify/import)" in said
    assert code == 0
    assert "cd out && git merge gitopsify/import" in said
    code, said, _ = convert(run, place)
    assert (code, "is merged in out (branch main)" in said) == (0, True)
    assert "0755" in (place / "out" / TASKS).read_text()


def test_a_conflict(run: Run, place: Path) -> None:
    convert(run, place)
    tasks = (place / "out" / TASKS).read_text()
    commit(place / "out", **{TASKS: tasks.replace("0750", "0700")})
    (place / "deploy.sh").write_text(OTHER)
    code, said, _ = convert(run, place)
    assert code == 1
    assert TASKS in said
    assert "git merge --continue" in said
    assert "<<<<<<< HEAD" in (place / "out" / TASKS).read_text()
    git(place / "out", "merge", "--abort")
    code, said, complained = convert(run, place, "--quiet")
    assert (code, said) == (1, "")
    assert f"conflicts in {TASKS}" in complained
    assert convert(run, place)[0] == 2
    git(place / "out", "merge", "--abort")
    _, said, _ = convert(run, place, "--format", "json")
    told = json.loads(said)
    assert (told["state"], told["conflicts"]) == ("conflicts", [TASKS])


def test_not_merged_for_a_reason(run: Run, place: Path) -> None:
    convert(run, place)
    git(place / "out", "checkout", "--quiet", "--detach")
    (place / "deploy.sh").write_text(OTHER)
    code, said, _ = convert(run, place)
    assert code == 1
    assert "It is not merged: no branch is checked out." in said


def test_other_deliveries(run: Run, place: Path) -> None:
    convert(run, place)
    commit(place / "out", **{"mine.txt": "mine\n"})
    assert convert(run, place, "--delivery", "github-actions")[0] == 0
    assert not (place / "out" / ".gitlab-ci.yml").exists()
    assert (place / "out" / "mine.txt").exists()
    assert convert(run, place)[0] == 0
    pipeline = (place / "out" / ".gitlab-ci.yml").read_text()
    commit(place / "out", **{".gitlab-ci.yml": f"{pipeline}# mine\n"})
    code, said, _ = convert(run, place, "--delivery", "github-actions")
    assert (code, ".gitlab-ci.yml" in said) == (1, True)
    assert (place / "out" / ".gitlab-ci.yml").read_text().endswith("# mine\n")


def test_answers_stay_as_they_were_written(run: Run, place: Path) -> None:
    (place / "deploy.sh").write_text("frobctl sync --now\n")
    convert(run, place)
    told = json.loads(run("convert", "deploy.sh", "-o", "other", "--format", "json", cwd=place).stdout)
    question = next(each["id"] for each in told["defaults"] if each["id"].startswith("command."))
    answers = f"# Asked the operators.\n{json.dumps(question)}:   keep\n"
    commit(place / "out", **{".gitopsify/answers.yaml": answers})
    for _ in range(2):
        assert convert(run, place)[0] == 0
        assert (place / "out" / ".gitopsify" / "answers.yaml").read_text() == answers
        assert git(place / "out", "status", "--porcelain") == ""
    assert "frobctl" in (place / "out" / TASKS).read_text()
    (place / "deploy.sh").write_text("frobctl sync --now\nmkdir /srv/x\n")
    assert convert(run, place)[0] == 0
    assert (place / "out" / ".gitopsify" / "answers.yaml").read_text() == answers


def test_a_repository_around_is_named(run: Run, place: Path) -> None:
    git(place, "init", "--quiet")
    assert "inside of the repository" in " ".join(convert(run, place)[1].split())


def test_the_section_of_the_readme(run: Run, place: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Convert again\n")[2].partition("\n## ")[0]
    block = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0]
    lines = [shlex.split(line.partition("  #")[0]) for line in block.splitlines()]
    shutil.copytree(ROOT / "fixtures" / "readme-sample" / "input", place, dirs_exist_ok=True)
    script, out = place / "deploy.sh", place / "shop-gitops"
    run("convert", "deploy.sh", "-o", "shop-gitops", "--yes", cwd=place)
    commit(out, **{"README.md": "# mine\n", "mine.txt": "mine\n"})
    commits = []
    for number, (program, *arguments) in enumerate(lines):
        if program == "git":
            git(place, *arguments)
        else:
            script.write_text(
                script.read_text().replace("8080:8080", f"{8081 + number}:8080", 1) + f"mkdir /srv/{number}\n"
            )
            assert run(*arguments, cwd=place).returncode in (0, 1)
        commits.append(git(out, "rev-list", "--count", "gitopsify/import"))
        assert (out / "README.md").read_text() == "# mine\n"
    assert commits == ["2", "3", "3"]
    assert git(out, "status", "--porcelain") == ""
    assert git(out, "merge-base", "--is-ancestor", "gitopsify/import", "main") == ""

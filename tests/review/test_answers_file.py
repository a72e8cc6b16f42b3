"""The answers of one repository: which file counts, that a file is whole or as before, and what is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.cli.answers import Answers
from converter.model.decision import Choice, Decision
from converter.model.question import Answer
from converter.pipeline import ANSWERS

STEP = "step.mkdir-1a2b3c"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with answers in it, beside the project that one is in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    made = tmp_path / "made"
    (made / ".gitopsify").mkdir(parents=True)
    (made / ANSWERS).write_text(f"# mine\nrestart: each-run\n{STEP}: keep\n")
    return made


def test_what_is_new_goes_to_the_session(repository: Path) -> None:
    answers = Answers(repository)
    assert answers.text == (repository / ANSWERS).read_text()
    answers.add(Decision(about=STEP, choice=Choice.DROP))
    assert "keep" in (repository / ANSWERS).read_text()
    # What stands in the repository was there when the session began, and counts again if nothing was written to it.
    assert answers.about(STEP) == Decision(about=STEP, choice=Choice.DROP)
    assert "drop" in answers.text
    answers.forget_session()
    assert Answers(repository).about(STEP) == Decision(about=STEP, choice=Choice.KEEP)


def test_a_named_file_counts_most(repository: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"{STEP}: accept\n")
    answers = Answers(repository, str(mine))
    assert answers.about(STEP) == Decision(about=STEP, choice=Choice.ACCEPT)
    answers.add(Answer(question="runs-on", answer="server"))
    assert mine.read_text().splitlines()[1:] == ["restart: each-run", f"{STEP}: accept", "runs-on: server"]
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".new")] == []


def test_what_is_taken_back_stays_so(repository: Path, tmp_path: Path) -> None:
    mine = str(tmp_path / "mine.yaml")
    answers = Answers(repository, mine)
    for name in ("restart", STEP):
        answers.put(name, None)
        assert answers.about(name) is None
    answers.add(Decision(about="step.new-123abc", choice=Choice.ACCEPT))
    answers.put("step.new-123abc", None)
    again = Answers(repository, mine)
    assert again.all == ()
    assert again.text == ""
    assert "step.new" not in Path(mine).read_text()

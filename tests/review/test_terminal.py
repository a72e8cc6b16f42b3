"""The review in a real terminal: from the start to a committed repository, killed in the middle and taken up again."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import ROOT, surroundings
from review.driving import SCRIPT

PATIENCE = 60
NUMBERS = itertools.count()


class Terminal:
    """A terminal of 80 by 24 in which a command runs, as tmux keeps it."""

    def __init__(self, folder: Path, command: list[str], **more: str) -> None:
        socket = folder / f"socket{next(NUMBERS)}"
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        given = {**surroundings(folder / "home"), "SHELL": "/bin/sh", **more}
        words = ["env", "-i", *(f"{name}={value}" for name, value in given.items() if name != "COLUMNS")]
        # The terminal's own name is that of tmux; what it shows at the end stays until somebody has read it.
        line = f"cd {shlex.quote(str(folder))}; {shlex.join(words)} TERM=$TERM {shlex.join(command)}"
        line += "; echo ended with $?; exec sleep 600"
        self._do("new-session", "-d", "-x", "80", "-y", "24", line)

    def _do(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, check=True, timeout=PATIENCE)
        return done.stdout

    @property
    def text(self) -> str:
        """What is on the screen."""
        return self._do("capture-pane", "-p")

    @property
    def colours(self) -> str:
        """The same with all that is sent to set colours."""
        return self._do("capture-pane", "-p", "-e")

    def sees(self, text: str) -> str:
        """Waits until the text is on the screen."""
        end = time.monotonic() + PATIENCE
        while text not in (now := self.text):
            assert time.monotonic() < end, f"{text!r} is not on the screen:\n{now}"
            time.sleep(0.05)
        return now

    def types(self, *keys: str) -> None:
        """Presses keys by the names that tmux has for them."""
        self._do("send-keys", *keys)

    def kills(self) -> None:
        """Ends what runs in it, and leaves it no time for anything."""
        shell = int(self._do("display-message", "-p", "#{pane_pid}"))
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text(encoding="ascii").split()
        os.kill(int(children[0]), signal.SIGKILL)

    def ends(self) -> None:
        """Closes it, with all that runs in it."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False, timeout=PATIENCE)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short path: the name of a socket has an end."""
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux")
    place = tmp_path_factory.mktemp("t")
    (place / "deploy.sh").write_text(SCRIPT)
    (place / "home").mkdir()
    return place


@pytest.fixture
def opened(folder: Path, command: list[str]) -> Iterator[list[Terminal]]:
    """Terminals that are closed at the end."""
    found: list[Terminal] = []
    yield found
    for terminal in found:
        terminal.ends()


def test_from_the_start_to_a_repository_with_a_kill_between(
    folder: Path, command: list[str], opened: list[Terminal]
) -> None:
    review = [*command, "review", "deploy.sh", "-o", "shop-gitops"]
    terminal = Terminal(folder, review)
    opened.append(terminal)
    terminal.sees("0 of 6 lines decided")
    terminal.types("a")
    terminal.sees("1 of 6 lines decided")
    terminal.types("a")
    terminal.sees("2 of 6 lines decided")
    terminal.kills()
    terminal.sees("ended with 137")
    terminal.ends()
    kept = (folder / ".gitopsify" / "answers.yaml").read_text()
    assert kept.count(": accept") == 2

    terminal = Terminal(folder, review)
    opened.append(terminal)
    terminal.sees("2 of 6 lines decided")
    terminal.types("r")
    terminal.sees("Reject the line")
    terminal.types("2")
    terminal.sees("The note stands in MIGRATION.md")
    terminal.types("by hand", "Enter")
    terminal.sees("3 of 6 lines decided")
    terminal.types("n")
    terminal.sees("is nginx meant to be restarted")
    terminal.types("Enter")
    terminal.sees("2 each-run")
    terminal.types("2")
    terminal.sees("0 open")
    terminal.types("w")
    terminal.sees("Write the repository for ansible to")
    terminal.types("Enter")
    terminal.sees("ended with 0")

    made = folder / "shop-gitops"
    log = subprocess.run(["git", "log", "--format=%s"], cwd=made, capture_output=True, text=True, check=True).stdout
    assert log == "Convert deploy.sh\n"
    state = subprocess.run(["git", "status", "--porcelain"], cwd=made, capture_output=True, text=True, check=True)
    assert state.stdout == ""
    assert "by hand" in (made / "MIGRATION.md").read_text()
    answers = (made / ".gitopsify" / "answers.yaml").read_text()
    assert "note: by hand" in answers
    assert "restart: each-run" in answers

    # What was decided is not asked again, in whichever way it is converted.
    again = subprocess.run(
        [*command, "convert", "deploy.sh", "-o", "shop-gitops"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(folder / "home"),
    )
    assert again.returncode == 0, again.stderr
    assert "Default answers" not in again.stderr
    assert "Nothing has changed" in again.stdout


def test_a_lost_terminal_loses_nothing(folder: Path, command: list[str], opened: list[Terminal]) -> None:
    terminal = Terminal(folder, [*command, "review", "deploy.sh"])
    opened.append(terminal)
    terminal.sees("0 of 6 lines decided")
    terminal.types("a")
    terminal.sees("1 of 6 lines decided")
    terminal.ends()
    assert (folder / ".gitopsify" / "answers.yaml").read_text().count(": accept") == 1


def test_an_editor_gets_the_terminal(folder: Path, command: list[str], opened: list[Terminal]) -> None:
    editor = folder / "editor"
    editor.write_text('#!/bin/sh\necho edits here; read answer\nsed -i "s/^mode: .*/mode: \'$answer\'/" "$1"\n')
    editor.chmod(0o755)
    terminal = Terminal(folder, [*command, "review", "deploy.sh"], EDITOR=str(editor))
    opened.append(terminal)
    terminal.sees("0 of 6 lines decided")
    terminal.types("E")
    terminal.sees("edits here")
    terminal.types("0711", "Enter")
    terminal.sees("mode: 0711")
    assert "mode: '0711'" in (folder / ".gitopsify" / "answers.yaml").read_text()
    terminal.types("q")
    terminal.sees("1 of 6 lines are decided")
    terminal.sees("ended with 1")


def test_a_bug_is_one_line_and_a_log(folder: Path, command: list[str], opened: list[Terminal]) -> None:
    python = command[0] if command[-1] == "converter" else str(Path(command[0]).parent / "python")
    broken = "import sys, converter.cli as c\nfrom converter.cli.review.session import Session as s\n"
    broken += "def boom(*a): password = 'hunter2'; raise RuntimeError(password)\ns.accept = boom\n"
    broken += "sys.argv = ['gitopsify', 'review', 'deploy.sh']\nsys.exit(c.main())"
    terminal = Terminal(folder, [python, "-c", broken], PYTHONPATH=str(ROOT))
    opened.append(terminal)
    terminal.sees("0 of 6 lines decided")
    terminal.types("a")
    shown = terminal.sees("ended with 3")
    assert "gitopsify: this is a bug (RuntimeError)" in shown
    assert "hunter2" not in shown
    log = next((folder / "home" / ".local" / "state" / "gitopsify").glob("error-*.log")).read_text()
    assert "in boom" in log
    assert "hunter2" not in log


def test_no_colour_is_sent_where_none_is_wanted(folder: Path, command: list[str], opened: list[Terminal]) -> None:
    plain = Terminal(folder, [*command, "review", "deploy.sh"], NO_COLOR="1")
    opened.append(plain)
    plain.sees("0 of 6 lines decided")
    coloured = [part for part in plain.colours.split("\x1b[")[1:] if _colours(part.partition("m")[0])]
    assert coloured == []


def _colours(codes: str) -> bool:
    """Whether a sequence sets a colour other than that of the terminal."""
    return any(
        code.isdigit() and (30 <= int(code) <= 38 or 40 <= int(code) <= 48 or int(code) >= 90)
        for code in codes.split(";")
    )


def test_a_plan_and_a_repository_are_reviewed_too(folder: Path, command: list[str], opened: list[Terminal]) -> None:
    home = surroundings(folder / "home")
    for words in (["plan", "deploy.sh", "-o", "plan.yaml"], ["convert", "deploy.sh", "-o", "made", "--yes"]):
        subprocess.run([*command, *words], cwd=folder, env=home, capture_output=True, check=False)
    for given, answers in (("made", "home/.local/state/gitopsify"), ("plan.yaml", ".gitopsify/answers.yaml")):
        terminal = Terminal(folder, [*command, "review", given])
        opened.append(terminal)
        terminal.sees("of 6 lines decided")
        terminal.types("a")
        terminal.sees("1 of 6 lines decided")
        terminal.types("q")
        terminal.sees("ended with")
        terminal.ends()
        place = folder / answers
        files = [place] if place.is_file() else list(place.glob("answers-*.yaml"))
        assert [file.read_text().count(": accept") for file in files] == [1]

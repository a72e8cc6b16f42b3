"""Questions on a terminal: what is asked, that answers count, and that Ctrl-C loses none."""

from __future__ import annotations

import os
import pty
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases import surroundings

SCRIPT = "frobctl sync --now\nfrobctl flush\n"


class Person:
    """Somebody at a terminal on which a conversion runs."""

    def __init__(self, pid: int, terminal: int) -> None:
        self._pid, self._terminal, self.seen = pid, terminal, ""

    def sees(self, text: str) -> None:
        """Waits until the text is on the screen."""
        while text not in self.seen and select.select([self._terminal], [], [], 30)[0]:
            try:
                self.seen += os.read(self._terminal, 65536).decode("utf-8", "replace")
            except OSError:  # how Linux says that the program has left the terminal
                break
        assert text in self.seen, self.seen

    def types(self, text: str) -> None:
        """Types; what is on the screen by then counts as read."""
        self.seen = ""
        os.write(self._terminal, text.encode())

    def interrupts(self) -> None:
        """Presses Ctrl-C, and again where nothing happens: Python does not see it just before it begins to read."""
        self.seen = ""
        for _ in range(10):
            os.write(self._terminal, b"\x03")
            while "saved" not in self.seen and select.select([self._terminal], [], [], 3)[0]:
                self.seen += os.read(self._terminal, 65536).decode("utf-8", "replace")
            if "saved" in self.seen:
                return

    def leaves(self) -> int:
        """Waits for the end of the program, reading what it still says; one that does not end is ended."""
        while select.select([self._terminal], [], [], 30)[0]:
            try:
                self.seen += os.read(self._terminal, 65536).decode("utf-8", "replace")
            except OSError:
                break
        else:
            os.kill(self._pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


@contextmanager
def converting(command: list[str], folder: Path, *options: str) -> Iterator[Person]:
    """A conversion on a terminal of its own, so that Ctrl-C reaches it; on a server, unless options say more."""
    (folder / "deploy.sh").write_text(SCRIPT)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        environment = {**surroundings(folder / "home"), "TERM": "dumb"}
        os.execvpe(
            command[0],
            [*command, "convert", "deploy.sh", "-o", "made", *(options or ("--runs-on", "server"))],
            environment,
        )
    try:
        yield Person(pid, terminal)
    finally:
        os.close(terminal)


def test_answers_are_taken_and_kept(command: list[str], tmp_path: Path) -> None:
    with converting(command, tmp_path) as person:
        person.sees("answer")
        assert "frobctl sync" in person.seen
        person.types("nonsense\n")
        person.sees("Give a number")
        person.types("keep\n")
        person.sees("answer")
        person.types("drop\n")
        assert person.leaves() == 0
    kept = (tmp_path / "made" / ".gitopsify" / "answers.yaml").read_text()
    assert "keep" in kept
    assert "drop" in kept
    with converting(command, tmp_path) as person:
        assert person.leaves() == 0
        assert "answer [" not in person.seen


def test_interrupted_and_taken_up_again(command: list[str], tmp_path: Path) -> None:
    with converting(command, tmp_path) as person:
        person.sees("answer")
        person.types("keep\n")
        person.sees("answer")
        person.interrupts()
        assert person.leaves() == 130
        assert "saved" in person.seen
    assert not (tmp_path / "made").exists()
    with converting(command, tmp_path) as person:
        person.sees("frobctl flush")
        assert "frobctl sync" not in person.seen
        person.types("keep\n")
        assert person.leaves() == 0
    assert not list((tmp_path / "home").rglob("answers-*.yaml"))

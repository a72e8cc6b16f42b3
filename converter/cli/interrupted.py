"""Answers to a starter that was cut short: the same command goes on after them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from converter.cli.exits import state_directory


class Interrupted:
    """What was answered so far for a folder; it counts only where the same is `given` again by options and files."""

    def __init__(self, directory: str, given: Mapping[str, str]) -> None:
        digest = hashlib.sha256(str(Path(directory).resolve()).encode()).hexdigest()[:16]
        self._file = state_directory() / f"starter-{digest}.json"
        self._given = dict(given)
        self.answers: dict[str, str] = {}
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            if kept["given"] == self._given:
                self.answers = {str(name): str(text) for name, text in kept["answers"].items()}

    def add(self, name: str, answer: str) -> None:
        """Keeps an answer, in one piece with those before."""
        self.answers[name] = answer
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps({"given": self._given, "answers": self.answers}), encoding="utf-8")
        new.replace(self._file)

    def forget(self) -> None:
        """The repository holds them now."""
        self._file.unlink(missing_ok=True)

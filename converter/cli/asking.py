"""Questions on the terminal, one after the other; answers are saved at once, so that Ctrl-C loses none."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from converter.cli.exits import state_directory
from converter.cli.terminal import Screen, visible
from converter.model.plan import Plan
from converter.model.question import Answer, Question
from converter.pipeline import ANSWERS, reviewed


class Answers:
    """The answers for one repository: those in it, and those of an interrupted session."""

    def __init__(self, directory: Path) -> None:
        key = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
        self._begun = state_directory() / f"answers-{key}.yaml"
        self._final = directory / ANSWERS
        # What stands in the repository may have been edited since.
        self._by_question = {answer.question: answer for file in (self._begun, self._final) for answer in _read(file)}

    @property
    def all(self) -> tuple[Answer, ...]:
        """Every answer so far."""
        return tuple(self._by_question.values())

    @property
    def text(self) -> str:
        """The file as the repository will hold it: as the person wrote it, as long as it says all."""
        from converter.review import dump

        if self._final.is_file() and dump(_read(self._final)) == dump(self.all):
            return self._final.read_text(encoding="utf-8")
        return dump(self.all) if self.all else ""

    def add(self, answer: Answer) -> None:
        """Keeps an answer, on disk too."""
        from converter.review import dump

        self._by_question[answer.question] = answer
        self._begun.parent.mkdir(parents=True, exist_ok=True)
        self._begun.write_text(dump(self.all), encoding="utf-8")

    def forget_session(self) -> None:
        """The repository holds them now."""
        self._begun.unlink(missing_ok=True)


def _read(file: Path) -> tuple[Answer, ...]:
    from converter.review import load

    return tuple(load(file.read_text(encoding="utf-8"))) if file.is_file() else ()


def ask(plan: Plan, answers: Answers) -> Plan:
    """Asks what is open, if there is a person to answer; Ctrl-C ends it, and the same command goes on there."""
    from converter.review import open_questions

    screen = Screen(sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return plan
    for question in open_questions(plan):
        try:
            answer = _asked(question, screen)
        except (KeyboardInterrupt, EOFError):
            screen.print("\nYour answers are saved: the same command goes on from here.")
            raise KeyboardInterrupt from None
        if answer:
            answers.add(Answer(question=question.id, answer=answer))
    return reviewed(plan, answers.all)


def take_defaults(plan: Plan) -> Plan:
    """The default answers to what is open; a question without a safe one stays open."""
    from converter.review import open_questions

    given = [
        Answer(question=item.id, answer=item.default, asked=False) for item in open_questions(plan) if item.default
    ]
    return reviewed(plan, given)


def _asked(question: Question, screen: Screen) -> str:
    """The answer, or nothing where the person leaves it open."""
    place = f"{question.span.lines()}: " if question.span else ""
    for line in screen.wrapped(visible(place + question.prompt), indent=2, first="", styles=("bold",)):
        screen.print(line)
    if question.reason:
        for line in screen.wrapped(visible(question.reason), indent=2, styles=("dim",)):
            screen.print(line)
    for number, choice in enumerate(question.choices, 1):
        screen.print(f"  {number}  {visible(choice)}")
    default = f" [{visible(question.default)}]" if question.default else " [leave open]"
    while True:
        said = input(f"answer{default}: ").strip() or question.default
        if said.isdigit() and 1 <= int(said) <= len(question.choices):
            return question.choices[int(said) - 1]
        if not question.choices or not said or said in question.choices:
            return said
        screen.print(f"Give a number from 1 to {len(question.choices)}.")

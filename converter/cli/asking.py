"""Questions on the terminal, one after the other; answers are saved at once, so that Ctrl-C loses none."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from converter.cli.answers import Answers
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.question import Answer, Question
from converter.pipeline import Understood


def can_ask() -> bool:
    """Whether there is a person at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(understood: Understood, answers: Answers) -> Plan:
    """Asks what is open; Ctrl-C ends it, and the same command goes on there. An answer may raise or settle other
    questions."""
    if not can_ask():
        raise ConverterError("there is no terminal to ask on", "without --interactive the default answers are taken")
    screen = Screen(sys.stderr)
    left: set[str] = set()
    plan = understood.plan(answers.all)
    while (question := next((each for each in plan.questions if each.id not in left), None)) is not None:
        try:
            answer = _asked(question, screen)
        except (KeyboardInterrupt, EOFError):
            screen.print("\nYour answers are saved: the same command goes on from here.")
            raise KeyboardInterrupt from None
        if answer:
            answers.add(Answer(question=question.id, answer=answer))
            plan = understood.plan(answers.all)
        else:
            left.add(question.id)
    return plan


def take_defaults(understood: Understood, answers: Answers, *, quiet: bool) -> tuple[Plan, tuple[Answer, ...]]:
    """The plan with the default answer to what is open, each of which is said, and these; a question without a safe
    one stays open."""
    questions = understood.plan(answers.all).questions
    taken = [question for question in questions if question.default]
    if taken and not quiet:
        screen = Screen(sys.stderr)
        for line in _taken(taken, screen):
            screen.print(line)
    given = tuple(Answer(question=question.id, answer=question.default, asked=False) for question in taken)
    return understood.plan((*answers.all, *given)), given


def _taken(questions: list[Question], screen: Screen) -> Iterator[str]:
    yield screen.paint("Default answers; gitopsify review, or convert --interactive, takes others:", "dim")
    for question in questions:
        text = f"{_place(question)}{question.prompt} {question.default}"
        yield from screen.wrapped(visible(text), indent=4, first="  ", styles=("dim",))


def _place(question: Question) -> str:
    return f"{question.span.lines()}: " if question.span else ""


def _asked(question: Question, screen: Screen) -> str:
    """The answer, or nothing where the person leaves it open."""
    text = visible(_place(question) + question.prompt)
    for line in screen.wrapped(text, indent=2, first="", styles=("bold",)):
        screen.print(line)
    if question.reason:
        for line in screen.wrapped(visible(question.reason), indent=2, styles=("dim",)):
            screen.print(line)
    for number in range(1, len(question.choices) + 1):
        for line in screen.wrapped(visible(_choice(question, number - 1)), indent=5, first=f"  {number}  "):
            screen.print(line)
    default = f" [{visible(question.default)}]" if question.default else " [leave open]"
    while True:
        said = input(f"answer{default}: ").strip() or question.default
        if said.isdigit() and 1 <= int(said) <= len(question.choices):
            return question.choices[int(said) - 1]
        if not question.choices or not said or said in question.choices:
            return said
        screen.print(f"Give a number from 1 to {len(question.choices)}.")


def _choice(question: Question, index: int) -> str:
    """The choice, and what it would generate."""
    outcome = question.outcomes[index] if index < len(question.outcomes) else ""
    return f"{question.choices[index]}: {outcome}" if outcome else question.choices[index]

"""Answers in a plan: what they settle, that they replay, and what is wrong in a file of them."""

from __future__ import annotations

import pytest

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.question import Answer
from converter.pipeline import Saved
from converter.plan.document import dump as dump_plan
from converter.plan.document import load as load_plan
from converter.plan.order import contradictions
from converter.review import dump, load
from plan.making import Script, addresses, said, spec


def sample() -> Plan:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("frobctl sync --all")
    script.step("rm X", spec("absent", path="/srv/${?it depends|$X}"))
    script.step("systemctl restart app", spec("service", name="app", state="restarted"))
    return script.plan()


def answered(made: Plan, *answers: str) -> Plan:
    given = [
        Answer(question=question.id, answer=answer) for question, answer in zip(made.questions, answers, strict=False)
    ]
    return Saved(made).plan(given)


def test_kept() -> None:
    made = answered(sample(), "keep")
    assert said(made, "frobctl sync --all") == (
        "kept",
        ("command.frobctl sync --all",),
        "A person's answer is to keep it.",
    )
    assert "unmatched-command" not in {found.name for found in made.diagnostics}
    assert [question.choices for question in made.questions] == [("fail", "drop")]


def test_dropped() -> None:
    made = answered(sample(), "drop", "drop")
    assert addresses(made) == ["directory./srv/app", "service.app", "service.app#2"]
    assert said(made, "frobctl sync --all") == ("dropped", (), "Left out by a person's answer.")
    assert contradictions(made) == ()
    assert {(edge.first, edge.second) for edge in made.edges if edge.kind == "requires"} == {
        ("directory./srv/app", "service.app"),
        ("service.app", "service.app#2"),
    }


def test_left_as_a_failing_task() -> None:
    made = answered(sample(), "keep", "fail")
    assert made.questions == ()
    assert said(made, "rm X")[0] == "unresolved"


def test_a_replayed_review_asks_nothing() -> None:
    made = sample()
    answers = tuple(Answer(question=question.id, answer="drop") for question in made.questions)
    again = Saved(sample()).plan(load(dump(answers)))
    assert again.questions == ()
    assert again == Saved(made).plan(answers)


def test_a_reviewed_plan_is_saved_as_it_is() -> None:
    made = answered(sample(), "keep", "drop")
    assert load_plan(dump_plan(made)) == made


def test_ids_do_not_depend_on_the_line() -> None:
    script = Script()
    script.step("first", spec("directory", path="/x"))
    script.step("frobctl sync --all")
    script.step("frobctl sync --all")
    ids = [question.id for question in script.plan().questions]
    assert ids[0] == sample().questions[0].id
    assert ids[1] == f"{ids[0]}.2"


def test_answers_to_other_questions_are_named_and_left_alone() -> None:
    made = Saved(sample()).plan([Answer(question="command.other", answer="keep")])
    assert [found.name for found in made.diagnostics][-1] == "stale-answer"
    assert "command.other" in made.diagnostics[-1].message
    assert made.resources == sample().resources


def test_an_answer_that_is_no_choice_is_refused() -> None:
    with pytest.raises(ConverterError) as caught:
        answered(sample(), "maybe")
    assert caught.value.hint == "answers: keep, drop"


def test_no_answers_are_a_file_too() -> None:
    assert load(dump(())) == ()
    assert load("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [("- a", "expected a mapping"), ("a: [", "not YAML"), ("a: [b]", "a.yaml:1: expected one line")],
)
def test_a_bad_file_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConverterError) as caught:
        load(text, "a.yaml")
    assert message in caught.value.message

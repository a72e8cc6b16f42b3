"""What the shell itself calls things never becomes an input of that name."""

from __future__ import annotations

import pytest

from converter.model.plan import Plan
from converter.model.trace import Command, Compare, Disposition, NotEmpty, ParameterKind, ScriptInput
from converter.model.value import Value, Variable
from converter.resources import command
from plan.making import Script, resource, said, spec, v


def inputs(made: Plan) -> list[str]:
    return [found.name for found in made.variables if found.name not in ("deploy_host", "project_dir")]


def asking(*questions: str) -> Script:
    script = Script()
    for question in questions:
        told = Command(span=script.span(question), text=question, disposition=Disposition.ABSORBED, reason="a question")
        script.commands.append(told)
        test = script.test(Compare(left=v("${REPLY}"), operator="matches", right=v("[Yy]")))
        script.step("frob", argv=(v("frob"), v(question.split()[-1])), guard=(test,))
    script.inputs.append(ScriptInput(name="REPLY", kind=ParameterKind.PROMPT))
    return script


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ('read -p "Remove the old containers? (y/N): " -n 1 -r', "remove_old_containers"),
        ('read -rp "Seed the database [y/N]? "', "seed_database"),
        ('read -p "Are you sure? (y/N) "', "answer"),
        ("read -n 1", "answer"),
    ],
)
def test_an_answer_without_a_name_is_named_for_its_question(question: str, name: str) -> None:
    assert inputs(asking(question).plan()) == [name]


def test_two_questions_are_two_inputs() -> None:
    made = asking('read -p "Seed? (y/N) "', 'read -p "Migrate? (y/N) "').plan()
    assert inputs(made) == ["seed", "migrate"]
    subjects = [found.guard[0].subject for found in made.resources]
    assert [found.left.shell() for found in subjects if isinstance(found, Compare)] == ["${seed}", "${migrate}"]


def test_the_field_separator_is_known() -> None:
    script = Script()
    script.step("frob", argv=(v("frob"), v("${IFS}")))
    made = script.plan()
    assert inputs(made) == []
    made_spec = made.resources[0].spec
    assert isinstance(made_spec, command.Command)
    assert made_spec.argv[1] == v(" \t\n")


@pytest.mark.parametrize("name", ["OPTARG", "OPTIND", "?", "#"])
def test_what_only_the_script_can_know_is_asked_of_a_person(name: str) -> None:
    script = Script()
    script.step("frob", argv=(v("frob"), Value(Variable(name))))
    made = script.plan()
    assert inputs(made) == []
    assert said(made, "frob")[0] == "unresolved"
    assert made.resources[0].kind == "unresolved"


@pytest.mark.parametrize(
    ("operator", "number", "negated", "name", "given"),
    [
        ("<", "1", False, "STAGE", False),
        ("<", "2", True, "arg2", True),
        ("==", "0", False, "STAGE", False),
        ("==", "0", True, "STAGE", True),
        (">", "0", False, "STAGE", True),
        (">=", "2", False, "arg2", True),
        ("<=", "1", False, "arg2", False),
        ("==", "2", False, "arg2", True),
    ],
)
def test_the_count_of_arguments_asks_for_one(operator: str, number: str, negated: bool, name: str, given: bool) -> None:
    script = Script()
    script.inputs.append(ScriptInput(name="STAGE", kind=ParameterKind.POSITIONAL, position=1))
    count = Compare(left=Value(Variable("#")), operator=operator, right=v(number), numeric=True)
    script.step("frob", guard=(script.test(count, negated=negated),))
    made = script.plan()
    test = made.resources[0].guard[0]
    assert test.subject == NotEmpty(value=Value(Variable(name)))
    assert test.negated != given
    assert [(found.name, found.required) for found in made.variables if found.name == name] == [(name, False)]


def test_exactly_one_argument_is_the_first_without_the_second() -> None:
    script = Script()
    for position, name in enumerate(("STAGE", "TAG"), 1):
        script.inputs.append(ScriptInput(name=name, kind=ParameterKind.POSITIONAL, position=position))
    count = Compare(left=Value(Variable("#")), operator="==", right=v("1"), numeric=True)
    script.step("frob", spec("directory", path="/srv"), guard=(script.test(count),))
    stage, tag = resource(script.plan(), "directory./srv").guard
    assert (stage.subject, stage.negated) == (NotEmpty(value=v("${STAGE}")), False)
    assert (tag.subject, tag.negated) == (NotEmpty(value=v("${TAG}")), True)

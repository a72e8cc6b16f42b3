"""What is worth asking: which questions a script raises, how few they are, and what each answer makes."""

from __future__ import annotations

import pytest

from cases import Case
from converter.cli.request import Asked, scripts
from converter.model.diagnostic import ConverterError
from converter.model.question import Answer, Question
from converter.model.trace import RunsOn
from converter.pipeline import Scripts, plan_to_tree

# A script of which a third can't be read raises a question for each such line.
MOST = {"placeholders-and-errors": 4}


def understood(text: str, runs_on: RunsOn | None = None) -> Scripts:
    """One script of that text."""
    return Scripts([("deploy.sh", text.encode())], name="shop", runs_on=runs_on)


def asked(text: str, runs_on: RunsOn | None = None) -> dict[str, Question]:
    """The questions by what they are about."""
    return {each.id: each for each in understood(text, runs_on).plan().questions}


def test_few_questions(case: Case) -> None:
    wanted = Asked(scripts=[str(case.input / name) for name in case.scripts], runs_on=_told(case))
    questions = scripts(wanted).plan().questions
    assert len(questions) <= MOST.get(case.name, 3)
    for question in questions:
        assert question.span is not None
        assert len(question.outcomes) == len(question.choices)
        assert all(question.outcomes)


def _told(case: Case) -> str | None:
    told = case.about.get("runs_on")
    return str(told) if told else None


@pytest.mark.parametrize(
    ("text", "default"),
    [("frobctl x\n", "server"), ("sudo systemctl stop x\n", "server"), ("aws s3 sync . s3://x\n", "workstation")],
)
def test_where_a_script_without_ssh_runs(text: str, default: str) -> None:
    question = asked(text)["runs-on"]
    assert (question.choices, question.default) == (("server", "workstation"), default)
    other = "workstation" if default == "server" else "server"
    plan = understood(text).plan([Answer(question="runs-on", answer=other)])
    assert plan.runs_on == other
    assert "runs-on" not in {each.id for each in plan.questions}


def test_what_was_said_is_not_asked() -> None:
    assert "runs-on" not in asked("mkdir /srv/x\n", RunsOn.SERVER)
    assert "runs-on" not in asked("ssh a@b.example.com mkdir /srv/x\n")
    assert asked("# nothing\n") == {}


def test_a_default_that_nobody_gave_leaves_the_assumption() -> None:
    plan = understood("mkdir /srv/x\n").plan([Answer(question="runs-on", answer="server", asked=False)])
    assert any("--runs-on says otherwise" in each for each in plan.assumptions)
    plan = understood("mkdir /srv/x\n").plan([Answer(question="runs-on", answer="server")])
    assert not any("--runs-on says otherwise" in each for each in plan.assumptions)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("staging.example.com", "staging"),
        ("web-qa.example.com", "qa"),
        ("app.example.com", None),
        ("app.example.dev", None),
        ("production.example.com", None),
    ],
)
def test_which_environment_a_host_is_in(host: str, told: str | None) -> None:
    questions = [
        each for name, each in asked(f"ssh a@{host} mkdir /srv/x\n").items() if name.startswith("environment.")
    ]
    assert [each.default for each in questions] == ([told] if told else [])


def test_hosts_of_two_environments() -> None:
    text = "ssh a@staging.example.com mkdir /srv/x\nssh a@app.example.com mkdir /srv/x\n"
    question = next(each for name, each in asked(text).items() if name.startswith("environment."))
    assert question.prompt == "which environment is staging.example.com in?"
    plan = understood(text).plan([Answer(question=question.id, answer="staging")])
    assert [
        (each.name, [host.address.text for group in each.groups for host in group.hosts]) for each in plan.environments
    ] == [
        ("staging", ["staging.example.com"]),
        ("production", ["app.example.com"]),
    ]
    same = understood(text).plan([Answer(question=question.id, answer="production")])
    assert [each.name for each in same.environments] == ["production"]
    tree = plan_to_tree(plan, target="ansible", deliveries=("github-actions",))
    written = {
        file.path: file.text for file in tree.files if file.path.startswith("inventories/") and "hosts" in file.path
    }
    assert sorted(path.split("/")[1] for path in written) == ["production", "staging"]


def test_a_restart_on_each_run() -> None:
    text = "ssh a@b.example.com <<EOF\ncp a.conf /etc/nginx/a.conf\nsystemctl restart nginx\nEOF\n"
    question = asked(text)["restart"]
    assert (question.choices, question.default) == (("when-changed", "each-run"), "when-changed")
    plan = understood(text).plan([Answer(question="restart", answer="each-run")])
    assert not any(each.handler for each in plan.resources)
    assert not any(edge.kind == "notifies" for edge in plan.edges)
    assert not any("only when something before" in each for each in plan.changes)
    plan = understood(text).plan([Answer(question="restart", answer="when-changed")])
    assert any(each.handler for each in plan.resources)


def test_no_restart_no_question() -> None:
    assert "restart" not in asked("ssh a@b.example.com mkdir /srv/x\n")


def restarting(*services: str) -> str:
    """A script that copies something for each service and restarts it."""
    lines = "".join(f"cp {name}.conf /etc/{name}/{name}.conf\nsystemctl restart {name}\n" for name in services)
    return f"ssh a@b.example.com <<EOF\n{lines}EOF\n"


def handlers(text: str, *said: Answer) -> list[str]:
    """What is still restarted only when something has changed."""
    return [each.spec.label() for each in understood(text).plan(said).resources if each.handler]


def open_(text: str, *said: Answer) -> list[str]:
    """The open questions."""
    return [each.id for each in understood(text).plan(said).questions]


def test_each_of_two_restarts_is_asked_about_at_its_line() -> None:
    text = restarting("nginx", "shop")
    assert [(name, each.span.line) for name, each in asked(text).items() if each.span] == [
        ("restart.nginx", 3),
        ("restart.shop", 5),
    ]
    shop = Answer(question="restart.shop", answer="each-run")
    assert handlers(text, shop) == ["nginx"]
    assert open_(text, shop) == ["restart.nginx"]


def test_many_restarts_are_asked_about_once_and_can_be_told_apart() -> None:
    text = restarting("nginx", "shop", "worker")
    assert open_(text) == ["restart"]
    every, shop = Answer(question="restart", answer="each-run"), Answer(question="restart.shop", answer="when-changed")
    assert handlers(text, every) == []
    assert handlers(text, every, shop) == ["shop"]
    assert open_(text, shop) == ["restart"]
    apart = [Answer(question=f"restart.{name}", answer="when-changed") for name in ("nginx", "shop", "worker")]
    assert open_(text, *apart) == []
    for plan in (understood(text).plan([every, shop]), understood(text).plan(apart)):
        assert [each.message for each in plan.diagnostics if each.name == "stale-answer"] == []


def test_one_answer_for_all_restarts_is_one_for_two_too() -> None:
    text = restarting("nginx", "shop")
    every = Answer(question="restart", answer="each-run")
    assert handlers(text, every) == []
    assert open_(text, every) == []
    assert understood(text).plan([every]).diagnostics == ()


def test_a_second_restart_of_a_service_is_a_line_of_its_own() -> None:
    text = restarting("nginx", "nginx")
    assert open_(text) == ["restart.nginx", "restart.nginx.2"]
    assert len(handlers(text, Answer(question="restart.nginx.2", answer="each-run"))) == 1


def test_no_answer_about_a_restart_is_passed_over() -> None:
    with pytest.raises(ConverterError, match=r"is no answer to restart\.nginx"):
        handlers(restarting("nginx", "shop"), Answer(question="restart.nginx", answer="sometimes"))

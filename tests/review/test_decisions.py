"""Decisions as data: what each changes in the plan, that it replays when other lines change, and what is stale."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from converter.model.decision import Choice, Decision, Edit, Mark, Said
from converter.model.diagnostic import ConverterError
from converter.model.plan import LedgerEntry, Plan, VariableKind
from converter.model.question import Answer
from converter.model.resource import Phase, Resource
from converter.model.value import Value, Variable
from converter.pipeline import Saved, Scripts, plan_to_tree
from converter.plan.order import contradictions
from converter.review import dump, load
from review.driving import SCRIPT, scripts


def name_of(understood: Scripts | Saved, line: int) -> str:
    """The identity of the command in a line."""
    understood.plan()
    return next(name for place, name in understood.names.items() if place[1] == line)


def entry(plan: Plan, text: str) -> LedgerEntry:
    """What became of the command that begins so."""
    return next(each for each in plan.ledger if each.text.startswith(text))


def resource(plan: Plan, kind: str) -> Resource:
    """The first resource of that kind."""
    return next(each for each in plan.resources if each.kind == kind)


def stale(plan: Plan) -> list[str]:
    """What is said of answers without effect."""
    return [each.message for each in plan.diagnostics if each.name == "stale-answer"]


def decided(line: int, *, text: str = SCRIPT, saved: bool = False, **fields: object) -> Plan:
    """The plan with one decision about a line."""
    understood: Scripts | Saved = Saved(scripts(text).plan()) if saved else scripts(text)
    plan = understood.plan([msgspec.structs.replace(Decision(about=name_of(understood, line)), **fields)])
    assert contradictions(plan) == ()
    return plan


@pytest.mark.parametrize("saved", [False, True])
def test_keep(saved: bool) -> None:
    plan = decided(11, choice=Choice.KEEP, note="our own", saved=saved)
    assert (entry(plan, "cp").disposition, entry(plan, "cp").reason) == (
        "kept",
        "A person's answer is to keep it: our own.",
    )
    assert [each.kind for each in plan.resources if each.address in entry(plan, "cp").resources] == ["command"]


@pytest.mark.parametrize("saved", [False, True])
def test_drop(saved: bool) -> None:
    plan = decided(10, choice=Choice.DROP, note="not ours", saved=saved)
    assert (entry(plan, "docker").disposition, entry(plan, "docker").resources) == ("dropped", ())
    assert entry(plan, "docker").reason == "Left out by a person's answer: not ours."
    assert not any(each.kind == "image" for each in plan.resources)


def test_a_step_that_folds_is_rejected_alone() -> None:
    plan = decided(8, choice=Choice.DROP)
    assert getattr(resource(plan, "directory").spec, "owner", "") is None
    plan = decided(8, choice=Choice.KEEP)
    assert getattr(resource(plan, "directory").spec, "owner", "") is None
    assert entry(plan, "chown").disposition == "kept"


def test_a_condition_stays_with_a_command_that_is_kept() -> None:
    text = "ssh a@b.example.com <<EOF\nif [ ! -d /srv/x ]; then\n git clone https://e.example.com/x /srv/x\nfi\nEOF\n"
    assert resource(scripts(text).plan(), "git_checkout").guard == ()
    plan = decided(3, text=text, choice=Choice.KEEP)
    assert len(resource(plan, "command").guard) == 1


def test_what_comes_from_several_lines_is_not_rejected_in_a_saved_plan() -> None:
    plan = decided(8, choice=Choice.DROP, saved=True)
    assert entry(plan, "chown").disposition == "converted"
    assert "comes from deploy.sh:7, deploy.sh:8 together" in stale(plan)[0]


def test_a_saved_plan_does_not_know_the_variables_of_a_line() -> None:
    plan = decided(10, choice=Choice.KEEP, saved=True)
    assert "only the script knows the variables" in stale(plan)[0]


def test_what_nobody_understands_can_not_be_kept() -> None:
    text = "ssh a@b.example.com 'rm \"$(undefined\" x'\n"
    understood = scripts("rm ${X:?*}\n" + text)
    plan = understood.plan()
    left = next(each for each in plan.ledger if each.disposition == "unresolved")
    name = understood.names[left.span.start]
    plan = understood.plan([Decision(about=name, choice=Choice.KEEP)])
    assert entry(plan, left.text).disposition == "unresolved"
    plan = understood.plan([Decision(about=name, choice=Choice.DROP)])
    assert entry(plan, left.text).disposition == "dropped"


def edit(address: str, **fields: str) -> tuple[Edit, ...]:
    """Fields of one resource."""
    return (Edit(resource=address, fields=tuple(fields.items())),)


@pytest.mark.parametrize("saved", [False, True])
def test_edit(saved: bool) -> None:
    plan = decided(7, edits=edit("directory./srv/app/uploads", mode="0750", owner=""), saved=saved)
    spec = resource(plan, "directory").spec
    assert (str(getattr(spec, "mode", "")), getattr(spec, "owner", "")) == ("Value('0750')", None)


def test_an_edit_finds_its_resource_by_kind() -> None:
    plan = decided(7, edits=edit("directory./srv/old/uploads", mode="0750"))
    assert stale(plan) == []
    assert getattr(resource(plan, "directory").spec, "mode", None) is not None


@pytest.mark.parametrize(
    ("address", "fields", "said"),
    [
        ("service.x", {"state": "started"}, "does not become service.x any more"),
        ("directory./srv/app/uploads", {"colour": "red"}, "directory has no field colour"),
    ],
)
def test_an_edit_that_does_not_fit_is_named(address: str, fields: dict[str, str], said: str) -> None:
    plan = decided(7, edits=edit(address, **fields))
    assert said in stale(plan)[0]
    assert plan.resources == scripts().plan().resources


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize(("place", "on", "phase"), [("local", "local", Phase.DEPLOY), ("build", "local", Phase.BUILD)])
def test_place(place: str, on: str, phase: Phase, saved: bool) -> None:
    plan = decided(10, place=place, saved=saved)
    moved = resource(plan, "image")
    assert (moved.on, moved.phase, moved.context.host) == (on, phase, None)
    assert entry(plan, "docker").host == place
    assert not any(edge.first == moved.address and edge.kind == "notifies" for edge in plan.edges)


def test_a_place_that_is_not_there_is_named() -> None:
    assert "no place moon" in stale(decided(10, place="moon"))[0]


def test_a_handler_that_nothing_triggers_any_more_is_a_step() -> None:
    text = "ssh a@b.example.com <<EOF\ncp a.conf /etc/nginx/a.conf\nsystemctl restart nginx\nEOF\n"
    assert any(each.handler for each in scripts(text).plan().resources)
    plan = decided(2, text=text, place="local")
    assert not any(each.handler for each in plan.resources)


def test_another_rule() -> None:
    text = "curl -fsS https://shop.example.com/warm-up\n"
    assert scripts(text).plan().resources[0].origin.rule == "curl-check"
    plan = decided(1, text=text, rule="curl-get")
    assert plan.resources[0].origin.rule == "curl-get"
    assert decided(1, text=text, rule="no-such-rule").resources[0].origin.rule == "curl-check"


def variable(plan: Plan, name: str) -> VariableKind:
    """What a variable is."""
    return next(each.kind for each in plan.variables if each.name == name)


@pytest.mark.parametrize("saved", [False, True])
def test_a_secret_is_in_no_file(saved: bool) -> None:
    understood: Scripts | Saved = Saved(scripts().plan()) if saved else scripts()
    plan = understood.plan([Decision(about="variable.REGISTRY_URL", choice=Choice.SECRET)])
    assert variable(plan, "REGISTRY_URL") == VariableKind.SECRET
    assert "REGISTRY_URL" in [each.name for each in plan.exposed]
    tree = plan_to_tree(plan, target="ansible", deliveries=("github-actions",))
    assert [file.path for file in tree.files if "registry.example.com/team" in file.text] == []


def test_a_short_secret_leaves_other_words_alone() -> None:
    plan = scripts().plan([Decision(about="variable.MODE", choice=Choice.SECRET)])
    assert variable(plan, "MODE") == VariableKind.SECRET
    assert "MODE=fast" not in plan.sources[0].text
    assert "frobctl sync" in plan.sources[0].text


def test_an_input_has_the_value_as_its_default() -> None:
    plan = scripts().plan([Decision(about="variable.REGISTRY_URL", choice=Choice.INPUT)])
    known = next(each for each in plan.variables if each.name == "REGISTRY_URL")
    assert known.kind == VariableKind.INPUT
    assert known.value is not None
    assert known.value.text == "registry.example.com/team"


def test_a_variable_that_is_not_there_is_named() -> None:
    plan = scripts().plan([Decision(about="variable.NOTHING", choice=Choice.INPUT)])
    assert stale(plan) == ["the decision variable.NOTHING has no effect: there is no variable NOTHING in the plan"]


LITERAL = "ssh a@b.example.com <<EOF\ndocker run -d --name app -e GREETING=hello-from-here img:1\nEOF\n"


def texts(plan: Plan) -> str:
    """All that is written of a plan."""
    tree = plan_to_tree(plan, target="ansible", deliveries=("github-actions", "gitlab-ci"))
    return "".join(file.text for file in tree.files)


@pytest.mark.parametrize("saved", [False, True])
def test_a_text_becomes_a_secret(saved: bool) -> None:
    mark = Mark(resource="container.app", field="environment.GREETING", choice=Choice.SECRET, name="HELLO")
    assert "hello-from-here" in texts(scripts(LITERAL).plan())
    plan = decided(2, text=LITERAL, marks=(mark,), saved=saved)
    assert variable(plan, "HELLO") == VariableKind.SECRET
    assert "hello-from-here" not in texts(plan)


@pytest.mark.parametrize("saved", [False, True])
def test_a_text_becomes_an_input(saved: bool) -> None:
    mark = Mark(resource="container.app", field="image", choice=Choice.INPUT, name="IMAGE")
    plan = decided(2, text=LITERAL, marks=(mark,), saved=saved)
    known = next(each for each in plan.variables if each.name == "IMAGE")
    assert (known.kind, known.value) == (VariableKind.INPUT, Value.of("img:1"))
    assert getattr(resource(plan, "container").spec, "image", None) == Value(Variable("IMAGE"))
    assert Saved(plan).plan([Decision(about=name_of(scripts(LITERAL), 2), marks=(mark,))]) == plan


@pytest.mark.parametrize(
    ("field", "choice", "name", "said"),
    [
        ("image", Choice.SECRET, "IMAGE", "a text of 5 letters can't be hidden"),
        ("colour", Choice.INPUT, "IMAGE", "container.app has no text colour"),
        ("image", Choice.INPUT, "TAG", "there is a variable TAG already"),
    ],
)
def test_a_text_that_can_not_be_marked_is_named(field: str, choice: Choice, name: str, said: str) -> None:
    text = "TAG=v1\n" + LITERAL.replace("EOF\n", "EOF\nmkdir /srv/$TAG\n", 1)
    mark = Mark(resource="container.app", field=field, choice=choice, name=name)
    assert said in stale(decided(4, text=text, marks=(mark,)))[0]


RANDOM = "ssh a@b.example.com <<EOF\nfrobctl tag Zk3v9QwL8xTn2RbY7mHs4Jd\nEOF\n"


def test_what_only_looks_like_a_secret_can_be_none() -> None:
    plan = scripts(RANDOM).plan()
    asked = [each for each in plan.questions if each.id.startswith("secret.")]
    assert [(each.choices, each.default) for each in asked] == [(("secret", "plain"), "secret")]
    assert "Zk3v9QwL8xTn2RbY7mHs4Jd" not in plan.sources[0].text
    plan = scripts(RANDOM).plan([Answer(question=asked[0].id, answer="plain")])
    assert "Zk3v9QwL8xTn2RbY7mHs4Jd" in plan.sources[0].text
    assert stale(plan) == []


EVERYTHING: list[Said] = [
    Answer(question="restart", answer="each-run"),
    Decision(about="step.a-1", choice=Choice.ACCEPT),
    Decision(about="step.b-2", choice=Choice.DROP, note="why: because"),
    Decision(about="step.c-3", place="local", rule="other", edits=edit("file./x", mode="0644", items="[a, b]")),
    Decision(about="step.d-4", marks=(Mark(resource="file./x", field="a.b", choice=Choice.INPUT, name="B"),)),
    Decision(about="variable.X", choice=Choice.SECRET),
]


def test_what_is_said_is_read_back_in_its_order() -> None:
    assert list(load(dump(EVERYTHING))) == EVERYTHING
    again = [*EVERYTHING, Decision(about="step.a-1", choice=Choice.KEEP)]
    assert load(dump(again))[-1] == again[-1]
    assert len(load(dump(again))) == len(EVERYTHING)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("step.x: maybe", 'a.yaml:1: "maybe" is no decision about step.x'),
        ("step.x: secret", '"secret" is no decision about step.x'),
        ("variable.X: keep", '"keep" is no decision about variable.X'),
        ("\nstep.x: {colour: red}", 'a.yaml:2: "colour" is nothing that can be decided'),
        ("step.x: [a]", "expected a decision"),
        ("step.x: {edit: {a: b}}", "expected under edit"),
        ("step.x: {mark: {a: {b: keep X}}}", '"keep X" is no mark of b'),
        ("step.x: {mark: {a: {b: secret}}}", '"secret" is no mark of b'),
        ("step.x: {note: [a]}", "expected texts"),
    ],
)
def test_a_bad_decision_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConverterError) as caught:
        load(text, "a.yaml")
    assert said in caught.value.message


def test_identities_survive_edits_of_other_lines() -> None:
    before, after = (
        scripts(),
        scripts("# new\n\n" + SCRIPT.replace("frobctl sync", "frobctl flush").replace("fast", "x")),
    )
    kept = Decision(about=name_of(before, 10), choice=Choice.DROP)
    plan = after.plan([kept])
    assert entry(plan, "docker").disposition == "dropped"
    assert stale(plan) == []


def test_a_decision_about_a_line_that_is_gone_is_named() -> None:
    before = scripts()
    gone = Decision(about=name_of(before, 9), choice=Choice.DROP)
    plan = scripts(SCRIPT.replace("frobctl sync", "frobctl flush")).plan([gone])
    assert stale(plan) == [f"the decision {gone.about} has no effect: the scripts have nothing of that name any more"]


def test_the_same_text_twice_is_two_steps() -> None:
    understood = scripts("ssh a@b.example.com <<EOF\nfrobctl a\nmkdir /x\nfrobctl a\nEOF\n")
    first, second = name_of(understood, 2), name_of(understood, 4)
    assert second == f"{first}.2"
    plan = understood.plan([Decision(about=second, choice=Choice.DROP)])
    assert [each.disposition for each in plan.ledger if each.text == "frobctl a"] == ["unresolved", "dropped"]


def test_the_same_text_in_two_scripts_is_told_apart_by_the_file() -> None:
    both = Scripts([("a.sh", b"frobctl x\n"), ("lib/b.sh", b"frobctl x\n")], name="shop")
    both.plan()
    assert sorted(name.partition("@")[2] for name in both.names.values()) == ["a.sh", "b.sh"]


def test_a_replayed_review_asks_nothing(tmp_path: Path) -> None:
    plan = scripts().plan()
    given = [Answer(question=each.id, answer=each.default) for each in plan.questions]
    file = tmp_path / "answers.yaml"
    file.write_text(dump(given))
    again = scripts().plan(load(file.read_text()))
    assert again.questions == ()
    assert again == scripts().plan(given)


@pytest.mark.parametrize("saved", [False, True])
def test_another_rule_for_a_line_on_a_host(saved: bool) -> None:
    text = (
        "URL=https://shop.example.com\nssh a@b.example.com <<EOF\nmkdir /srv/x\ncurl -fsS $URL/up\nmkdir /srv/y\nEOF\n"
    )
    plan = decided(4, text=text, saved=saved, rule="curl-get", choice=Choice.ACCEPT)
    assert [each.origin.rule for each in plan.resources] == ["mkdir", "curl-get", "mkdir"]
    assert resource(plan, "http_request").context.host is not None
    assert entry(plan, "curl").resources == ("http_request.GET:https://shop.example.com/up",)
    assert stale(plan) == []


def test_a_rule_that_does_not_fit_changes_nothing_in_a_saved_plan() -> None:
    text = "ssh a@b.example.com mkdir /srv/x\n"
    plan = decided(1, text=text, saved=True, rule="curl-get")
    assert [each.kind for each in plan.resources] == ["directory"]
    assert "curl-get does not fit deploy.sh:1" in stale(plan)[0]


def test_lines_that_share_a_resource_are_not_read_anew_in_a_saved_plan() -> None:
    plan = decided(8, saved=True, rule="chown")
    assert "comes from deploy.sh:7, deploy.sh:8 together" in stale(plan)[0]
    assert resource(plan, "directory").spec == resource(scripts().plan(), "directory").spec

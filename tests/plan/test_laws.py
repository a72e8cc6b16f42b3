"""The laws that hold for every plan: nothing lost, nothing reordered, nothing said twice, the same end state."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model.resource import Spec
from converter.model.trace import Guard, Host, PathTest, RunsOn
from converter.plan.document import dump, load
from converter.plan.order import contradictions
from plan.making import Script, host, spec, v
from plan.simulation import run_plan, run_script

DIRECTORIES = ("/srv/a", "/srv/a/b", "/srv/c")
FILES = ("/etc/f", "/srv/a/g", "/srv/h")
USERS = ("web", "db")
UNITS = ("app", "proxy")


@dataclass
class Line:
    spec: Spec
    tests: tuple[tuple[str, bool], ...] = ()
    same_test: bool = False


def one_of(kind: str, **choices: tuple[object, ...]) -> st.SearchStrategy[Spec]:
    fields = {name: st.sampled_from(values) for name, values in choices.items()}
    return st.fixed_dictionaries(fields).map(lambda given: spec(kind, **given))


SPECS = st.one_of(
    one_of("directory", path=DIRECTORIES, mode=(None, "750"), owner=(None, None, "web")),
    one_of("file_attributes", path=(*DIRECTORIES, *FILES), owner=USERS),
    one_of("file_attributes", path=(*DIRECTORIES, *FILES), mode=("600", "755")),
    one_of("file", path=FILES, content=("1\n", "2\n")),
    one_of("touched_file", path=FILES),
    one_of("absent", path=(*DIRECTORIES, *FILES)),
    one_of("user", name=USERS),
    one_of("service", name=UNITS, state=("started", "stopped", "restarted", "restarted"), enabled=(None, None, True)),
    one_of("service", name=UNITS, enabled=(True, False)),
    st.sampled_from(("frob", "grob")).map(lambda text: spec("command", argv=(text,), source=text)),
)
TESTS = st.lists(st.tuples(st.sampled_from((*DIRECTORIES, *FILES)), st.booleans()), max_size=2).map(tuple)
LINES = st.lists(st.builds(Line, SPECS, st.one_of(st.just(()), TESTS), st.booleans()), min_size=1, max_size=14)


def script_of(lines: list[Line]) -> Script:
    script = Script()
    guard: Guard = ()
    for number, line in enumerate(lines):
        if not line.same_test:
            tests = [
                script.test(PathTest(path=v(path), state="exists"), negated=negated) for path, negated in line.tests
            ]
            guard = tuple(tests)
        script.step(f"line {number}", line.spec, guard=() if _attributes(line.spec) else guard)
    return script


def _attributes(found: Spec) -> bool:
    """Owner and mode under a condition on the path are set on what was there before too, which is told as a change."""
    return any(getattr(found, name, None) is not None for name in ("owner", "mode"))


@given(LINES)
@settings(max_examples=400)
def test_the_plan_ends_where_the_script_ends(lines: list[Line]) -> None:
    script = script_of(lines)
    wanted = run_script(script.steps, [line.spec for line in lines])
    if wanted.failed:
        return
    made = script.plan()
    found, _ = run_plan(made)
    assert found.failed == []
    assert found.paths == wanted.paths
    assert found.users == wanted.users
    assert found.seen == wanted.seen
    assert found.services == wanted.services


@given(LINES)
@settings(max_examples=200)
def test_no_step_is_lost_and_no_command_counted_twice(lines: list[Line]) -> None:
    script = script_of(lines)
    made = script.plan()
    assert len(made.ledger) == len(script.commands)
    assert [entry.span for entry in made.ledger] == [command.span for command in script.commands]
    assert all(entry.reason for entry in made.ledger)
    known = {resource.address for resource in made.resources}
    assert len(known) == len(made.resources)
    assert all(set(entry.resources) <= known for entry in made.ledger)
    done = {step for resource in made.resources for step in resource.steps}
    assert done == {step.id for step in script.steps}


@given(LINES)
@settings(max_examples=200)
def test_edges_agree_with_the_script_and_plans_with_their_files(lines: list[Line]) -> None:
    made = script_of(lines).plan()
    assert contradictions(made) == ()
    assert load(dump(made)) == made
    assert dump(script_of(lines).plan()) == dump(made)


HOSTS = st.sampled_from((None, host("web1", "root"), host("web2", "root"), host("web1", "deploy")))


@given(st.lists(st.tuples(SPECS, HOSTS, st.booleans()), min_size=1, max_size=12), st.sampled_from(tuple(RunsOn)))
@settings(max_examples=200)
def test_every_host_gets_its_own_steps(lines: list[tuple[Spec, Host | None, bool]], runs_on: RunsOn) -> None:
    script = Script(runs_on=runs_on)
    for number, (found, at, tolerated) in enumerate(lines):
        script.step(f"line {number}", found, at=at, tolerated=tolerated)
    made = script.plan()
    assert contradictions(made) == ()
    groups = {group.name: group for group in made.environments[0].groups}
    place = {step: resource for resource in made.resources for step in resource.steps}
    for step in script.steps:
        resource = place[step.id]
        if step.context.host is not None:
            assert step.context.host in groups[resource.on].hosts
        elif runs_on == RunsOn.WORKSTATION:
            assert resource.on == "local"
    assert load(dump(made)) == made

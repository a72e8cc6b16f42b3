"""The laws that hold for every plan: nothing lost, nothing reordered, nothing said twice, the same end state."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from converter.model.resource import Phase, Resource, Spec
from converter.model.trace import Guard, Host, NotEmpty, ParameterKind, PathTest, RunsOn, ScriptInput
from converter.model.value import Value, Variable
from converter.plan.document import dump, load
from converter.plan.order import contradictions
from converter.plan.rewrite import values
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


LOGINS = [("web1", "root"), ("web2", "root"), ("web1", "deploy"), ("db1", "root"), ("db2", "root")]
HOSTS = st.sampled_from((None, *(host(*login) for login in LOGINS)))


@given(st.lists(st.tuples(SPECS, HOSTS, st.booleans()), min_size=1, max_size=12), st.sampled_from(tuple(RunsOn)))
@settings(max_examples=200)
def test_every_host_gets_its_own_steps(lines: list[tuple[Spec, Host | None, bool]], runs_on: RunsOn) -> None:
    script = Script(runs_on=runs_on)
    for number, (found, at, tolerated) in enumerate(lines):
        script.step(f"line {number}", found, at=at, tolerated=tolerated)
    made = script.plan()
    assert contradictions(made) == ()
    groups = {group.name: group for group in made.environments[0].groups}
    assert {found.on for found in made.resources} <= {*groups, "local"}
    place = {step: resource for resource in made.resources for step in resource.steps}
    for step in script.steps:
        resource = place[step.id]
        if step.context.host is not None:
            assert step.context.host in groups[resource.on].hosts
        elif runs_on == RunsOn.WORKSTATION:
            assert resource.on == "local"
    assert load(dump(made)) == made


HELD = st.sampled_from(("1", "${a}/x", "${b}${c}", "$(date)", "$(hostname)-${d}", "$(cat ${e})", "${?it is hidden|x}"))
NAMED = "abcdefgh"


@dataclass
class Use:
    name: str
    held: str
    way: str
    phase: str
    output: bool


USES = st.lists(
    st.builds(
        Use,
        st.sampled_from(NAMED),
        HELD,
        st.sampled_from(("let", "argv", "source", "path", "guard", "environment", "default")),
        st.sampled_from(("", "build", "publish")),
        st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


@given(USES, st.sampled_from(tuple(RunsOn)), st.booleans())
@example(
    [
        Use("a", "$(hostname)-${d}", "let", "", False),
        Use("b", "1", "argv", "", False),
        Use("d", "$(cat ${e})", "let", "", False),
        Use("e", "${a}/x", "let", "", False),
        Use("d", "1", "argv", "", False),
    ],
    RunsOn.SERVER,
    False,
)
@settings(max_examples=300)
def test_every_variable_that_is_named_is_declared(uses: list[Use], runs_on: RunsOn, remote: bool) -> None:
    script = Script(runs_on=runs_on)
    known: dict[str, Value] = {}
    for use in uses:
        _used(script, use, known, host("web1", "root") if remote and not use.phase else None)
    made = script.plan()
    declared = {variable.name for variable in made.variables}
    set_there = {str(getattr(found.spec, field, "")) for found in made.resources for field in ("variable", "output")}
    named = {
        variable.name
        for found in made.resources
        for value in values((found.spec, found.guard, found.context))
        for variable in value.variables
        if found.kind != "unresolved" or variable.name not in _only_told(found)
    }
    named |= {part.name for variable in made.variables for part in (variable.value or Value()).variables}
    assert named <= declared | set_there
    for found in made.resources:
        given = str(getattr(found.spec, "variable", "") or getattr(found.spec, "output", ""))
        late = [user for user in made.resources if user.phase == Phase.DEPLOY and _names(user, given)]
        if given and found.phase != Phase.DEPLOY and late:
            assert given in declared


def _names(found: Resource, name: str) -> bool:
    return any(part.name == name for value in values((found.spec, found.guard)) for part in value.variables)


def _only_told(found: Resource) -> set[str]:
    """The names in the text of a question to a person."""
    inner = {part.name for value in values((found.guard, found.context)) for part in value.variables}
    return {part.name for value in values(found.spec) for part in value.variables} - inner


def _used(script: Script, use: Use, known: dict[str, Value], at: Host | None) -> None:
    value = known.get(use.name, Value(Variable(use.name)))
    held = v(use.held).map(lambda part: known.get(getattr(part, "name", ""), Value(part)))
    match use.way:
        case "let":
            known[use.name] = script.let(use.name, held)
        case "default":
            script.inputs.append(ScriptInput(name=use.name, kind=ParameterKind.ENVIRONMENT, default=held))
        case "argv":
            output = use.name if use.output else ""
            script.step("frob", argv=(v("frob"), value, held), at=at, phase=use.phase, output=output)
        case "source":
            script.step("loop", argv=(), source=Value.of(f'frob "${use.name}"'), at=at, phase=use.phase)
        case "path":
            script.step("touch", spec("touched_file", path="/").__class__(path=v("/srv/") + value + held), at=at)
        case "guard":
            test = script.test(NotEmpty(value=value + held), at=at)
            script.step("frob", argv=(v("frob"), v("now")), guard=(test,), at=at, phase=use.phase)
        case "environment":
            script.step("frob", environment=((use.name, held),), at=at, phase=use.phase)

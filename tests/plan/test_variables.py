"""Variables: which stay, what they are, and what is computed where."""

from __future__ import annotations

import pytest

from converter.model.plan import Plan
from converter.model.trace import NotEmpty, ParameterKind, RunsOn, ScriptInput, Succeeds
from converter.model.value import CommandOutput, Value, Variable
from converter.pipeline import scripts_to_plan
from converter.plan.rewrite import values
from converter.resources.command import Command
from plan.making import Script, addresses, host, resource, spec, v


def variables(made: Plan) -> dict[str, tuple[str, str | None]]:
    skip = ("deploy_host", "project_dir")
    return {
        found.name: (found.kind.value, found.value.stored() if found.value is not None else None)
        for found in made.variables
        if found.name not in skip
    }


def test_a_constant_keeps_its_name() -> None:
    script = Script()
    base = script.let("BASE", v("/srv"))
    app = script.let("APP_DIR", base + v("/app"))
    script.let("UNUSED", v("x"))
    script.step("mkdir $APP_DIR", spec("directory", path="/").__class__(path=app))
    made = script.plan()
    assert variables(made) == {"BASE": ("fixed", "/srv"), "APP_DIR": ("fixed", "${BASE}/app")}
    assert made.resources[0].spec.identity() == "path:/srv/app"
    assert addresses(made) == ["directory./srv/app"]


def test_a_variable_with_two_values_is_written_out() -> None:
    script = Script()
    for path in ("/a", "/b"):
        dir_ = script.let("DIR", v(path))
        script.step("mkdir $DIR", spec("directory", path="/").__class__(path=dir_))
    made = script.plan()
    assert variables(made) == {}
    assert [found.spec for found in made.resources] == [spec("directory", path="/a"), spec("directory", path="/b")]


def test_inputs_have_their_defaults_and_help() -> None:
    script = Script()
    script.inputs.append(
        ScriptInput(name="ENV", kind=ParameterKind.POSITIONAL, position=1, required=True, help="where")
    )
    script.inputs.append(ScriptInput(name="PORT", kind=ParameterKind.ENVIRONMENT, default=v("3000")))
    script.step("frob $ENV $PORT", argv=(v("frob"), v("${ENV}"), v("${PORT}")))
    made = script.plan()
    assert variables(made) == {"ENV": ("input", None), "PORT": ("input", "3000")}
    assert next(found for found in made.variables if found.name == "ENV").help == "where"


def test_an_input_that_may_be_missing_is_empty() -> None:
    script = Script()
    script.inputs.append(ScriptInput(name="arg2", kind=ParameterKind.POSITIONAL, position=2))
    given = script.test(NotEmpty(value=v("${arg2}")))
    script.step("frob $2", argv=(v("frob"), v("${arg2}")), guard=(given,))
    assert variables(script.plan()) == {"arg2": ("input", "")}


def test_a_default_of_itself_is_one_variable() -> None:
    script = Script()
    script.inputs.append(ScriptInput(name="PORT", kind=ParameterKind.ENVIRONMENT, default=v("3000")))
    again = Value(Variable("PORT", v("${PORT}")))
    script.step("frob $PORT", argv=(v("frob"), again))
    made = script.plan()
    assert variables(made) == {"PORT": ("input", "3000")}


def test_a_date_is_computed_at_the_start() -> None:
    script = Script()
    tag = script.let("TAG", v("v-$(date +%F)"))
    script.step("frob one")
    script.step("frob $TAG", argv=(v("frob"), tag))
    made = script.plan()
    assert variables(made) == {"TAG": ("computed", "v-$(date +%F)")}
    assert next(found.on for found in made.variables if found.name == "TAG") == "app"


def test_what_depends_on_the_place_is_captured_there() -> None:
    script = Script()
    old = script.let("OLD", v("$(git rev-parse HEAD)"))
    script.step("frob pull")
    new = script.let("NEW", v("$(git rev-parse HEAD)"))
    script.step("frob $OLD $NEW", argv=(v("frob"), old, new))
    made = script.plan()
    assert variables(made) == {"OLD": ("computed", "$(git rev-parse HEAD)")}
    assert addresses(made) == ["command.frob pull", "capture.NEW", 'command.frob "${OLD}" "${NEW}"']


def test_a_capture_stands_before_the_test_that_asks_for_it() -> None:
    script = Script()
    script.step("frob pull")
    script.let("NEW", v("$(git rev-parse HEAD)"))
    test = script.test(Succeeds(text=Value.of('[ "$NEW" != "" ]')))
    script.step("frob build", guard=(test,))
    made = script.plan()
    assert addresses(made) == ["command.frob pull", "capture.NEW", "command.frob build"]
    assert resource(made, "capture.NEW").guard == ()
    subject = made.resources[-1].guard[0].subject
    assert isinstance(subject, Succeeds)
    assert subject.text == v('[ "${NEW}" != "" ]')


def test_a_capture_waits_for_no_answer_about_itself() -> None:
    asked = 'export ID=$(aws ec2 describe-instances | tr -d x)\nif [ ! "$ID" ]; then exit 0; fi\n'
    text = f'mkdir -p /srv/x\n{asked}frob take "$ID"\n'
    made = scripts_to_plan([("deploy.sh", text.encode())], name="app")
    assert addresses(made)[1] == "capture.ID"
    assert resource(made, "capture.ID").guard == ()


def test_what_each_host_of_a_loop_computes_comes_before_its_use() -> None:
    far = 'cd /srv/t\ngit pull\nold=$(cat RELEASE)\nif [ "$old" != x ]; then frob migrate; fi\n'
    text = f"for host in a.test b.test; do\nssh root@$host bash -se <<'END'\n{far}END\ndone\n"
    made = scripts_to_plan([("deploy.sh", text.encode())], name="app")
    assert [found.kind for found in made.resources] == ["git_checkout", "capture", "command"]


def test_what_only_one_branch_computes_is_computed_there() -> None:
    text = 'back() { cd /srv/r && ln -sfn "$(ls -1t | tail -1)" now; }\nif [ "$1" = back ]; then back; exit 0; fi\n'
    made = scripts_to_plan([("deploy.sh", f"{text}mkdir -p /srv/r\n".encode())], name="app")
    assert [found.kind for found in made.resources] == ["capture", "link", "directory"]
    assert made.resources[0].guard == made.resources[1].guard != ()


def test_an_output_in_a_value_gets_a_name() -> None:
    script = Script()
    script.step("tar", spec("directory", path="/backup/$(date +%F)"))
    made = script.plan()
    assert variables(made) == {"date": ("computed", "$(date +%F)")}
    assert made.resources[0].spec.label() == "/backup/${date}"


def test_outputs_in_a_kept_command_stay_in_its_text() -> None:
    script = Script()
    script.step("kill $(cat pid)", argv=(v("kill"), v("$(cat pid)")))
    made = script.plan()
    stages = ((v("kill"), v("$(cat pid)")),)
    assert made.resources[0].spec == spec("command", source='kill "$(cat pid)"', stages=stages)
    assert not variables(made)


def test_names_in_single_quotes_are_not_the_script_s() -> None:
    script = Script()
    script.let("X", v("1"))
    script.step("loop", argv=(), source=Value.of("awk '{ print $X }' \"$X\" ${X} \\$X"))
    made = script.plan()
    source = values(made.resources[0].spec)
    assert [found.stored() for found in source] == ["awk '{ print $$X }' \"${X}\" ${X} \\$$X"]


def test_a_secret_name_without_a_value_is_a_secret() -> None:
    script = Script()
    script.inputs.append(ScriptInput(name="API_TOKEN", kind=ParameterKind.ENVIRONMENT))
    script.step("frob $API_TOKEN", argv=(v("frob"), v("${API_TOKEN}")))
    assert variables(script.plan()) == {"API_TOKEN": ("secret", None)}


def test_variables_of_every_login_are_asked_of_the_machine() -> None:
    script = Script()
    script.step("chown $USER /x", spec("file_attributes", path="/x", owner="${USER}"))
    assert variables(script.plan()) == {"USER": ("computed", "$(id -un)")}


def test_what_only_the_text_of_a_command_names_is_declared_and_handed_over() -> None:
    script = Script()
    script.inputs.append(ScriptInput(name="LINES", kind=ParameterKind.ENVIRONMENT, default=v("3")))
    script.let("JAR", Value(CommandOutput("ls /srv/*.jar | tail -1")))
    script.let("NAME", Value(CommandOutput("basename $JAR")))
    script.step("frob one")
    pid = script.let("PID", Value(CommandOutput('pgrep -f "$NAME"')))
    script.step("frob", argv=(v("frob"), pid, Value(CommandOutput("head -$LINES /etc/passwd"))))
    made = script.plan()
    assert list(variables(made)) == ["LINES", "JAR", "NAME"]
    capture, command = made.resources[1:]
    assert v('pgrep -f "${NAME}"').stored() in [found.stored() for found in values(capture.spec)]
    assert {part.name for found in values(command.spec) for part in found.variables} == {"PID", "LINES"}


def test_what_the_build_prints_for_the_hosts_is_handed_on() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step("frob url", output="URL", phase="publish")
    script.step("frob", argv=(v("frob"), v("${URL}")), at=host("web1"))
    made = script.plan()
    assert ("URL", "build") in [(found.name, found.on) for found in made.variables]


def test_a_check_of_a_captured_output_looks_at_it() -> None:
    text = '#!/bin/bash\nfrobctl up\nSTATUS=$(curl -s -o /dev/null -w "%{http_code}" http://localhost/)\n'
    made = scripts_to_plan([("deploy.sh", f'{text}[ "$STATUS" -ne 200 ] && exit 1\n'.encode())], name="app")
    (assertion,) = [found.spec for found in made.resources if found.kind == "assertion"]
    texts = [value.shell() for value in values(assertion) if "-ne" in value.shell()]
    assert texts == ['[ "${STATUS}" -ne 200 ]']
    assert "STATUS" in variables(made) or any(found.kind == "capture" for found in made.resources)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("kill $(lsof -t -i:3000)", "kill $(lsof -t -i:3000)"),
        ('kill "$(lsof -t -i:3000)"', 'kill "$(lsof -t -i:3000)"'),
        ("docker stop $(docker ps -q)", "docker stop $(docker ps -q)"),
        ("frobctl x$(cat v)y 'a b'", "frobctl x$(cat v)y 'a b'"),
        ("PIDS=$(lsof -t -i:80)\nkill $PIDS", "kill ${PIDS}"),
        ('frobctl\nDIR=$(cat dir)\nfrobctl "$DIR"', 'frobctl "${DIR}"'),
    ],
)
def test_what_nothing_quotes_is_split_by_the_shell(text: str, source: str) -> None:
    made = scripts_to_plan([("deploy.sh", f"#!/bin/bash\n{text}\n".encode())], name="app")
    last = [found.spec for found in made.resources if isinstance(found.spec, Command)][-1]
    assert last.source.shell() == source
    assert not last.argv or '"' in source


def test_each_call_of_a_function_is_asked_with_its_own_argument() -> None:
    text = 'f() { local n; n=$(head -1 /etc/v-$1); if grep -q "$n" x; then mkdir -p "/srv/$1"; fi; }\nf web\nf api\n'
    made = scripts_to_plan([("deploy.sh", text.encode())], name="shop")
    subjects = [found.guard[0].subject for found in made.resources if found.kind == "directory"]
    asked = [subject.text.shell() for subject in subjects if isinstance(subject, Succeeds) and subject.text is not None]
    assert asked == ['grep -q "$(head -1 /etc/v-web)" x', 'grep -q "$(head -1 /etc/v-api)" x']


def test_a_captured_variable_is_not_handed_to_its_own_capture() -> None:
    text = "kids() { for k in $(pgrep -P $1); do kill $k; done; }\nfrobctl\nPID=$(cat pid)\nkids $PID\n"
    made = scripts_to_plan([("deploy.sh", text.encode())], name="shop", runs_on=RunsOn.SERVER)
    captured, kept = made.resources[-2:]
    assert (captured.kind, kept.kind) == ("capture", "command")
    assert captured.context.environment == ()
    assert dict(kept.context.environment)["argument_1"].variables == (Variable("PID"),)

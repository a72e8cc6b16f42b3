"""The plan on disk: read back to the same plan, edited by people, checked with line and field."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.trace import AnyOf, RunsOn
from converter.model.value import CommandOutput, Glob, Literal, Unknown, Value, Variable
from converter.plan.document import dump, load, schema
from plan.making import Script, host, spec, v


def sample() -> Plan:
    script = Script(runs_on=RunsOn.WORKSTATION)
    app = script.let("APP_DIR", v("/srv/app"))
    at = msgspec.structs.replace(host("web1", "deploy"), port=v("2222"))
    missing = script.missing("/srv/app/.env", "file")
    either = script.test(AnyOf(alternatives=((missing,), (script.missing("/other"),))))
    script.step("npm ci", environment=(("NODE_ENV", v("production")), ("A", app)))
    script.step("mkdir", spec("directory", path="/").__class__(path=app), at=at)
    script.step("cat > x", spec("file", path="/srv/x", content="a\n  b: $$1 {{ x }}\n\ttab \n"), at=at, guard=(either,))
    script.step("systemctl restart app", spec("service", name="app", state="restarted"), at=at, user="root")
    script.step("frob '!tag' # not", at=at, guard=(missing,), tolerated=True)
    return script.plan()


def test_a_saved_plan_is_the_plan() -> None:
    made = sample()
    text = dump(made)
    assert load(text) == made
    assert dump(load(text)) == text


def test_ordinary_yaml_tools_read_it() -> None:
    made = sample()
    data = yaml.safe_load(dump(made))
    assert data["name"] == "shop"
    jsonschema.validate(json.loads(json.dumps(data)), schema())


def test_it_is_readable() -> None:
    text = dump(sample())
    assert "- {kind: requires, first: directory./srv/app, second: file./srv/x}" in text
    assert "path: ${APP_DIR}" in text
    assert "guard: [t1]" in text or "guard: [not t1]" in text


def test_people_may_write_numbers_and_leave_out_quotes() -> None:
    text = dump(sample()).replace("path: ${APP_DIR}", "path: ${APP_DIR}\n    mode: 0755", 1)
    found = next(resource for resource in load(text).resources if resource.kind == "directory")
    assert found.spec == msgspec.structs.replace(found.spec, mode=v("0755"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: shop", "name: [shop]", "plan.yaml:4: name: expected text"),
        ("runs_on: workstation", "runs_on: moon", "plan.yaml:5: runs_on: expected one of server, workstation"),
        ("version: 1", "version: 9", "plan.yaml:3: version: expected 1"),
        ("kind: directory", "kind: directori", 'no kind is called "directori"'),
        ("path: ${APP_DIR}", "pth: ${APP_DIR}", "resources[1].spec.pth: not a field here"),
        ("path: ${APP_DIR}", "path: !!python/object:os.system x", "tags such as"),
        ("path: ${APP_DIR}", "path: !x y", "tags such as !x are not used"),
        ("guard: [not t1]", "guard: [t99]", 'no test is called "t99"'),
        ("version: 1", "version: 1\nversion: 1", "version: is given twice"),
        ("handler: true", "handler: maybe", "handler: expected true or false"),
        ("steps: [0]", "steps: [x]", "steps[0]: expected a whole number"),
        ("version: 1", "version: 1\n  x: [", "not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, message: str) -> None:
    text = dump(sample())
    assert old in text
    with pytest.raises(ConverterError) as caught:
        load(text.replace(old, new, 1))
    assert message in caught.value.message


@pytest.mark.parametrize(
    "text", ["", "# only this", "[]", "text", "version: 1", "a: &a [*a]", "\x00", "version: 1\nname: &x [*x]"]
)
def test_other_files_are_no_plans(text: str) -> None:
    with pytest.raises(ConverterError):
        load(text)


PARTS = st.one_of(
    st.text(max_size=12).map(Literal),
    st.text("*?[a-z]|}%", min_size=1, max_size=6).map(Glob),
    st.from_regex(r"[A-Za-z_]\w{0,8}|[@*#?]", fullmatch=True).map(Variable),
    st.text(max_size=12).map(CommandOutput),
    st.tuples(st.text(max_size=8), st.text(max_size=8)).map(lambda pair: Unknown(*pair)),
)


@given(st.lists(PARTS, max_size=6).map(lambda parts: Value(*parts)))
def test_a_stored_value_is_the_value(value: Value) -> None:
    assert Value.parsed(value.stored()) == value


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_survives(text: str) -> None:
    script = Script()
    written = spec("file", path="/x", content="").__class__(path=v("/x"), content=Value.of(text))
    script.step("cat > x", written, comment=text)
    made = script.plan()
    assert load(dump(made)) == made


def test_the_schema_knows_every_kind() -> None:
    from converter.resources import KINDS

    found = schema()
    assert found["$defs"]["Resource"]["properties"]["kind"]["enum"] == list(KINDS)
    jsonschema.Draft202012Validator.check_schema(found)


def test_errors_name_the_file() -> None:
    with pytest.raises(ConverterError, match=r"other\.yaml:1"):
        load("[]", "other.yaml")

"""Text of the script stays text: in templates, in conditions, in YAML, in comments."""

from __future__ import annotations

from typing import Any

import jinja2
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from converter.model.value import Literal, Part, Value, Variable
from converter.render.ansible.titles import title
from converter.render.ansible.value import expression, inert, quoted, shell, template
from converter.render.yaml import Item, document, listing, mapping
from converter.resources import KINDS
from render import samples
from render.playbooks import rendered, tasks

NAMES = {"APP_DIR": "app_dir", "X": "x"}
GIVEN = {"app_dir": "/srv/{{ x }}", "x": "a b"}
PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "%", "#", "'", '"', "\\", "\n", "\r\n", " ", "x", "$X", "!tag", "- "]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join)
PARTS: st.SearchStrategy[Part] = TEXTS.map(Literal) | st.sampled_from([Variable("APP_DIR"), Variable("X")])
VALUES = st.lists(PARTS, max_size=6).map(lambda parts: Value(*parts))
JINJA = jinja2.Environment(keep_trailing_newline=True, undefined=jinja2.StrictUndefined, autoescape=False)


def meant(value: Value) -> str:
    """What the value is where the variables hold what is given."""
    return "".join(GIVEN[NAMES[part.name]] if isinstance(part, Variable) else part.text for part in value.parts)


def evaluated(text: str) -> str:
    """What Ansible makes of a string: it is only a template if there are braces in it."""
    return JINJA.from_string(text).render(GIVEN) if any(mark in text for mark in ("{{", "{%", "{#")) else text


@settings(deadline=None)
@given(VALUES)
@example(Value(Literal("{"), Variable("X"), Literal("}")))
@example(Value(Literal("{{{"), Variable("X")))
@example(Value(Literal("{%{%")))
def test_a_template_is_what_the_script_says(value: Value) -> None:
    assert evaluated(template(value, NAMES)) == meant(value)


@settings(deadline=None)
@given(VALUES)
def test_an_expression_is_what_the_script_says(value: Value) -> None:
    text = expression(value, NAMES)
    assert "{{" not in text
    assert JINJA.compile_expression(text)(GIVEN) == meant(value)


@settings(deadline=None)
@given(TEXTS)
def test_a_quoted_text_is_itself(text: str) -> None:
    assert JINJA.compile_expression(quoted(text))() == text
    assert evaluated(inert(text)) == text


@settings(deadline=None)
@given(st.lists(PARTS, max_size=4).map(lambda parts: Value(*parts)))
def test_shell_text_takes_no_value_for_code(value: Value) -> None:
    text, environment = shell(value, NAMES)
    said = "".join(f"${{{part.name}}}" if isinstance(part, Variable) else part.text for part in value.parts)
    assert evaluated(text) == said
    assert environment == {part.name: f"{{{{ {NAMES[part.name]} }}}}" for part in value.variables}


DATA = st.recursive(
    TEXTS
    | st.booleans()
    | st.integers()
    | st.sampled_from(["yes", "1e3", "0755", "!tag", "- x", "null", "~", "a: b", "&a", "0o7"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=12,
)
COMMENTS = st.lists(st.text(max_size=40) | TEXTS, max_size=3)


@settings(deadline=None)
@given(DATA, COMMENTS)
def test_yaml_is_read_back(data: Any, comments: list[str]) -> None:
    assert yaml.safe_load(document(data, comments)) == data
    assert yaml.safe_load(listing([Item(data, comments), Item({"a": data})], comments)) == [data, {"a": data}]
    assert yaml.safe_load(mapping([("a", data, comments), ("b", ..., comments)], comments)) == {"a": data}
    assert document(data, comments).startswith("---\n")


def test_numbers_and_words_keep_their_quotes() -> None:
    for text in ("yes", "1e3", "0755", "no", "0o17", "1_000", "12:30:45", "null", "~", "1.5", "", "="):
        assert yaml.safe_load(document({"a": text})) == {"a": text}
        assert document({"a": text}) in (f"---\na: '{text}'\n", f'---\na: "{text}"\n')


def test_comments_are_one_line_each() -> None:
    text = listing([Item({"a": 1}, ["one\ntwo: {x}\r\n- three", "noqa and yamllint disable", "\u2028x\x07"])])
    assert yaml.safe_load(text) == [{"a": 1}]
    assert all(line.startswith(("#", "-")) for line in text.splitlines())
    assert "noqa" not in text


@settings(deadline=None)
@given(TEXTS | st.text(max_size=30))
def test_a_title_is_one_line_without_templates(text: str) -> None:
    found = title(text)
    assert found
    assert "{" not in found
    assert "\n" not in found
    assert not found[0].islower()


@settings(deadline=None)
@given(TEXTS.filter(lambda text: "\0" not in text))
def test_a_file_is_what_the_script_writes(text: str) -> None:
    spec = KINDS["file"](path=Value.of("/etc/x"), content=Value(Literal(text), Variable("APP_DIR"), Literal(text)))
    tree = rendered(samples.plan_of((samples.resource(spec),)))
    (task,) = tasks(tree)
    if "ansible.builtin.copy" in task:
        found = task["ansible.builtin.copy"]["content"]
    else:
        source = task["ansible.builtin.template"]["src"]
        found = next(file.text for file in tree.files if file.path.endswith(f"/templates/{source}"))
        assert not found.startswith("#jinja2:")
    assert JINJA.from_string(found).render(app_dir="<dir>") == f"{text}<dir>{text}"

"""What authors of rules are told: broken packs, the schema, and the skeleton of a new rule."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from converter.match import RuleBook, load_rules
from converter.match.check import check
from converter.match.expressions import SURROUNDING, surroundings
from converter.match.rule import FIELDS
from converter.match.schema import rule_schema
from converter.match.skeleton import skeleton
from converter.model.diagnostic import ConverterError
from match.writing import book, follow, matched, step

VALIDATOR = Draft202012Validator(rule_schema())
EXAMPLES = [
    {"run": "mkdir /x", "gives": [{"directory": {"path": "/x"}}]},
    {"run": "mkdir --odd /x", "gives": []},
]
GOOD: Mapping[str, object] = {
    "id": "mkdir",
    "description": "A directory is kept there.",
    "synopsis": "mkdir [-p] DIR",
    "becomes": {"directory": {"path": "{{ path(DIR) }}"}},
    "examples": EXAMPLES,
}


def problems(rules: RuleBook) -> list[str]:
    """The findings, without the place."""
    return [found.problem for found in check(rules, follow)]


def test_a_rule_as_it_should_be(tmp_path: Path) -> None:
    assert problems(book(tmp_path, "mkdir", GOOD)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": "Make_Dir"}, "id: a name in kebab-case is expected"),
        ({"description": ""}, "description: one sentence is expected"),
        ({"synopsis": []}, "synopsis: a synopsis or a pipeline is expected"),
        ({"anything": True}, "anything: what becomes of a command depends on its words"),
        ({"when": "MODE"}, "when: MODE is not a name of the synopsis, and not a function"),
        ({"when": "P and"}, "when: 'P and' is not an expression"),
        ({"each": "ITEM in split(DIRS, ',')"}, "each: DIRS is not a name of the synopsis"),
        ({"globs": ["DIRS"]}, "globs: DIRS is not a name of the synopsis"),
        ({"becomes": {"directory": {"path": "{{ DIRS }}"}}}, "becomes: DIRS is not a name of the synopsis"),
        ({"becomes": {"folder": {}}}, "becomes: folder is not a kind of resource"),
        ({"becomes": {"directory": {}}}, "becomes.directory: path is missing"),
        ({"becomes": {"directory": {"path": "/x", "colour": "red"}}}, "becomes.directory.colour: directory has path"),
        ({"becomes": ["directory"]}, "becomes: a mapping from a kind to its fields is expected"),
        ({"examples": []}, "examples: one that matches is expected"),
        ({"examples": "mkdir /x"}, "rule-1"),
        ({"examples": EXAMPLES[:1]}, "examples: one that must not match is expected (gives: [])"),
        ({"examples": EXAMPLES[1:]}, "examples: one that matches is expected"),
    ],
)
def test_what_is_written_badly(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    found = problems(book(tmp_path, "mkdir", {**GOOD, **change}))
    wanted = "a list of mappings" if problem == "rule-1" else problem
    assert any(wanted in text for text in found), found


def example(run: str, gives: object) -> dict[str, object]:
    """One example of a rule."""
    return {"run": run, "gives": gives}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (example("mkdir /y", []), "mkdir /y: the rule must not match, and does"),
        (example("mkdir -z /y", "keep"), "the rule does not match: mkdir -z /y: the rule mkdir does not understand -z"),
        (example("mkdir /y", "keep"), "mkdir /y: it gives becomes, not keep"),
        (example("mkdir /y", [{"directory": {"path": "/z"}}]), "directory.path is '/y', not '/z'"),
        (example("mkdir /y", [{"directory": {}}]), "directory.path is '/y', and the example does not say so"),
        (example("mkdir /y", [{"directory": {"colour": 1}}]), "directory has no colour"),
        (example("mkdir /y", [{"file": {"path": "/y"}}]), "it gives directory"),
        (example("mkdir /y", 3), "gives is keep, absorb, [] or a list of resources"),
        (example("# nothing", "keep"), "no command is left of it"),
        ({"run": "mkdir /y"}, "example 3 needs run and gives, and nothing else"),
    ],
)
def test_examples_that_do_not_hold(tmp_path: Path, wrong: dict[str, object], problem: str) -> None:
    found = problems(book(tmp_path, "mkdir", {**GOOD, "examples": [*EXAMPLES, wrong]}))
    assert len(found) == 1
    assert problem in found[0]


def test_an_example_may_name_variables_or_their_values(tmp_path: Path) -> None:
    for path in ("${APP}/x", "/srv/x"):
        shown = example("APP=/srv; mkdir $APP/x", [{"directory": {"path": path}}])
        assert problems(book(tmp_path, "mkdir", {**GOOD, "examples": [*EXAMPLES, shown]})) == []


def test_a_rule_behind_another_one(tmp_path: Path) -> None:
    shadowed = {**GOOD, "id": "mkdir-again"}
    found = problems(book(tmp_path, "mkdir", GOOD, shadowed))
    assert found == ["mkdir /x: the rule does not match: mkdir"]


def test_rules_between_which_only_the_names_of_files_decide(tmp_path: Path) -> None:
    book(tmp_path, "mkdir", GOOD, name="a.yaml")
    book(tmp_path, "mkdir", {**GOOD, "id": "other"}, name="b.yaml")
    found = problems(RuleBook([tmp_path]))
    assert "other in b.yaml fits 'mkdir /x' as well" in found


def test_one_id_twice(tmp_path: Path) -> None:
    elsewhere = {**GOOD, "synopsis": "rmdir [-p] DIR", "examples": [example("rmdir /x", []), EXAMPLES[0]]}
    book(tmp_path, "mkdir", GOOD, name="a.yaml")
    book(tmp_path, "rmdir", elsewhere, name="b.yaml")
    assert problems(RuleBook([tmp_path])).count("another rule has the same id") == 2


def test_the_same_id_in_a_pack_of_the_user_is_none(tmp_path: Path) -> None:
    book(tmp_path / "own", "mkdir", GOOD)
    book(tmp_path / "built-in", "mkdir", GOOD)
    own = [one for one in check(RuleBook([tmp_path / "own", tmp_path / "built-in"]), follow) if "own" in str(one)]
    assert own == []


def test_no_built_in_rule_is_written_badly() -> None:
    found = [str(one) for one in check(load_rules(), follow) if not one.problem.startswith("example")]
    broken = [text for text in found if "does not match" not in text and "does not say so" not in text]
    assert broken == []


def test_the_names_that_every_rule_knows() -> None:
    assert surroundings(step("x")).keys() | {"stdin", "options", "path"} == SURROUNDING


def test_the_schema_is_one_and_knows_every_field() -> None:
    schema = rule_schema()
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]["rules"]["items"]["properties"]) == set(FIELDS)
    assert json.loads(json.dumps(schema)) == schema


def test_built_in_rules_fit_the_schema() -> None:
    folder = load_rules().directories[-1]
    wrong = [
        f"{path.relative_to(folder)}: {'/'.join(map(str, error.absolute_path))}: {error.message}"
        for path in sorted(folder.rglob("*.yaml"))
        for error in VALIDATOR.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "rule",
    [
        {**GOOD, "colour": "red"},
        {**GOOD, "keep": "both"},
        {key: value for key, value in GOOD.items() if key != "becomes"},
        {key: value for key, value in GOOD.items() if key != "synopsis"},
        {**GOOD, "becomes": {"folder": {}}},
        {**GOOD, "becomes": {"directory": {"colour": "red"}}},
        {**GOOD, "becomes": {"directory": {}}},
        {**GOOD, "phase": "later"},
        {**GOOD, "examples": [{"run": "x"}]},
    ],
)
def test_what_the_schema_refuses(rule: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid({"tool": "mkdir", "rules": [GOOD]})
    assert not VALIDATOR.is_valid({"tool": "mkdir", "rules": [rule]})


WORDS = ["-x", "-xzf", "-9", "--all", "--depth=3", "--depth=4", "/srv/x", "https://a/b", "name", "~", "-", "--"]
ODD = ["{{ x }}", "a: b # c", "'", '"', "é", "", "!tag", "up", "DIR", "x y", "*", "$HOME"]
LINES = st.lists(st.sampled_from([*WORDS, *ODD]), max_size=7)


@settings(deadline=None, max_examples=150)
@given(LINES)
def test_a_new_rule_recognises_its_line(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    folder = tmp_path_factory.mktemp("rules")
    text = skeleton(shlex.join(["frobctl", *words]))
    (folder / "frobctl.yaml").write_text(text, encoding="utf-8")
    assert VALIDATOR.is_valid(yaml.safe_load(text))
    assert problems(RuleBook([folder])) == []


@pytest.mark.parametrize("line", ["", "   ", "frob 'open", "'a b' c", "frob -é", "frob --=x"])
def test_lines_that_no_rule_can_say(line: str) -> None:
    with pytest.raises(ConverterError):
        skeleton(line)


def test_a_new_rule_is_the_users_to_edit() -> None:
    text = skeleton("/opt/bin/frobctl sync --depth=3 -v /srv/x https://a/b")
    assert "synopsis: frobctl sync [--depth=DEPTH] [-v] PATH URL" in text
    assert yaml.safe_load(text)["rules"][0]["id"] == "frobctl-sync"


def test_the_line_of_a_new_rule_is_matched_by_it(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(skeleton("frobctl sync --depth=3 /srv"), encoding="utf-8")
    rules = load_rules([tmp_path])
    assert matched(rules, "frobctl sync --depth=9 /other").rule == "frobctl-sync"
    assert matched(rules, "frobctl sync --deep /other").rule == ""

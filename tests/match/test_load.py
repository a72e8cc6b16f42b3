"""Rule packs on disk: which files are read, in which spelling of the tool, and that no others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.match import RuleBook, load, load_rules
from converter.match.load import read_rules
from converter.match.rule import Rule, RuleError

RULE = "rules:\n- {id: a, synopsis: x y, keep: k}\n"


@pytest.mark.parametrize(
    ("tool", "names"),
    [
        ("x", ("x",)),
        ("x # a comment", ("x",)),
        ("'x'", ("x",)),
        ("[x, x y]", ("x", "x y")),
        ('[x, "y z",\n  w]', ("x", "y z", "w")),
        ("\n- x\n- x y # a comment", ("x", "x y")),
        ("\n  - x\n  - '*'", ("x", "*")),
    ],
)
def test_spellings_of_tool(tmp_path: Path, tool: str, names: tuple[str, ...]) -> None:
    (tmp_path / "x.yaml").write_text(f"# about x\ntool: {tool}\n{RULE}", encoding="utf-8")
    (rule,) = RuleBook([tmp_path]).rules("x")
    assert rule.tools == names


@pytest.mark.parametrize("tool", ["", "yes", "{a: x}", "x, y: z"])
def test_what_is_no_tool(tmp_path: Path, tool: str) -> None:
    (tmp_path / "x.yaml").write_text(f"tool: {tool}\n{RULE}", encoding="utf-8")
    with pytest.raises(RuleError) as problem:
        list(RuleBook([tmp_path]).all())
    assert str(tmp_path / "x.yaml") in str(problem.value)


def test_only_files_of_the_tools_that_occur_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(f"tool: x\n{RULE}", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("tool: other\nrules: [", encoding="utf-8")
    assert [rule.id for rule in RuleBook([tmp_path]).rules("x")] == ["a"]


def test_the_index_finds_what_the_list_holds() -> None:
    rules = load_rules()
    for word in ("git", "docker", "tar", "npm"):
        every = {id(grammar) for rule in rules.rules(word) for grammar in rule.grammars}
        words = {name for rule in rules.rules(word) for line in rule.synopses for name in _plain(line)}
        assert {id(entry.grammar) for entry in rules.index(word).find(words)} == every


def _plain(synopsis: str) -> set[str]:
    return set(synopsis.replace("(", " ").replace(")", " ").replace("|", " ").split())


def test_only_the_files_of_the_tools_of_a_script_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def reading(path: Path) -> tuple[Rule, ...]:
        read.append(path)
        return read_rules(path)

    monkeypatch.setattr(load, "read_rules", reading)
    rules = load_rules()
    for tool in ("git", "npm", "mkdir", "git", "docker"):
        rules.index(tool)
    own = {path for path in read if "*" not in path.read_text(encoding="utf-8").split("\n", 3)[1]}
    assert {path.name for path in own} == {"git.yaml", "npm.yaml", "mkdir.yaml", "docker.yaml", "compose.yaml"}
    assert len(read) == len(set(read))

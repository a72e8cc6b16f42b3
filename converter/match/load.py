"""Loading of rule packs: only files whose tool occurs are read, the user's before the built-in ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from converter.match.index import Index
from converter.match.rule import HEAD, Rule, RuleError

# `tool: x`, `tool: [x, y z]` over one line or more, or a list with a dash before each.
_TOOL = re.compile(
    r"^tool:[ \t]*(?:\[(?P<flow>[^\]]*)\]|(?P<block>(?:#.*)?(?:\n[ \t]*-[ \t].*)+)|(?P<one>\S.*?))?[ \t]*(?:#.*)?$",
    re.MULTILINE,
)


class RuleBook:
    """The rules of several directories, read when a tool is first asked for."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(directories)
        self._files: dict[str, list[Path]] = {}
        self._tools: dict[Path, tuple[str, ...]] = {}
        self._loaded: dict[Path, tuple[Rule, ...]] = {}
        self._indexes: dict[str, Index] = {}
        for directory in self.directories:
            for path in sorted(directory.rglob("*.yaml")):
                self._tools[path] = _tools_of(path)
                for word in dict.fromkeys(tool.split()[0] for tool in self._tools[path]):
                    self._files.setdefault(word, []).append(path)

    def rules(self, word: str) -> tuple[Rule, ...]:
        """The rules of every file that has a tool which begins with this word."""
        return tuple(rule for path in self._files.get(word, ()) for rule in self.file(path))

    def index(self, word: str) -> Index:
        """The same rules by subcommand."""
        if word not in self._indexes:
            self._indexes[word] = Index(self.rules(word))
        return self._indexes[word]

    def is_built_in(self, rule: Rule) -> bool:
        """Whether the rule comes with the program, not from the user."""
        return rule.path.is_relative_to(self.directories[-1])

    def file(self, path: Path) -> tuple[Rule, ...]:
        """The rules of one file."""
        if path not in self._loaded:
            self._loaded[path] = read_rules(path)
        return self._loaded[path]

    def all(self) -> Iterable[Rule]:
        """Every rule, the user's first, each pack by path."""
        for path in self._tools:
            yield from self.file(path)


def load_rules(directories: Sequence[Path] = ()) -> RuleBook:
    """The rule book of these directories and, after them, the built-in rules."""
    return RuleBook([*directories, built_in()])


@cache
def built_in() -> Path:
    """The built-in rules: inside the package where it is installed, beside it in a clone."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def _tools_of(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8") as file:
        found = _TOOL.search(file.read(1500))
    if found is None:
        raise RuleError(path, 1, "tool", "the first line after the comment names the tool")
    listed = re.findall(r"\n[ \t]*-[ \t]+(.*?)[ \t]*(?:#.*)?$", found["block"] or "", re.MULTILINE)
    listed += [*(found["flow"] or "").split(","), found["one"] or ""]
    return tuple(name for word in listed if (name := word.strip().strip("\"'")))


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file, in their order."""
    text = path.read_text(encoding="utf-8")
    try:
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise RuleError(path, mark.line + 1 if mark else 1, "file", str(getattr(problem, "problem", problem))) from None
    if not isinstance(data, dict) or set(data) - HEAD:
        raise RuleError(path, 1, "file", f"a mapping with {', '.join(sorted(HEAD))} is expected")
    tools, rules = _tools_of(path), data.get("rules")
    if not isinstance(rules, list):
        raise RuleError(path, 1, "rules", "a list of rules is expected")
    written = data.get("tool")
    if list(tools) != [str(name) for name in (written if isinstance(written, list) else [written])]:
        raise RuleError(path, 1, "tool", "a name or a list of names is expected, in quotes where YAML needs them")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("- ")]
    return tuple(_rule(entry, tools, data, path, lines, index) for index, entry in enumerate(rules))


def _rule(entry: Any, tools: tuple[str, ...], head: dict[str, Any], path: Path, lines: list[int], index: int) -> Rule:
    line = lines[index] if index < len(lines) else 1
    if not isinstance(entry, dict):
        raise RuleError(path, line, "rules", "a rule is a mapping")
    return Rule(entry, tools=tools, head=head, path=path, line=line)

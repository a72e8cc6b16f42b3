"""Rules as they are written in YAML files, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from converter.match.arguments import Bindings, empty
from converter.match.synopsis import Grammar, Option, read_option, read_synopsis
from converter.model.diagnostic import ConverterError
from converter.model.match import Verdict

FIELDS = frozenset(
    (
        "id description synopsis when becomes keep absorb phase globs stdin redirect append pipeline background each "
        "creates removes effect unchanged anything input log bundled examples"
    ).split()
)
HEAD = frozenset(("tool", "options", "leading", "rules", "description"))


class RuleError(ConverterError):
    """Something wrong in a rule file: file, line, field and what was expected."""

    def __init__(self, path: Path | str, line: int, field: str, message: str) -> None:
        super().__init__(f"{path}:{line}: {field}: {message}", "docs/rule-format.md describes the fields of a rule")


class Rule:
    """One rule. `data` is its mapping in the file; the grammar is read when it is first needed."""

    def __init__(
        self, data: dict[str, Any], *, tools: tuple[str, ...], head: Mapping[str, Any], path: Path, line: int
    ) -> None:
        self.data, self.tools, self.path, self.line = data, tools, path, line
        self._head = head
        unknown = set(data) - FIELDS
        if unknown:
            self.fail(min(unknown), f"is not a field of a rule; there are {', '.join(sorted(FIELDS))}")
        if not isinstance(data.get("id"), str):
            self.fail("id", "a name in kebab-case is expected")
        self.id: str = data["id"]
        self.family = path.parent.name
        said = [field for field in ("becomes", "keep", "absorb") if field in data]
        if len(said) != 1:
            self.fail("becomes", "exactly one of becomes, keep and absorb is expected")
        self.verdict = {"becomes": Verdict.BECOMES, "keep": Verdict.KEEP, "absorb": Verdict.ABSORB}[said[0]]
        self.globs = frozenset(data.get("globs", ()))

    def fail(self, field: str, message: str) -> NoReturn:
        """Raises the error of a field."""
        raise RuleError(self.path, self.line, f"{self.data.get('id', 'rule')}.{field}", message)

    def get(self, field: str, default: Any = None) -> Any:
        """A field as written."""
        return self.data.get(field, default)

    @property
    def synopses(self) -> tuple[str, ...]:
        """The synopsis lines, as written."""
        written = self.data.get("synopsis", ())
        return (written,) if isinstance(written, str) else tuple(written)

    @property
    def examples(self) -> tuple[dict[str, Any], ...]:
        """The examples, as written."""
        written = self.data.get("examples", [])
        if not isinstance(written, list) or not all(isinstance(example, dict) for example in written):
            self.fail("examples", "a list of mappings with run and gives is expected")
        return tuple(written)

    @cached_property
    def head(self) -> tuple[Option, ...]:
        """Options that every rule of the file takes, anywhere."""
        return self._listed("options")

    @cached_property
    def leading(self) -> tuple[Option, ...]:
        """Options that the tool takes before its subcommand, and that mean something else or nothing after it."""
        return self._listed("leading")

    def _listed(self, field: str) -> tuple[Option, ...]:
        try:
            return tuple(read_option(text) for text in self._head.get(field) or ())
        except ValueError as problem:
            raise RuleError(self.path, self.line, field, str(problem)) from problem

    @cached_property
    def grammars(self) -> tuple[Grammar, ...]:
        """One grammar a synopsis, without the tool's words."""
        return tuple(self._grammar(text, self.tools) for text in self.synopses)

    @cached_property
    def blank(self) -> Bindings:
        """Every name of its synopses, not given."""
        return empty(self.grammars, self.head + self.leading)

    @cached_property
    def stages(self) -> tuple[tuple[tuple[str, ...], Grammar], ...]:
        """For a rule of a pipeline: the tool words and the grammar of each stage."""
        found = []
        for text in self.data.get("pipeline", ()):
            words = text.split()
            tools = tuple(words[0].strip("()").split("|"))
            found.append((tools, self._grammar(text.partition(" ")[2], ())))
        return tuple(found)

    def _grammar(self, text: str, tools: tuple[str, ...]) -> Grammar:
        tool = next((t for t in sorted(tools, key=len, reverse=True) if text == t or text.startswith(t + " ")), None)
        if tool is None and tools:
            self.fail("synopsis", f"{text!r} does not begin with {' or '.join(tools)}")
        try:
            return read_synopsis(text[len(tool or "") :])
        except ValueError as problem:
            raise RuleError(self.path, self.line, f"{self.id}.synopsis", f"{text!r}: {problem}") from problem

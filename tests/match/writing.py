"""Writes rule files and asks them about lines of shell, for tests of the rule engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from converter.match import RuleBook, match
from converter.model.match import Match
from converter.model.source import Span
from converter.model.trace import Context, Step, Trace
from converter.model.value import Value, Variable
from converter.parse import parse, parse_text, read_source
from converter.trace import trace


def follow(text: str) -> Trace:
    """The trace of shell text."""
    return trace([parse(read_source("deploy.sh", text.encode()))], parse_text=parse_text, load=lambda _: None)


def book(
    folder: Path, tool: object, *rules: Mapping[str, object], options: tuple[str, ...] = (), name: str = ""
) -> RuleBook:
    """A rule book of one file."""
    written = [{"id": f"rule-{number}", **rule} for number, rule in enumerate(rules, start=1)]
    data: dict[str, object] = {"tool": tool, "rules": written, **({"options": list(options)} if options else {})}
    file = folder / (name or "tool.yaml")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return RuleBook([folder])


def matched(rules: RuleBook, line: str) -> Match:
    """The match of the last command of the text."""
    return match(follow(line), rules).matches[-1]


def fields(found: Match) -> dict[str, object]:
    """What the only resource of a match says, as people read it; what is empty is left out."""
    (spec,) = found.specs
    return {
        name: _read(value) for name in spec.__struct_fields__ if (value := getattr(spec, name)) not in (None, (), "")
    }


def _read(value: object) -> object:
    if isinstance(value, Value):
        return value.shell()
    return [_read(item) for item in value] if isinstance(value, tuple) else value


def step(*words: Value | str, **given: object) -> Step:
    """A step made by hand."""
    argv = tuple(Value.of(word) if isinstance(word, str) else word for word in words)
    plain = Step(
        id=0,
        command=0,
        argv=argv,
        source=Value.join(argv, " "),
        context=Context(cwd=Value(Variable("project_dir"))),
        span=Span(path="deploy.sh", line=1, column=1, end_line=1, end_column=1),
    )
    return msgspec.structs.replace(plain, **given)

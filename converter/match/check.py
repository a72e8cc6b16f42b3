"""What is wrong with a rule book: broken rules and examples, rules never reached, uses that only chance decides.
decides.

Everything here is for the authors of rules; a conversion does without.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from converter.match.engine import OF_COMMAND, attempts
from converter.match.examples import Follow, broken, matching
from converter.match.expressions import FUNCTIONS, SURROUNDING, sources, undeclared
from converter.match.load import RuleBook
from converter.match.rule import Rule, RuleError
from converter.match.specs import kind_fields, required_fields
from converter.match.unsuited import ExpressionError
from converter.model.match import Verdict
from converter.resources import KINDS

_EXPRESSIONS = ("becomes", *OF_COMMAND)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with one rule."""

    path: Path
    line: int
    rule: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.problem}"


def check(rules: RuleBook, follow: Follow) -> list[Finding]:
    """All findings; `follow` makes a trace of shell text."""
    found = []
    times = Counter((_pack(rule, rules), rule.id) for rule in rules.all())
    for rule in rules.all():
        problems = list(_badly_written(rule)) or [*broken(rule, rules, follow), *_overlapping(rule, rules, follow)]
        if times[_pack(rule, rules), rule.id] > 1:
            problems.append("another rule has the same id")
        found += [Finding(path=rule.path, line=rule.line, rule=rule.id, problem=text) for text in problems]
    return found


def _pack(rule: Rule, rules: RuleBook) -> Path | None:
    return next((folder for folder in rules.directories if rule.path.is_relative_to(folder)), None)


def _badly_written(rule: Rule) -> Iterator[str]:
    """What is wrong whatever command comes."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id):
        yield "id: a name in kebab-case is expected"
    if not str(rule.get("description") or "").strip().endswith("."):
        yield "description: one sentence is expected"
    try:
        if not rule.grammars and not rule.stages:
            yield "synopsis: a synopsis or a pipeline is expected, without one it is never reached"
        if rule.get("anything") and rule.verdict == Verdict.BECOMES:
            yield "anything: what becomes of a command depends on its words"
        yield from _unknown_names(rule)
        yield from _unknown_fields(rule)
        yield from _too_few_examples(rule)
    except RuleError as problem:
        yield problem.message


def _too_few_examples(rule: Rule) -> Iterator[str]:
    if not matching(rule):
        yield "examples: one that matches is expected"
    if len(matching(rule)) == len(rule.examples):
        yield "examples: one that must not match is expected (gives: [])"


_LOGS = ("APPENDED", "ERRORS", "ERRORS_APPENDED")


def known_names(rule: Rule) -> set[str]:
    """Every name that the rule's expressions may use."""
    streams = {str(rule.get(field, "")).strip("[]") for field in ("stdin", "input", "redirect", "log")}
    stages = {name for _, grammar in rule.stages for name in grammar.names()}
    item, among, _ = str(rule.get("each", "")).partition(" in ")
    logs = _LOGS if rule.get("log") else ()
    own = {*rule.blank, *streams, *stages, *logs, item if among else ""}
    return own | SURROUNDING | FUNCTIONS.keys()


def _unknown_names(rule: Rule) -> Iterator[str]:
    names = known_names(rule)
    item, among, listed = str(rule.get("each", "")).partition(" in ")
    written = [("when", str(rule.get("when", "true"))), ("each", (listed if among else item) or "true")]
    written += [(field, source) for field in _EXPRESSIONS for source in sources(rule.get(field))]
    for field, source in written:
        try:
            missing = undeclared(source) - names
        except ExpressionError as problem:
            yield f"{field}: {problem}"
            continue
        for name in sorted(missing):
            yield f"{field}: {name} is not a name of the synopsis, and not a function"
    for name in sorted(rule.globs - names):
        yield f"globs: {name} is not a name of the synopsis"


def _unknown_fields(rule: Rule) -> Iterator[str]:
    becomes = rule.get("becomes") or []
    for entry in becomes if isinstance(becomes, list) else [becomes]:
        if not isinstance(entry, dict):
            yield "becomes: a mapping from a kind to its fields is expected"
            continue
        for kind, fields in entry.items():
            yield from _of_kind(kind, fields or {})


def _of_kind(kind: str, fields: Iterable[str]) -> Iterator[str]:
    if kind not in KINDS:
        yield f"becomes: {kind} is not a kind of resource"
        return
    for field in sorted(set(fields) - kind_fields(kind).keys()):
        yield f"becomes.{kind}.{field}: {kind} has {', '.join(kind_fields(kind))}"
    for field in required_fields(kind):
        if field not in fields:
            yield f"becomes.{kind}: {field} is missing"


def _overlapping(rule: Rule, rules: RuleBook, follow: Follow) -> Iterator[str]:
    """Uses that a rule of another file of the pack fits as well, so that the names of the files decide."""
    steps = [step for line in matching(rule) for step in follow(line).steps if step.argv]
    for step in steps:
        fitting = [attempt for attempt in attempts(step, rules) if attempt.match is not None]
        own = next((attempt for attempt in fitting if attempt.rule is rule), None)
        for other in fitting if own is not None else ():
            rival = other.rule.path != rule.path and _pack(other.rule, rules) == _pack(rule, rules)
            named = not any("*" in tool for tool in (*other.rule.tools, *rule.tools))
            if rival and named and own is not None and other.tool_length == own.tool_length:
                yield f"{other.rule.id} in {other.rule.path.name} fits {step.source.shell()!r} as well"

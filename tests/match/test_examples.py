"""Every example of every rule: what it gives, and what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from converter.match import load_rules, match
from converter.match.rule import Rule
from converter.match.specs import specs
from converter.model.match import Match, Verdict
from converter.model.resource import Spec
from converter.model.value import Value
from converter.parse import parse_text
from converter.trace import trace

BOOK = load_rules()


def cases() -> Iterator[Any]:
    """Each example with its rule."""
    for rule in BOOK.all():
        for number, example in enumerate(rule.get("examples", ())):
            yield pytest.param(rule, example, id=f"{rule.id}-{number}")


def matched(text: str, rule: Rule) -> list[Match]:
    """What the rule makes of a script."""
    traced = trace([parse_text(f"{text}\n", "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda _: None)
    return [found for found in match(traced, BOOK).matches if found.rule == rule.id]


@pytest.mark.parametrize(("rule", "example"), list(cases()))
def test_example(rule: Rule, example: dict[str, Any]) -> None:
    found, wanted = matched(example["run"], rule), example["gives"]
    if isinstance(wanted, str):
        assert [one.verdict for one in found] == [Verdict(wanted)] * max(len(found), 1)
        return
    made = [plain(spec) for one in found for spec in one.specs if one.verdict == Verdict.BECOMES]
    assert made == [plain(spec) for entry in wanted for spec in _specs(entry)]
    assert bool(found) == bool(wanted)


def test_every_rule_has_examples_of_both_sorts() -> None:
    lacking = [
        rule.id for rule in BOOK.all() if {bool(one["gives"]) for one in rule.get("examples", ())} != {True, False}
    ]
    assert lacking == []


def test_names_of_rules_are_unique() -> None:
    names = [rule.id for rule in BOOK.all()]
    assert sorted(names) == sorted(set(names))


def _specs(entry: dict[str, Any]) -> tuple[Spec, ...]:
    example = Rule({"id": "example", "becomes": entry}, tools=(), head={}, path=BOOK.directories[0], line=1)
    return specs(example, {})


def plain(spec: Spec) -> dict[str, object]:
    """The fields of a spec as text, for comparison with what a file says."""
    return {"kind": spec.kind, **{name: _plain(value) for name, value in msgspec.structs.asdict(spec).items()}}


def _plain(value: object) -> object:
    if isinstance(value, Value):
        return value.text if value.text is not None else value.shell()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value

"""The examples of rules, run: what is wrong with each, in one sentence.

The caller gives the function that follows shell text, since stages do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from converter.match.engine import match_step
from converter.match.load import RuleBook
from converter.match.rule import Rule
from converter.model.match import Match, Verdict
from converter.model.resource import Spec
from converter.model.trace import Trace
from converter.model.value import Value

Follow = Callable[[str], Trace]


def broken(rule: Rule, rules: RuleBook, follow: Follow) -> list[str]:
    """What is wrong with the examples of a rule; nothing if all are as they say."""
    problems = []
    for number, example in enumerate(rule.examples, start=1):
        if set(example) != {"run", "gives"}:
            problems.append(f"example {number} needs run and gives, and nothing else")
            continue
        problem = _wrong(rule, example["gives"], _matches(str(example["run"]), rules, follow))
        if problem:
            problems.append(f"{' '.join(str(example['run']).split())}: {problem}")
    return problems


def matching(rule: Rule) -> list[str]:
    """The shell lines that the rule says it matches."""
    return [str(example["run"]) for example in rule.examples if example.get("gives")]


def _matches(text: str, rules: RuleBook, follow: Follow) -> list[Match]:
    return [match_step(step, rules) for step in follow(text).steps]


def _wrong(rule: Rule, gives: Any, found: Sequence[Match]) -> str:
    own = [match for match in found if match.rule == rule.id]
    if not gives:
        return "the rule must not match, and does" if own else ""
    if not own:
        others = ", ".join(dict.fromkeys(match.rule or match.reason for match in found))
        return f"the rule does not match: {others or 'no command is left of it'}"
    if gives in (Verdict.KEEP, Verdict.ABSORB):
        return "" if all(match.verdict == gives for match in own) else f"it gives {own[0].verdict}, not {gives}"
    if not isinstance(gives, list) or not all(isinstance(item, dict) for item in gives):
        return "gives is keep, absorb, [] or a list of resources"
    expected = [(kind, fields or {}) for item in gives for kind, fields in item.items()]
    return _different(expected, [spec for match in own for spec in match.specs])


def _different(expected: Sequence[tuple[str, dict[str, Any]]], found: Sequence[Spec]) -> str:
    kinds = [spec.kind for spec in found]
    if kinds != [kind for kind, _ in expected]:
        return f"it gives {', '.join(kinds)}"
    problems = (_unlike(spec, fields) for (_, fields), spec in zip(expected, found, strict=True))
    return next(filter(None, problems), "")


def _unlike(spec: Spec, fields: dict[str, Any]) -> str:
    """Where a resource is unlike the example; what the example does not name is as it is without being said."""
    unknown = next((name for name in fields if name not in spec.__struct_fields__), None)
    if unknown is not None:
        return f"{spec.kind} has no {unknown}"
    for field in msgspec.structs.fields(type(spec)):
        value, named = getattr(spec, field.name), field.name in fields
        if named and not _same(value, fields[field.name]):
            return f"{spec.kind}.{field.name} is {_shown(value)!r}, not {fields[field.name]!r}"
        if not named and value != field.default:
            return f"{spec.kind}.{field.name} is {_shown(value)!r}, and the example does not say so"
    return ""


def _same(value: object, wanted: Any) -> bool:
    """A value is written as its known text, or with its variables by name."""
    if isinstance(value, Value):
        return _text(wanted) in (value.shell(), value.text)
    if isinstance(value, tuple):
        listed = list(wanted.items()) if isinstance(wanted, dict) else wanted
        return isinstance(listed, Iterable) and not isinstance(listed, str) and _all_same(value, list(listed))
    return bool(value == wanted)


def _all_same(values: tuple[object, ...], wanted: list[Any]) -> bool:
    return len(values) == len(wanted) and all(map(_same, values, wanted))


def _text(wanted: Any) -> str:
    return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)


def _shown(value: object) -> object:
    if isinstance(value, Value):
        return value.shell()
    return [_shown(item) for item in value] if isinstance(value, tuple) else value

"""`gitopsify rules`: what is recognised, by family and tool, and one rule with its examples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from converter.cli.exits import Exit
from converter.cli.request import rule_folders
from converter.cli.terminal import Screen, visible
from converter.match.load import RuleBook, load_rules
from converter.match.rule import Rule
from converter.model.diagnostic import ConverterError


def listed(folders: Sequence[str], *, as_json: bool) -> int:
    """Prints every rule, by family and tool."""
    book = load_rules(rule_folders(folders))
    rules = list(book.all())
    if as_json:
        print(json.dumps({"rules": [_brief(rule) for rule in rules], "total": len(rules)}, indent=2))
        return Exit.DONE
    screen = Screen()
    for family in sorted({rule.family for rule in rules}):
        own = [rule for rule in rules if rule.family == family]
        screen.print(screen.paint(family, "bold") + screen.paint(f"  {_counted(len(own))}", "dim"))
        for tool in sorted({rule.tools[0] for rule in own}):
            ids = ", ".join(rule.id for rule in own if rule.tools[0] == tool)
            for line in screen.wrapped(ids, indent=22, first=f"  {tool:<19} "):
                screen.print(line)
    screen.print(f"{_counted(len(rules))}. Show one with: gitopsify rules show NAME")
    return Exit.DONE


def shown(name: str, folders: Sequence[str], *, as_json: bool) -> int:
    """Prints the rule of that name, or all rules of that tool."""
    book = load_rules(rule_folders(folders))
    rules = [rule for rule in book.all() if rule.id == name] or _of_tool(book, name)
    if not rules:
        near = [rule.id for rule in book.all() if name.partition("-")[0] in rule.id][:5]
        hint = f"there are {', '.join(near)}" if near else "gitopsify rules list shows all of them"
        raise ConverterError(f"no rule and no tool is called {name}", hint)
    if as_json:
        print(json.dumps({"rules": [{**_brief(rule), **rule.data} for rule in rules]}, indent=2, default=str))
        return Exit.DONE
    screen = Screen()
    for number, rule in enumerate(rules):
        if number:
            screen.print()
        for line in _described(rule, screen):
            screen.print(line)
    return Exit.DONE


def _of_tool(book: RuleBook, name: str) -> list[Rule]:
    return [rule for rule in book.all() if name in rule.tools]


def _counted(number: int) -> str:
    return "1 rule" if number == 1 else f"{number} rules"


def _brief(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "family": rule.family,
        "tools": list(rule.tools),
        "description": str(rule.get("description", "")),
        "verdict": str(rule.verdict),
        "file": f"{rule.family}/{rule.path.name}",
    }


def _described(rule: Rule, screen: Screen) -> Iterable[str]:
    """Name, description, what it recognises, what that becomes, and its examples."""
    yield screen.paint(rule.id, "bold") + screen.paint(f"  {rule.family}/{rule.path.name}", "dim")
    yield from screen.wrapped(visible(str(rule.get("description", ""))), indent=2)
    for synopsis in rule.synopses:
        yield from screen.wrapped(visible(synopsis), indent=6, first="  ", styles=("cyan",))
    for word in ("keep", "absorb"):
        if rule.get(word):
            told = "stays a command" if word == "keep" else "leaves nothing behind"
            yield from screen.wrapped(visible(f"{told}: {rule.get(word)}"), indent=4, first="  ")
    for example in rule.get("examples", ()):
        yield from _example(example, screen)


def _example(example: dict[str, Any], screen: Screen) -> Iterable[str]:
    yield ""
    for line in str(example.get("run", "")).splitlines():
        yield f"  {screen.paint('$', 'dim')} {visible(line)}"
    for line in _outcome(example):
        yield from screen.wrapped(visible(line), indent=8, first="    ", styles=("green",))


def _outcome(example: dict[str, Any]) -> list[str]:
    if example.get("gives"):
        return [_resource(kind, fields) for item in example["gives"] for kind, fields in item.items()]
    other = next((word for word in ("keep", "absorb", "nothing") if word in example), "")
    return ["not this rule"] if not other or other == "nothing" else [other]


def _resource(kind: str, fields: dict[str, Any] | None) -> str:
    return f"{kind}: " + ", ".join(f"{name} {_shown(value)}" for name, value in (fields or {}).items())


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else value or "''"

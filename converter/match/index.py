"""Which rules may fit a command, found by its words: the cost of a step does not grow with the number of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from converter.match.rule import Rule
from converter.match.synopsis import Grammar


class Entry(NamedTuple):
    """One synopsis of a rule; `place` is its turn."""

    place: int
    rule: Rule
    grammar: Grammar


class Index:
    """The rules of one command word by subcommand; what has none may fit every use."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_word: dict[str, list[Entry]] = {}
        self._always: list[Entry] = []
        written = ((rule, grammar) for rule in rules for grammar in rule.grammars)
        for place, (rule, grammar) in enumerate(written):
            entry = Entry(place, rule, grammar)
            words = _subcommands(rule, grammar)
            for word in words:
                self._by_word.setdefault(word, []).append(entry)
            if not words:
                self._always.append(entry)

    def find(self, words: Iterable[str]) -> list[Entry]:
        """The entries whose subcommand is among the words, and those without one, in their order."""
        found = {entry.place: entry for word in words for entry in self._by_word.get(word, ())}
        return sorted([*found.values(), *self._always], key=lambda entry: entry.place)


def _subcommands(rule: Rule, grammar: Grammar) -> tuple[str, ...]:
    # Flags that are bundled into the first word are not that word when the grammar sees it.
    selector = None if rule.get("anything") or rule.get("bundled") else grammar.selector
    return selector.words if selector is not None else ()

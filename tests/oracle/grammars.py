"""What a synopsis says of each option, and what someone else says of the same option of the same subcommand."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from converter.match import load_rules
from converter.match.rule import Rule
from converter.match.synopsis import Grammar, Option
from oracle import node

Takes = Literal["nothing", "optional", "argument"]
# A program and its subcommands.
Command = tuple[str, ...]
# What the options of one command take, by spelling.
Options = Mapping[str, Takes]


class Use(NamedTuple):
    """What a rule says that an option takes, in one spelling and for one command with its subcommands."""

    command: Command
    option: str
    takes: Takes
    rule: str


def uses() -> Iterator[Use]:
    """Every option of every synopsis of the built-in rules, for each subcommand that it is written for."""
    found: dict[Use, None] = {}
    for rule in load_rules().all():
        for words, grammar in _grammars(rule):
            own = set(rule.tools) & {words[0], " ".join(words)}
            for command in _commands(words, grammar):
                anywhere = (*grammar.options, *(rule.head if own else ()))
                found |= dict.fromkeys(_read(command, anywhere, rule.id))
                found |= dict.fromkeys(_read(words, rule.leading if own else (), rule.id))
    yield from found


def _read(command: Command, options: Iterable[Option], rule: str) -> Iterator[Use]:
    for option in options:
        for name in option.aliases:
            takes: Takes = "argument"
            if option.value is None or name in option.bare:
                takes = "nothing"
            elif name in option.optional:
                takes = "optional"
            yield Use(command, name, takes, rule)


def _grammars(rule: Rule) -> Iterator[tuple[Command, Grammar]]:
    for text, grammar in zip(rule.synopses, rule.grammars, strict=True):
        tool = max((tool for tool in rule.tools if text == tool or text.startswith(f"{tool} ")), key=len)
        yield tuple(tool.split()), grammar
    for tools, grammar in rule.stages:
        for tool in tools:
            yield (tool,), grammar


def _commands(tool: Command, grammar: Grammar) -> Iterator[Command]:
    """`docker (stop|rm)` is two commands; the words end at the first operand that may be anything."""
    fixed = itertools.takewhile(lambda operand: operand.words and not operand.optional, grammar.operands)
    for words in itertools.product(*(operand.words for operand in fixed)):
        yield (*tool, *words)


def agree(ours: Takes, theirs: Takes) -> bool:
    """Whether both read the same words as the option; an argument in one piece with it is refused by a flag."""
    return ours == theirs or (ours, theirs) == ("nothing", "optional")


@cache
def figs(tools: tuple[str, ...]) -> Mapping[str, Any]:
    """The grammars of `@withfig/autocomplete`, of those tools that it has."""
    build = node.PACKAGES / "@withfig" / "autocomplete" / "build"
    found: Mapping[str, Any] = json.loads(node.run("grammars.mjs", str(build), *tools))
    return found


def fig_options(specs: Mapping[str, Any], command: Command) -> Options | None:
    """The options of a command and of those above it; None where the tool or a subcommand is not known."""
    known: dict[str, Takes] = {}
    spec = specs.get(command[0])
    for word in command:
        if spec is not None and word != command[0]:
            spec = next((one for one in spec["commands"] if word in one["names"]), None)
        if spec is None:
            return None
        known |= _spelt(spec["options"])
    return known


def _spelt(options: Iterable[Mapping[str, Any]]) -> dict[str, Takes]:
    return {name.rstrip("="): option["takes"] for option in options for name in option["names"]}

"""The synopses of the rules against grammars that others wrote: which options of a command take an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from cases import Compared
from oracle import node
from oracle.grammars import Command, Options, Use, agree, fig_options, figs, uses
from oracle.manuals import manuals, read_help

Known = Callable[[Command], Options | None]
EXCEPTIONS = Path(__file__).with_name("grammar-exceptions.yaml")


class Exempt(msgspec.Struct, frozen=True):
    """Options of a command that a rule reads as the program does, and somebody else does not."""

    command: str
    options: tuple[str, ...]
    reason: str

    def covers(self, use: Use) -> bool:
        """Whether it speaks of that option; `git` alone speaks of all its subcommands."""
        return use.option in self.options and f"{' '.join(use.command)} ".startswith(f"{self.command} ")


@cache
def exempt() -> tuple[Exempt, ...]:
    return msgspec.convert(yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8")), tuple[Exempt, ...])


@cache
def ours() -> tuple[Use, ...]:
    return tuple(uses())


@cache
def fig() -> Known:
    specs = figs(tuple(sorted({use.command[0] for use in ours()})))
    return lambda command: fig_options(specs, command)


@cache
def help_texts() -> Known:
    known = manuals(part for use in ours() for part in (use.command, use.command[:1]))
    return lambda command: {**known.get(command[:1], {}), **known[command]} if command in known else None


def differences(known: Known) -> Iterator[tuple[Use, str]]:
    for use in ours():
        theirs = (known(use.command) or {}).get(use.option)
        if theirs is not None and not agree(use.takes, theirs):
            yield use, theirs


def check(known: Known, source: str, compared: Compared, least: int) -> None:
    """Fails with each option that the two read differently, and tells how many were compared."""
    asked = {(use.command, use.option) for use in ours() if known(use.command) is not None}
    unknown = {(command, option) for command, option in asked if option not in (known(command) or {})}
    tools, both = {command[0] for command, _ in asked}, asked - unknown
    compared(f"synopses and {source}: {len(tools)} tools, {len(both)} options; {len(unknown)} unknown to {source}")
    wrong = [
        f"{' '.join(use.command)} {use.option} takes: {use.takes} in the rule {use.rule}, {theirs} in {source}"
        for use, theirs in differences(known)
        if not any(one.covers(use) for one in exempt())
    ]
    assert wrong == []
    assert len(both) >= least


@node.needs("@withfig/autocomplete")
def test_options_take_what_fig_says(compared: Compared) -> None:
    check(fig(), "fig", compared, 1000)


def test_options_take_what_the_help_of_the_program_says(compared: Compared) -> None:
    check(help_texts(), "--help", compared, 100)


@node.needs("@withfig/autocomplete")
def test_every_exception_is_needed() -> None:
    found = [use for known in (fig(), help_texts()) for use, _ in differences(known)]
    for one in exempt():
        needless = set(one.options) - {use.option for use in found if one.covers(use)}
        assert not needless, f"{one.command}: nobody contradicts {', '.join(sorted(needless))}"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("  -m, --mode=MODE   set file mode", {"-m": "argument", "--mode": "argument"}),
        ("  -b, --base-dir BASE_DIR   base directory", {"-b": "argument", "--base-dir": "argument"}),
        ("      --backup[=CONTROL]    make a backup\n  -b    like that", {"--backup": "optional", "-b": "nothing"}),
        ("  -p, --parents     no error if existing", {"-p": "nothing", "--parents": "nothing"}),
        ("  -p DIR, --tmpdir[=DIR]    relative to DIR", {"-p": "argument", "--tmpdir": "optional"}),
        ("    -b, --[no-]branch <branch>   checkout", {"-b": "argument", "--branch": "argument"}),
        ("  -q,  --quiet      quiet", {"-q": "nothing", "--quiet": "nothing"}),
        ("  -H --host=[USER@]HOST  on a host", {"-H": "argument", "--host": "argument"}),
    ],
)
def test_help_is_read(text: str, options: Mapping[str, Any]) -> None:
    assert read_help(text) == options

"""What the recorders of a host were called for: two spellings of one call are the same, and looks are none."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

LOG = "/var/log/world/calls.jsonl"
Tool = Mapping[str, Any]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A call that does something: its words in their order, then its options in that of the alphabet."""

    program: str
    arguments: tuple[str, ...]
    directory: str
    user: str
    environment: Mapping[str, str] = {}
    stdin: str = ""

    def __str__(self) -> str:
        return f"{' '.join((self.program, *self.arguments))} in {self.directory or 'any folder'} as {self.user}"


@cache
def tools() -> Mapping[str, Tool]:
    """What is known of the programs that recorders stand for."""
    found: Mapping[str, Tool] = yaml.safe_load((Path(__file__).parent / "tools.yaml").read_text(encoding="utf-8"))
    return found


def calls(log: str) -> tuple[Recorded, ...]:
    """The calls of a log in their order, without those that only look, that have changed nothing, or that are compared
    by the state that they leave."""
    return tuple(_calls(log))


def _calls(log: str) -> Iterator[Recorded]:
    for line in log.splitlines():
        call = json.loads(line)
        program = call["program"]
        found = spelled(program, call["arguments"], call["directory"])
        if found is None or call.get("changed") is False:
            continue
        arguments, directory = found
        yield Recorded(
            program=program,
            arguments=arguments,
            directory=directory,
            user=call["user"],
            environment=call.get("environment") or {},
            stdin=call.get("stdin") or "",
        )


def spelled(program: str, arguments: list[str], directory: str) -> tuple[tuple[str, ...], str] | None:
    """The arguments as all spellings of the call have them, and the folder it works in, nothing where it works for all
    alike; None where it only looks."""
    tool = tools().get(program, {})
    known, sign, verbatim = _cut(arguments)
    parts = list(_parts(known, tool))
    words = [word for name, word in parts if not name]
    if not words and "" in tool.get("commands", {}):
        words = [tool["commands"][""]]
    elif words:
        words[0] = tool.get("commands", {}).get(words[0], words[0])
    for number in (1, 2):
        first = " ".join((words or [name for name, _ in parts])[:number])
        if first in tool.get("looks", ()) or first in tool.get("kept", ()):
            return None
    everywhere = _in("--global", [name for name, _ in parts]) or words[:1] == ["global"]
    inside = next((value for name, value in reversed(parts) if name in tool.get("directory", ())), "")
    left = tool.get("quiet", ()), tool.get("directory", ())
    options = sorted(f"{name}={value}" if value else name for name, value in parts if name and not _in(name, *left))
    split = tool.get("lists")
    words = [one for word in words for one in (word.split(split) if split else [word])]
    options = [one for option in options for one in _each(option, split)]
    place = "" if everywhere else posixpath.normpath(posixpath.join(directory, inside))
    return (*words, *options, *sign, *verbatim), place


def _in(name: str, *lists: Any) -> bool:
    return any(name in each for each in lists)


def _each(option: str, split: str | None) -> list[str]:
    """An option for each of the values that its value lists."""
    name, sign, value = option.partition("=")
    return [f"{name}={one}" for one in sorted(value.split(split))] if sign and split else [option]


def _cut(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Before and behind `--`, which ends what the program itself reads."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end], arguments[end : end + 1], arguments[end + 1 :]


def _parts(arguments: list[str], tool: Tool) -> Iterator[tuple[str, str]]:
    """Options with their values, words with no name."""
    left = list(arguments)
    same: Mapping[str, str] = tool.get("same", {})
    lists = tool.get("lists")
    while left:
        word = left.pop(0)
        if not word.startswith("-") or word == "-":
            yield "", word
            continue
        whole = same.get(word, word)
        name, _, value = whole.partition("=")
        if re.fullmatch(r"-[a-zA-Z]\d+", whole) and _in(whole[:2], tool.get("values", ())):
            name, value = whole[:2], whole[2:]
        elif not value and _in(word, tool.get("values", ())) and left:
            value = left.pop(0)
            # A list may be given as words, up to the next option.
            while lists and left and not left[0].startswith("-") and _in(name, ("--without", "--with")):
                value += lists + left.pop(0)
        yield same.get(name, name), value

"""What the recorders of a host were called for: two spellings of one call are the same, and looks are none."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from converter.verify.compare.times import Thing

LOG = "/var/log/world/calls.jsonl"


def calls(lines: Iterable[str]) -> dict[str, Thing]:
    """Each call of the log, in words, with how often it was made and after which other one."""
    found: dict[str, Thing] = {}
    before = "nothing"
    for line in lines:
        call = json.loads(line)
        words = spelled(call["program"], call["arguments"])
        if not words:
            continue
        name = f"{words} in {call['directory']} as {call['user']}"
        found[name] = {"times": found.get(name, {"times": 0})["times"] + 1, "after": before}
        before = name
    return found


def spelled(program: str, arguments: list[str]) -> str:
    """The call, its words in their order and its options in that of the alphabet; nothing where it only looks."""
    if re.fullmatch(r"(php|node|python|ruby)[\d.]*", program) and arguments and _is_recorded(arguments[0]):
        # An interpreter that is told which program: the module says so, the first line of the program does for others.
        program, arguments = posixpath.basename(arguments[0]), arguments[1:]
    about = _table().get(program) or _table().get(re.sub(r"[\d.]+$", "", program)) or {}
    words = [word for word in arguments if not word.startswith("-")]
    if (words or arguments)[:1] and (words or arguments)[0] in about.get("looks", ()):
        return ""
    options = sorted(word for word in arguments if word.startswith("-") and word not in about.get("quiet", ()))
    parts = about.get("lists")
    words = [one for word in words for one in (word.split(parts) if parts else [word])]
    same: Mapping[str, str] = about.get("same", {})
    return " ".join([program, *(same.get(word, word) for word in words), *options])


def _is_recorded(path: str) -> bool:
    return posixpath.basename(path) in _table() and path.startswith("/")


@cache
def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "calls.yaml").read_text(encoding="utf-8"))
    return found

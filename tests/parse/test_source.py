"""From bytes to text, the places in it, and texts that no parser should have to read."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from converter.model.script import Exec, Opaque
from converter.parse import parse_text, read_source
from parse.printed import nodes, script


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc", "a\nb\nc"),
        ("é".encode(), "é"),
        ("é".encode("latin-1"), "é"),
        (b"\x93a\x94", "“a”"),
        (b"\x81\x93", "\x81\x93"),
        ("a".encode("utf-16"), "a"),
        (b"", ""),
    ],
)
def test_decoded(data: bytes, text: str) -> None:
    assert read_source("d.sh", data).text == text


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a b\n  c && d", ["1:1-1:3", "2:3-2:3", "2:8-2:8"]),
        ("if a\nthen b; fi", ["1:4-1:4", "2:6-2:6"]),
        ("x $(\n y)", ["1:1-2:3", "2:2-2:2"]),
        ("a\\\n b", ["1:1-2:2"]),
    ],
)
def test_places(text: str, places: list[str]) -> None:
    spans = [found.span for found in nodes(script(text).body) if isinstance(found, Exec)]
    assert [f"{one.line}:{one.column}-{one.end_line}:{one.end_column}" for one in spans] == places


def test_an_inner_text_has_places_of_the_outer_file() -> None:
    first, second = parse_text("a\nb", "d.sh", 5, 9).body
    assert (first.span.line, first.span.column) == (5, 9)
    assert (second.span.line, second.span.column) == (6, 1)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["empty-script"]),
        ("#!/bin/sh\n# a\n", ["empty-script"]),
        ("a\0b", ["binary-file"]),
        ("a\n" * 200_000, ["too-large"]),
        ("a " * 60_000, ["too-large"]),
        ("fi\n", ["syntax-error"]),
        ("x=" + "$(a " * 10_000 + ")" * 10_000, ["too-deep"]),
        ("( " * 10_000 + "a" + " )" * 10_000, ["too-deep"]),
        ("a && " * 10_000 + "b", ["too-deep"]),
        ("cat <<E\n`a (b)`\nE\n", ["syntax-error"]),
        ("a", []),
    ],
    ids=range(11),
)
def test_diagnostics(text: str, names: list[str]) -> None:
    found = script(text)
    assert [one.name for one in found.diagnostics] == names
    assert any(isinstance(one, Opaque) for one in nodes(found.body)) == any(name != "empty-script" for name in names)


def test_a_deep_caller_gets_a_diagnostic() -> None:
    def down(levels: int) -> list[str]:
        if levels:
            return down(levels - 1)
        return [one.name for one in parse_text("x=" + "$(a " * 40 + ")" * 40, "d.sh").diagnostics]

    assert down(600) == ["too-deep"]


HEAVY = {
    "quotes": "echo it's\n" * 20_001,
    "arithmetic": "((a\n" * 20_000,
    "arithmetic in words": "echo $((a\n" * 20_000,
    "old arithmetic": "echo " + "$[" * 40_000,
    "tests": "[[ a\n" * 20_000,
    "subshells": "(a\n" * 20_000,
    "substitutions": "echo $(a\n" * 20_000,
    "process substitutions": "a <(b\n" * 20_000,
    "patterns": "echo *(a\n" * 20_000,
    "heredocs on a line": "cat " + "<<E " * 5_000 + "\n" + "E\n" * 5_000,
    "expansions in a heredoc": "cat <<E\n" + "${a\n$(\n" * 10_000 + "E\n",
    "open braces": "echo " + "{," * 20_000,
    "an index": "a" + "[[[[]" * 3_000,
}


def calls(text: str) -> int:
    """How many calls reading the text takes: a cost that no other load of the machine changes."""
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        script(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_damaged_text_has_a_bounded_cost(text: str) -> None:
    assert calls(text) < 200 * len(text)


def test_cost_is_linear() -> None:
    line = 'if [ -f "$A/x" ]; then git -C /srv/app pull && cp "$A/x" ${B:-/y}/z; fi\n'
    assert calls(line * 2_000) < 11 * calls(line * 200)

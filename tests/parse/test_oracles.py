"""The parser against shfmt, which reads bash exactly, and against `bash -n`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import CASES
from converter.model.script import Exec, Opaque, Script
from parse import test_statements, test_words
from parse.printed import nodes, script
from shells import SCRIPTS

SHFMT = shutil.which("shfmt", path=Path(sys.executable).parent)
SAMPLES = [(case.input / name).read_text(encoding="utf-8") for case in CASES for name in case.scripts]
TEXTS = [text for text, _ in (*test_words.CASES, *test_statements.CASES)] + SAMPLES
# shfmt makes clauses of their own of these; it reads words inside `<( )` and `$(( ))`, which stay text for us.
CLAUSES = {"[[", "((", "let", "export", "local", "declare", "readonly", "typeset"}
CHARACTERS = "abc $(){}[]<>|&;\"'`\\\n=#!*?~-/EOF,.:@%+1"
laws = settings(deadline=None, max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck))


def accepts(text: str) -> bool:
    done = subprocess.run(["bash", "-O", "extglob", "-n"], input=text.encode(), capture_output=True, check=False)
    return done.returncode == 0


def words_of_shfmt(text: str) -> Counter[tuple[str, ...]] | None:
    """The words of each simple command as they are written, None where shfmt refuses the text."""
    command = [str(SHFMT), "--to-json", "-ln", "bash"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    return None if done.returncode else Counter(_calls(json.loads(done.stdout), text.encode()))


def _calls(node: Any, raw: bytes) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict):
        if node.get("Type") in ("ProcSubst", "ArithmExp"):
            return
        if node.get("Type") == "CallExpr" and node.get("Args"):
            yield tuple(raw[a["Pos"]["Offset"] : a["End"]["Offset"]].decode() for a in node["Args"])
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _calls(one, raw)


def words_of_ours(found: Script) -> Counter[tuple[str, ...]]:
    """The same of our script, with what braces expand to counted as the one word that is written."""
    lines = found.source.text.split("\n")
    commands: list[tuple[str, ...]] = []
    for one in nodes(found.body):
        if isinstance(one, Exec) and one.words and one.words[0].source not in CLAUSES:
            spans = dict.fromkeys(word.span for word in one.words if word.span is not None)
            commands.append(
                tuple(
                    "\n".join(lines[span.line - 1 : span.end_line])[span.column - 1 :][
                        : sum(len(line) + 1 for line in lines[span.line - 1 : span.end_line - 1])
                        + span.end_column
                        - span.column
                        + 1
                    ]
                    for span in spans
                )
            )
    return Counter(commands)


@pytest.mark.skipif(SHFMT is None, reason="shfmt is not installed")
@pytest.mark.parametrize("text", [text for text in TEXTS if "`" not in text and "coproc" not in text])
def test_words_are_those_of_shfmt(text: str) -> None:
    expected = words_of_shfmt(text)
    if expected is not None:
        assert words_of_ours(script(text)) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_what_bash_accepts_is_read(text: str) -> None:
    # `${}` is an error only when it runs, and a coprocess is not followed.
    if accepts(text) and "${}" not in text and "coproc" not in text:
        assert not [one for one in nodes(script(text).body) if isinstance(one, Opaque)]


@laws
@given(SCRIPTS)
def test_generated_scripts_are_read_as_shfmt_does(text: str) -> None:
    found = script(text)
    assert not [one for one in nodes(found.body) if isinstance(one, Opaque)]
    # Line ends of other systems are ours when we read, and shfmt's when it prints.
    expected = words_of_shfmt(text) if SHFMT and "`" not in text and "\r" not in text else None
    if expected is not None:
        assert words_of_ours(found) == expected


@laws
@given(st.text(alphabet=CHARACTERS, max_size=80))
def test_whatever_the_text_each_line_is_in_the_script(text: str) -> None:
    found = script(text)
    covered = {number for one in found.body for number in range(one.span.line, one.span.last_line + 1)} | {
        number
        for one in nodes(found.body)
        if (place := getattr(one, "target_span", None)) is not None
        for number in range(place.line, place.last_line + 1)
    }
    for number, line in enumerate(found.source.text.split("\n"), 1):
        assert number in covered or not line.strip(" \t\\;&") or found.body


@laws
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    script(data)

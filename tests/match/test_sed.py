"""Scripts of sed against sed itself: what the edits make of a text is what `sed` prints."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from converter.match.sed import additions, deletions, substitutions
from converter.match.unsuited import UnsuitedError
from converter.model.value import Value, Variable

TEXT = "listen 80 80;\n#PermitRootLogin yes\nPort 22\na(b)c a.c abc\n\npath=/usr/bin:/bin\n[x]{2} $5 tab\there \\ ^\n"

SUBSTITUTIONS = [
    "s/80/8080/",
    "s/80/8080/g",
    "s/[0-9]+/N/g",
    r"s/[0-9]\+/N/g",
    r"s/^#\?PermitRootLogin.*/PermitRootLogin no/",
    "s|/usr/bin|/opt/bin|",
    r"s/a(b)c/<&>/",
    r"s/\(a\)\.c/\1-c/g",
    "s/b/[&]/",
    "s/[^a-z]/_/g",
    "s/[[:space:]]*$//",
    r"s/\s\+/ /g",
    r"s/\bPort\b/port/",
    r"s/x\|y/z/g",
    "s/PORT/port/I",
    r"s/path=\(.*\):\(.*\)/path=\2:\1/",
    r"s/[]x[]/-/g",
    r"s/\$5/five/",
    r"s/\[x\]{2}/y/",
    r"s/\\/slash/",
    r"s/Port 22/Port\n22/",
    "s/80/A/;s/22/B/",
    r"/^Port/c\Port 2222",
]
EXTENDED = [
    r"s/([0-9]+) ([0-9]+)/\2 \1/",
    r"s/^#?(Permit\w+) .*/\1 no/",
    r"s/a\.c|abc/X/g",
    "s/x{1,2}/y/",
    r"s/\(b\)/B/",
]
DELETIONS = ["/Permit/d", "/^$/d", r"/a(b)/d", "/^#/d;/Port/d"]


def sed(script: str, *flags: str) -> str:
    """What the real sed prints."""
    program = shutil.which("sed")
    if program is None:
        pytest.skip("sed is not installed")
    return subprocess.run([program, *flags, script], input=TEXT, capture_output=True, text=True, check=True).stdout


def edited(script: str, *, extended: bool) -> str:
    """What Ansible's replace module makes of the text."""
    text = TEXT
    for edit in substitutions(Value.of(script), extended, [Value.of("/f")]):
        text = re.sub(edit.pattern.text or "", edit.replacement.text or "", text, flags=re.MULTILINE)
    return text


@pytest.mark.parametrize("script", SUBSTITUTIONS)
def test_substitutions_are_those_of_sed(script: str) -> None:
    assert edited(script, extended=False) == sed(script)


@pytest.mark.parametrize("script", EXTENDED)
def test_extended_substitutions_are_those_of_sed(script: str) -> None:
    assert edited(script, extended=True) == sed(script, "-E")


@pytest.mark.parametrize("script", DELETIONS)
def test_deletions_are_those_of_sed(script: str) -> None:
    lines = TEXT.splitlines(keepends=True)
    for edit in deletions(Value.of(script), False, [Value.of("/f")]):
        lines = [line for line in lines if not re.search(edit.pattern.text or "", line.rstrip("\n"))]
    assert "".join(lines) == sed(script)


@pytest.mark.parametrize(
    "script",
    [
        "3s/a/b/",
        "s/a/b/2",
        "s/a/\\U&/",
        "y/a/b/",
        "1,3d",
        "/a/{s/b/c/}",
        "s/a/b",
        "/a/!d",
        "s/$/!/",
        "s/^/> /",
        "s/\\(a/b/",
    ],
)
def test_what_has_no_equal_is_not_taken(script: str) -> None:
    for read in (substitutions, deletions, additions):
        with pytest.raises(UnsuitedError):
            read(Value.of(script), False, [Value.of("/f")])


def test_variables_stay_in_the_replacement() -> None:
    script = Value.of("s|^HOST=.*|HOST=") + Value(Variable("HOST")) + Value.of("|")
    (edit,) = substitutions(script, False, [Value.of("/f")])
    assert edit.replacement == Value.of("HOST=") + Value(Variable("HOST"))


def test_a_variable_in_the_pattern_is_not_taken() -> None:
    script = Value.of("s/") + Value(Variable("OLD")) + Value.of("/new/")
    with pytest.raises(UnsuitedError):
        substitutions(script, False, [Value.of("/f")])

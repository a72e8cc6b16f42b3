"""What a shell is handed when it starts, here and on another host, and files by the place of the script."""

from __future__ import annotations

import subprocess

import pytest

from converter.model.source import SourceFile
from converter.model.trace import Trace
from converter.parse import parse_text
from converter.trace import trace

FILES = {"lib.sh": "frob $WORD", "config/lib.sh": "frob $WORD"}


def traced(text: str) -> Trace:
    def load(path: str) -> SourceFile | None:
        return SourceFile(path=path, text=FILES[path]) if path in FILES else None

    return trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=load)


def frobbed(text: str) -> list[str | None]:
    return [step.argv[1].text for step in traced(text).steps if step.argv and step.argv[0].text == "frob"]


@pytest.mark.parametrize(
    "text",
    [
        "ssh h.test WORD=a bash -s <<'E'\nfrob $WORD\nE",
        "X=a; ssh h.test WORD=\"$X\" bash -s <<'E'\nfrob $WORD\nE",
        "ssh h.test 'WORD=a bash -s' <<'E'\nfrob \"$WORD\"\nE",
        "ssh h.test env WORD=a bash -s <<'E'\nfrob $WORD\nE",
        "WORD=a bash -c 'frob $WORD'",
        "WORD=a bash -s <<'E'\nfrob $WORD\nE",
        "WORD=a ./lib.sh",
        "WORD=a bash lib.sh",
    ],
)
def test_a_shell_has_the_variables_before_it(text: str) -> None:
    assert frobbed(text) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        'HERE="$(cd "$(dirname "$0")" && pwd)"; WORD=a; . "$HERE/lib.sh"',
        'HERE=$(dirname "$(readlink -f "$0")"); ROOT=$HERE; WORD=a; source "$ROOT/./config/lib.sh"',
        'DIR="${BASH_SOURCE%/*}/config"; WORD=a; . "$DIR/lib.sh"',
        'WORD=a; . "${0%/*}/lib.sh"',
        'WORD=a; cd "${0%/*}"; . ./lib.sh',
    ],
)
def test_files_are_found_by_the_place_of_the_script(text: str) -> None:
    assert frobbed(text) == ["a"]


@pytest.mark.parametrize("declared", ["local WORD", "local -a WORD", "declare WORD", "local OTHER=b WORD"])
def test_what_a_function_declares_without_a_value_is_its_own(declared: str) -> None:
    assert frobbed(f"WORD=a; f() {{ {declared}; WORD=c; frob $WORD; }}; f; frob $WORD") == ["c", "a"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("WORD=a; f() { local WORD=c; frob $WORD; }; f; frob $WORD", ["c", "a"]),
        ("WORD=a; g() { WORD=d; }; f() { local WORD=c; g; frob $WORD; }; f; frob $WORD", ["d", "a"]),
        ("WORD=a; f() { WORD=c; frob $WORD; }; f; frob $WORD", ["c", "c"]),
        ("f() { local WORD=$1; [ $1 = c ] || f c; frob $WORD; }; f b", ["c", "b"]),
        ("WORD=a; f() { [ -f x ] && { local WORD=c; }; true; }; f; frob $WORD", ["a"]),
        ("WORD=a; f() { for WORD in b c; do frob $WORD; done; }; f; frob $WORD", ["b", "c", "c"]),
        ("WORD=a; f() { local WORD; for WORD in b c; do frob $WORD; done; }; f; frob $WORD", ["b", "c", "a"]),
    ],
)
def test_a_function_hides_a_variable_no_longer_than_it_runs(text: str, words: list[str]) -> None:
    bash = subprocess.run(["bash", "-c", f"frob() {{ echo $1; }}; {text}"], capture_output=True, text=True, check=True)
    assert frobbed(text) == words == bash.stdout.split()

"""Quotes of shell text: a variable that is put into it is expanded wherever it stands, and bash says so too."""

from __future__ import annotations

import subprocess

import pytest

from converter.model.quoting import Quoting, expanding
from converter.model.value import Literal, Value, Variable
from converter.pipeline import scripts_to_plan


@pytest.mark.parametrize(
    "text",
    [
        "printf %s '@'",
        "printf %s 'a@b'",
        "printf '%s' 'a'@'b' # it's @",
        'printf %s "it\'s @"',
        "printf %s \"$(printf %s '@')\" '@'",
        "cat <<'END'\nit's $HOME, `date` and \\n: @\nEND\nprintf %s '@'",
        "cat <<END\nit's '@'\nEND",
        "cat <<-'END'\n\tit's '@'\n\tEND",
        "cat <<\\END | cat\n@\nEND",
        "echo $((1<<2)) '@'",
        "cat <<< '@'",
        "(printf %s '@'; printf %s '(' \"@\")",
        "printf %s \\' '@'",
    ],
)
def test_bash_expands_what_is_put_in(text: str) -> None:
    before, *rest = text.split("@")
    parts: list[Literal | Variable] = [Literal(before)]
    for piece in rest:
        parts += [Variable("X"), Literal(piece)]
    changed = expanding(Value(*parts)).shell()
    wanted = subprocess.run(["bash", "-c", text.replace("@", "s3cret")], capture_output=True, text=True, check=True)
    found = subprocess.run(
        ["bash", "-c", changed],
        capture_output=True,
        text=True,
        check=True,
        env={"X": "s3cret", "PATH": "/usr/bin:/bin"},
    )
    assert found.stdout == wanted.stdout


def test_text_without_variables_stays_itself() -> None:
    text = Value.of("cat <<'END'\n$HOME\nEND\n")
    assert expanding(text) is text


def test_every_sign_has_a_state() -> None:
    text = "a 'b \"c' \"d 'e\" $(f 'g') # h\ncat <<X\n'\nX\ni"
    assert len(Quoting(text).states) == len(text)


def test_a_password_in_single_quotes_is_expanded() -> None:
    script = b"#!/bin/bash\nmysql -u root -p'Sup3rGeheim!7' shop < a.sql | tail -n 1 > /srv/out\n"
    (kept,) = scripts_to_plan([("deploy.sh", script)], name="app").resources
    source = getattr(kept.spec, "source", Value())
    assert '-p"${mysql_password}" shop' in source.shell()

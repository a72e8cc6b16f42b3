"""Programs that are fetched and run at once, and files that other commands print."""

from __future__ import annotations

import pytest

from converter.model.trace import Disposition, Succeeds, Trace
from converter.parse import parse_text
from converter.pipeline import scripts_to_plan
from converter.resources.command import Command
from converter.trace import trace


def traced(text: str) -> Trace:
    return trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda path: None)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("bash <(curl -s https://example.com/a)", None),
        ("sh <(wget -qO- https://example.com/a) --yes 'a b' > out 2>&1", None),
        ('bash -c "$(curl -fsSL https://example.com/a)"', None),
        ('eval "$(curl -fsSL https://example.com/a)"', None),
        (
            'sudo sh -c "$(curl -fsSL https://example.com/a)" "" --yes',
            "sh -c \"$(curl -fsSL https://example.com/a)\" '' --yes",
        ),
        ('ssh web bash -c "$(curl -s https://example.com/a)"', 'bash -c "$(curl -s https://example.com/a)"'),
    ],
)
def test_what_is_fetched_and_run_is_kept_and_said(text: str, source: str | None) -> None:
    plan = scripts_to_plan([("deploy.sh", f"#!/bin/bash\n{text}\n".encode())], name="app")
    (kept,) = [found.spec for found in plan.resources if isinstance(found.spec, Command)]
    assert kept.source.shell() == (source or text)
    said = [entry for entry in plan.ledger if "curl" in entry.text or "wget" in entry.text]
    assert {str(entry.disposition) for entry in said} <= {"kept", "absorbed"}
    assert any("installer from the net" in entry.reason for entry in said)


def test_a_command_that_reads_what_another_prints_is_kept() -> None:
    (step,) = traced("frob --file <(cat x) 'a b'").steps
    assert (step.source.shell(), step.stages) == ("frob --file <(cat x) 'a b'", ())


def test_a_test_of_what_commands_print_is_asked_as_it_stands() -> None:
    (step,) = traced("if diff -q <(ls a) <(ls b); then frob; fi").steps
    (test,) = step.guard
    assert isinstance(test.subject, Succeeds)
    assert (test.subject.text.text, test.subject.argv) == ("diff -q <(ls a) <(ls b)", ())


def test_what_eval_gets_from_elsewhere_is_left_to_a_person() -> None:
    (command,) = traced('eval "$(frob env)"').commands
    assert command.disposition == Disposition.UNRESOLVED

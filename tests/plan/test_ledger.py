"""The account: one entry a command, the gravest fate of its steps, and what changes in meaning."""

from __future__ import annotations

import msgspec

from converter.model.match import Verdict
from converter.model.trace import Disposition
from plan.making import Script, host, said, spec, v


def test_the_gravest_fate_counts() -> None:
    script = Script()
    script.step("frob", spec("directory", path="/a"))
    script.step("frob other")
    both = msgspec.structs.replace(script.commands[0], steps=(0, 1))
    script.commands = [both]
    made = script.plan()
    assert said(made, "frob")[0] == "unresolved"
    assert said(made, "frob")[1] == ("directory./a", "command.frob other")


def test_what_the_trace_dropped_stays_dropped_with_its_reason() -> None:
    script = Script()
    script.step("frob", verdict=Verdict.ABSORB)
    script.commands[0] = msgspec.structs.replace(
        script.commands[0], steps=(), disposition=Disposition.DROPPED, reason="it never runs"
    )
    assert said(script.plan(), "frob") == ("dropped", (), "It never runs.")


def test_a_kept_command_says_why() -> None:
    script = Script()
    script.step("php artisan migrate", verdict=Verdict.KEEP)
    script.matches[0] = msgspec.structs.replace(script.matches[0], reason="migrations have no declarative form")
    made = script.plan()
    assert said(made, "php artisan migrate")[0] == "kept"
    assert made.resources[0].reason == "migrations have no declarative form"
    assert made.questions == ()


def test_an_unmatched_command_is_a_question() -> None:
    script = Script()
    script.step("frobctl sync --all")
    made = script.plan()
    assert said(made, "frobctl sync --all")[0] == "unresolved"
    assert [(found.prompt, found.choices, found.default) for found in made.questions] == [
        ('no rule knows "frobctl sync --all"', ("keep", "drop"), "keep")
    ]
    assert [str(found) for found in made.diagnostics] == [
        (
            'deploy.sh:1:1: warning[unmatched-command]: no rule knows "frobctl sync --all"\n'
            '  hint: add a rule, or answer "keep" or "drop" in review'
        )
    ]


def test_it_says_where() -> None:
    script = Script()
    script.step("frob", at=host("web1", "deploy"), user="root")
    entry = script.plan().ledger[0]
    assert (entry.host, entry.user, entry.cwd) == ("deploy@web1", "root", "${project_dir}")


def test_going_on_after_failures_is_told() -> None:
    script = Script(stops_on_error=False)
    script.step("frob")
    script.step("grob")
    assert any("although the script goes on" in change for change in script.plan().changes)


def test_environments_that_matter_are_kept() -> None:
    script = Script()
    exported = (("NODE_ENV", v("production")),)
    script.step("mkdir /x", spec("directory", path="/x"), environment=exported)
    script.step("npm run build", environment=exported)
    made = script.plan()
    assert [dict(found.context.environment).keys() for found in made.resources] == [set(), {"NODE_ENV"}]

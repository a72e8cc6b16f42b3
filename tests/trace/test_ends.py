"""How a step ended: what depends on its success is done after that alone, and what goes without saying is not said."""

from __future__ import annotations

import pytest

from converter.model.trace import ends_asked
from converter.pipeline import scripts_to_plan


def told(text: str) -> dict[str, list[tuple[int, bool]]]:
    """Each resource with the steps whose ends it asks for, and whether for their success."""
    plan = scripts_to_plan([("deploy.sh", f"#!/bin/bash\n{text}\n".encode())], name="app")
    return {each.spec.label(): list(ends_asked(each.guard)) for each in plan.resources}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bin/a && bin/b && bin/c", {"bin/a": [], "bin/b": [], "bin/c": []}),
        ("if bin/a; then bin/b; fi; bin/c", {"bin/a": [], "bin/b": [(0, True)], "bin/c": []}),
        ("if bin/a; then bin/b; else bin/c; fi", {"bin/a": [], "bin/b": [(0, True)], "bin/c": [(0, False)]}),
        ("if ! bin/a; then bin/b; else bin/c; fi", {"bin/a": [], "bin/b": [(0, False)], "bin/c": [(0, True)]}),
        ("if bin/a; then bin/b; else echo no; exit 1; fi", {"bin/a": [], "bin/b": []}),
        ("set -e; bin/a || exit 1; bin/b", {"bin/a": [], "bin/b": []}),
        ("bin/a || exit 0; bin/b", {"bin/a": [], "bin/b": [(0, True)]}),
        ("f() { bin/a || return 0; bin/b; }; f; bin/c", {"bin/a": [], "bin/b": [(0, True)], "bin/c": []}),
        (
            "bin/a; if [ $? -eq 0 ]; then bin/b; else bin/c; fi",
            {"bin/a": [], "bin/b": [(0, True)], "bin/c": [(0, False)]},
        ),
        ("bin/date; bin/test", {"bin/date": [], "bin/test": []}),
    ],
)
def test_what_asks_how_a_step_ended(text: str, wanted: dict[str, list[tuple[int, bool]]]) -> None:
    assert told(text) == wanted


def test_both_sides_of_a_step_with_an_alternative() -> None:
    found = told("bin/a && bin/b || bin/c")
    assert found == {"bin/a": [], "bin/b": [(0, True)], "bin/c": [(0, False), (1, False)]}

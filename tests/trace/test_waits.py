"""Where a wait that the script gives up would let it go on, the report says that the deployment ends."""

from __future__ import annotations

import pytest

from converter.parse import parse_text
from converter.trace import trace


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("for i in 1 2 3; do curl -f localhost && break; sleep 1; done; frob", True),
        ("for i in 1 2 3; do curl -f localhost && break; [ $i = 3 ] && exit 1; sleep 1; done; frob", False),
        ("f() { for i in 1 2 3; do curl -f localhost && return 0; sleep 1; done; return 1; }; f; frob", True),
        ("for i in 1 2 3; do if curl -f localhost; then exit 0; fi; sleep 1; done; echo down; exit 1", False),
        ("for i in 1 2 3; do curl -f localhost && break; sleep 1; done; if [ $i = 3 ]; then frob; fi", False),
    ],
)
def test_a_wait_that_is_given_up_is_told(text: str, told: bool) -> None:
    made = trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda path: None)
    assert [step.retry.attempts for step in made.steps if step.retry is not None] == [3]
    assert any("given up" in said for said in made.assumptions) == told

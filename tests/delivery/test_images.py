"""Images of GitLab's jobs, and what is installed into them."""

from __future__ import annotations

import pytest

from converter.render.delivery.gitlab.images import packages
from converter.render.delivery.programs import needs


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("make test", {"make"}),
        ("if make test; then cargo build --release; fi", {"make", "cargo"}),
        ("envsubst < a.tmpl > a.conf", {"gettext-base"}),
        ("npm run make", set()),
    ],
)
def test_what_a_build_calls_is_installed(script: str, wanted: set[str]) -> None:
    installed = set(packages(needs([script]), [script]).split())
    assert installed & {"make", "cargo", "gettext-base"} == wanted

"""Secrets that only their use tells: a variable that a password flag gets."""

from __future__ import annotations

import pytest

from converter.plan.detection import flagged


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("mysqldump -u shop -p$DB shop", {"DB"}),
        ('sshpass -p "$HIDDEN" ssh web', {"HIDDEN"}),
        ("docker login -u ci -p ${KEY} registry.example.com", {"KEY"}),
        ("redis-cli -a $R ping", {"R"}),
        ("ssh -p $PORT web; psql -p $PORT", set()),
        ("mkdir -p $DIR", set()),
    ],
)
def test_variables_of_password_flags(line: str, names: set[str]) -> None:
    assert flagged(line) == names

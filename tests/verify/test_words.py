"""Commands in the text of a shell, also those that sessions run on their hosts."""

from __future__ import annotations

import pytest

from converter.verify.words import on_hosts


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("ssh ops@web 'sudo -u postgres pg_dump shop | gzip' > shop.gz", ["ssh", "pg_dump", "gzip"]),
        ("ssh -p 2222 -i key web uptime", ["ssh", "uptime"]),
        ('ssh $OPTIONS ops@$HOST "cd /srv && make all"', ["ssh", "cd", "make"]),
        ("ssh web", ["ssh"]),
        ("make test", ["make"]),
    ],
)
def test_programs_of_sessions(text: str, programs: list[str]) -> None:
    assert [simple.argv[0] for simple in on_hosts(text)] == programs

"""What kept commands need on a host is read out of their text."""

from __future__ import annotations

import pytest

from converter.verify.world.kept import Expected, expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cp -a /opt/app /var/backups/app-1", [Expected("/opt/app/sample.txt")]),
        ("cp conf/a.ini conf/*.cfg /etc/shop/", [
            Expected("/etc/shop", folder=True), Expected("/srv/conf/a.ini"), Expected("/srv/conf/sample.cfg"),
        ]),
        ("scp -P 22 -o BatchMode=yes -r conf/* root@h:/usr/local/shop/", [
            Expected("/usr/local/shop", folder=True, far=True), Expected("/srv/conf/sample.txt"),
        ]),
        ('ssh ops@db "pg_dump shop" > dumps/shop.sql', [Expected("/srv/dumps", folder=True)]),
        ("ssh ops@db 'cp /etc/a.conf /etc/b.conf'", [Expected("/etc/a.conf", far=True)]),
        ("ssh ops@db 'tar -C /srv/up -czf - .' > a.tgz", [Expected("/srv/up", folder=True, far=True)]),
        ('cp "$HOME/x" ~/y a:/b .', []),
        ("echo done > /dev/null", []),
    ],
)  # fmt: skip
def test_paths_of_kept_commands(text: str, found: list[Expected]) -> None:
    assert list(expected(text, "/srv")) == found

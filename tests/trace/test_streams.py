"""Streams of what is followed command by command: none of them is lost, and the one who opens a file is its owner."""

from __future__ import annotations

import pytest

from converter.model.resource import Resource
from converter.model.trace import RunsOn
from converter.pipeline import scripts_to_plan
from converter.resources.command import Command
from converter.resources.file import File


def made(text: str, runs_on: RunsOn = RunsOn.SERVER) -> list[Resource]:
    plan = scripts_to_plan([("deploy.sh", f"#!/bin/bash\n{text}\n".encode())], name="app", runs_on=runs_on)
    return list(plan.resources)


@pytest.mark.parametrize(
    "text",
    [
        'ssh deploy@web "pg_dump shop" > backup.sql',
        "ssh deploy@web <<'X' > told.txt\n./tell\nX",
        "bash -c './one && ./two' > both.txt",
        "sudo -u app bash -c 'cd /srv && ./one' > one.txt",
        "su - app -c './one' > one.txt",
        "timeout 60 ssh web ./one > one.txt",
        "for day in a b; do ./load $day; done > loaded.txt",
        "if ./check; then ./one; else ./two; fi > one.txt",
        'case "$(uname)" in Linux) ./one ;; *) ./two ;; esac > one.txt',
        "bash -c './one' < given.txt",
    ],
)
def test_the_streams_of_a_whole_are_kept_with_it(text: str) -> None:
    (kept,) = made(text)
    assert isinstance(kept.spec, Command)
    assert kept.spec.source.shell() == text
    assert kept.context.user is None


def test_a_log_takes_nothing_away_from_what_is_followed() -> None:
    kinds = [
        each.kind for each in made("bash -c 'mkdir -p /srv/shop; touch /srv/shop/here' >> /var/log/deploy.log 2>&1")
    ]
    assert kinds == ["directory", "touched_file"]


@pytest.mark.parametrize(
    "text",
    [
        "sudo -u postgres pg_dump shop > /srv/shop.sql",
        "sudo docker save shop > /srv/shop.tar",
        "sudo docker save shop | gzip > /srv/shop.tgz",
        "sudo cat /etc/shadow >> /srv/accounts",
    ],
)
def test_who_calls_sudo_opens_the_file(text: str) -> None:
    (kept,) = made(text)
    assert isinstance(kept.spec, Command)
    assert kept.spec.source.shell() == text
    assert kept.context.user is None


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("sudo echo hello > /srv/hello", None),
        ("sudo cat > /srv/hello <<'X'\nhello\nX", None),
        ("echo hello | sudo tee /srv/hello > /dev/null", "root"),
        ("sudo sh -c 'echo hello > /srv/hello'", "root"),
    ],
)
def test_a_file_belongs_to_the_one_who_opens_it(text: str, user: str | None) -> None:
    (written,) = made(text)
    assert isinstance(written.spec, File)
    assert (written.context.user.text if written.context.user else None) == user

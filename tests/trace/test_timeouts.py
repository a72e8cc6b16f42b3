"""Commands with a limit of time: followed, with the limit told; in the background they are no program that goes on."""

from __future__ import annotations

import pytest

from converter.model.plan import Plan
from converter.pipeline import scripts_to_plan
from converter.resources.command import Command


def made(text: str) -> Plan:
    return scripts_to_plan([("deploy.sh", text.encode())], name="app")


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("timeout 300 npm ci", "300"),
        ("timeout -k 5 10m docker pull nginx:1.27", "10m"),
        ("sudo timeout --signal=KILL 1.5h rsync -a /srv/a/ /srv/b/", "1.5h"),
    ],
)
def test_the_limit_is_told(line: str, limit: str) -> None:
    assert f"deploy.sh:1: the limit of {limit} that timeout sets is not kept" in made(line).assumptions


@pytest.mark.parametrize("line", ["timeout 5 npm start &", "nohup timeout 1h node worker.js > log 2>&1 &"])
def test_what_is_ended_after_a_while_becomes_no_service(line: str) -> None:
    (found,) = made(f"cd /srv/app\n{line}\n").resources
    assert isinstance(found.spec, Command)
    assert found.spec.source.shell() == line


def test_what_goes_on_still_becomes_one() -> None:
    assert [each.kind for each in made("nohup node worker.js &").resources] == ["process"]

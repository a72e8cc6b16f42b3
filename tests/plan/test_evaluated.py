"""Conditions are asked where the script asks them, if something that follows there would change the answer."""

from __future__ import annotations

from converter.pipeline import scripts_to_plan

RAN = """#!/bin/bash
set -e
if systemctl is-active --quiet shop; then RAN=yes; else RAN=no; fi
mkdir -p /srv/shop
sudo systemctl stop shop
touch /srv/shop/new
if [ "$RAN" = yes ]; then sudo systemctl start shop; fi
"""
THERE = """#!/bin/bash
HAD=no
[ -f /srv/shop/.env ] && HAD=yes
mkdir -p /srv/shop/logs
cp /etc/shop/env /srv/shop/.env
if [ "$HAD" = no ]; then ./bin/first-time; fi
"""


def asked(script: str) -> dict[str, list[str]]:
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="app")
    return {each.kind: [test.span.lines() for test in each.asks] for each in plan.resources if each.asks}


def test_whether_a_service_runs_is_asked_before_it_is_stopped() -> None:
    assert asked(RAN) == {"directory": ["deploy.sh:3"]}


def test_whether_a_file_is_there_is_asked_before_it_is_written() -> None:
    assert asked(THERE) == {"file_copy": ["deploy.sh:3"]}


def test_what_nothing_changes_is_asked_where_it_is_needed() -> None:
    assert (
        asked(RAN.replace("sudo systemctl stop shop\ntouch /srv/shop/new\n", "").replace("mkdir -p /srv/shop\n", ""))
        == {}
    )

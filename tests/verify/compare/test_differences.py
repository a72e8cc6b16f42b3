"""States are compared by meaning: what differs is told on both sides, what is random is left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from converter.model.report import Start
from converter.verify.compare.differences import differences, unstable
from converter.verify.compare.times import State, without_times

FILE = {"type": "file", "owner": "root", "group": "root", "mode": "0644", "sha256": "a" * 64, "text": "one\ntwo\n"}
UNIT = {"active": True, "enabled": "enabled", "started": True}
DAY = dt.date(2026, 3, 9)


def told(
    script: State, manifests: State, again: State | None = None, start: Start = Start.FRESH
) -> list[tuple[str, str, str]]:
    found = differences(script, manifests, unstable(script, again or script), host="app", start=start)
    return [(each.thing, each.script, each.manifests) for each in found]


DIFFERENT: list[tuple[dict[str, Any] | None, dict[str, Any] | None, tuple[str, str]]] = [
    (FILE, {**FILE, "mode": "0600"}, ("mode 0644", "mode 0600")),
    (FILE, {**FILE, "owner": "www"}, ("owner root", "owner www")),
    (FILE, {**FILE, "sha256": "b" * 64, "text": "one\nthree\n"}, ("two", "three")),
    (FILE, {**FILE, "sha256": "b" * 64, "text": "one\ntwo"}, ("", "no newline at its end")),
    ({"type": "gone"}, None, ("not there", "as it was before")),
    (None, {"type": "link", "target": "/x"}, ("as it was before", "type link, target /x")),
]


@pytest.mark.parametrize(("one", "other", "words"), DIFFERENT)
def test_files(one: dict[str, Any] | None, other: dict[str, Any] | None, words: tuple[str, str]) -> None:
    left: State = {"file": {"/etc/x": one} if one else {}}
    right: State = {"file": {"/etc/x": other} if other else {}}
    assert told(left, left) == []
    assert told(left, right) == [("/etc/x", *words)]


def test_a_restart_counts_on_a_fresh_host_alone() -> None:
    left: State = {"service": {"nginx.service": UNIT}}
    right: State = {"service": {"nginx.service": {**UNIT, "started": False}}}
    assert told(left, right) == [("nginx.service", "started yes", "started no")]
    assert told(left, right, start=Start.DEPLOYED) == []


def test_what_two_runs_of_the_script_do_not_agree_on_is_left_out_but_for_the_rest_of_it() -> None:
    script: State = {"file": {"/key": FILE, "/random-1": FILE}}
    again: State = {"file": {"/key": {**FILE, "sha256": "b" * 64, "text": "x"}, "/random-2": FILE}}
    manifests: State = {"file": {"/key": {**FILE, "sha256": "c" * 64, "text": "y", "mode": "0600"}, "/random-3": FILE}}
    assert ("/key", "mode 0644", "mode 0600") in told(script, manifests, again)
    assert [thing for thing, *_ in told(script, manifests, again)] == ["/key", "/random-3"]


TIMES = [
    ("/srv/releases/20260309143000", "/srv/releases/<time>"),
    ("/srv/releases/2026-03-09_14-30-00", "/srv/releases/<time>"),
    ("backup-20260309.sql", "backup-<time>.sql"),
    (f"x-{1773060000}.tgz", "x-<time>.tgz"),
    ("/opt/v20250101", "/opt/v20250101"),
    ("deadbeef20260309143000aa", "deadbeef20260309143000aa"),
]


@pytest.mark.parametrize(("name", "plain"), TIMES)
def test_times_of_the_run_are_the_same(name: str, plain: str) -> None:
    assert list(without_times({"file": {name: FILE}}, DAY)["file"]) == [plain]


def test_names_that_differ_in_their_time_alone_stay_apart() -> None:
    state: State = {"file": {"/r/20260309143001": {**FILE, "mode": "0600"}, "/r/20260309143000": FILE}}
    found = without_times(state, DAY)["file"]
    assert {name: each["mode"] for name, each in found.items()} == {"/r/<time>": "0644", "/r/<time> #2": "0600"}

"""Restarts as handlers: what triggers them, where they stand, and when a restart stays a step."""

from __future__ import annotations

import pytest

from converter.model.plan import EdgeKind, Plan
from converter.model.trace import Host
from converter.plan.order import contradictions
from plan.making import Script, addresses, host, resource, spec


def notifiers(made: Plan, address: str) -> list[str]:
    return [edge.first for edge in made.edges if edge.kind == EdgeKind.NOTIFIES and edge.second == address]


def restart(script: Script, at: Host | None = None) -> None:
    script.step("systemctl restart app", spec("service", name="app", state="restarted"), at=at)


def test_a_restart_is_triggered_by_all_that_came_before() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    script.step("frob")
    restart(script)
    made = script.plan()
    assert addresses(made) == ["file_copy./b", "command.frob", "service.app", "service.app#2"]
    assert resource(made, "service.app").spec == spec("service", name="app", state="started")
    assert resource(made, "service.app#2").handler
    assert notifiers(made, "service.app#2") == ["file_copy./b", "command.frob"]
    assert any("app is restarted only when" in change for change in made.changes)
    assert contradictions(made) == ()


def test_a_restart_that_nothing_precedes_stays_a_step() -> None:
    script = Script()
    restart(script)
    made = script.plan()
    assert [found.handler for found in made.resources] == [False]


def test_a_restart_is_flushed_where_more_follows() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    restart(script)
    script.step("frob")
    made = script.plan()
    follows = [edge.second for edge in made.edges if edge.kind == EdgeKind.REQUIRES and edge.first == "service.app#2"]
    assert follows == ["command.frob"]


def test_the_second_restart_looks_at_what_came_since_the_first() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    restart(script)
    script.step("cp c d", spec("file_copy", src="/c", dest="/d"))
    restart(script)
    made = script.plan()
    assert addresses(made)[-2:] == ["file_copy./d", "service.app#3"]
    assert notifiers(made, "service.app#3") == ["file_copy./d"]


def test_a_reload_starts_nothing() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    script.step("systemctl reload app", spec("service", name="app", state="reloaded"))
    made = script.plan()
    assert [(found.address, found.handler) for found in made.resources] == [
        ("file_copy./b", False),
        ("service.app", True),
    ]


@pytest.mark.parametrize("states", [("reloaded", "started"), ("started", "reloaded")])
def test_a_reload_that_need_not_run_does_not_stand_for_a_start(states: tuple[str, str]) -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    for state in states:
        script.step(f"systemctl app {state}", spec("service", name="app", state=state))
    made = [(getattr(found.spec, "state", ""), found.handler) for found in script.plan().resources[1:]]
    assert made == [(state, state == "reloaded") for state in states]


def test_a_restart_whose_failure_is_handled_stays_a_step() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    first = script.step("systemctl restart app", spec("service", name="app", state="restarted"))
    script.step("frob", guard=(script.failed(first),))
    assert not any(found.handler for found in script.plan().resources)


def test_a_restart_after_a_failure_stays_a_step() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"))
    first = script.step("frob")
    script.step("systemctl restart app", spec("service", name="app", state="restarted"), guard=(script.failed(first),))
    assert not any(found.handler for found in script.plan().resources)


def test_another_host_triggers_nothing() -> None:
    script = Script()
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"), at=host("db.example.com", "root"))
    restart(script, at=host("web.example.com", "root"))
    assert not any(found.handler for found in script.plan().resources)


def test_a_step_elsewhere_between_change_and_restart_keeps_it_a_step() -> None:
    script = Script()
    web, db = host("web.example.com", "root"), host("db.example.com", "root")
    script.step("cp a b", spec("file_copy", src="/a", dest="/b"), at=web)
    script.step("frob", at=db)
    script.step("cp c d", spec("file_copy", src="/c", dest="/d"), at=web)
    restart(script, at=web)
    assert not any(found.handler for found in script.plan().resources)


def test_a_background_program_is_a_service_with_a_restart() -> None:
    script = Script()
    script.step("cp a app.jar", spec("file_copy", src="/a", dest="/srv/app.jar"))
    process = spec("process", name="app", command="java -jar app.jar", stop=True)
    script.step("java -jar app.jar &", process)
    made = script.plan()
    assert [(found.address, found.handler) for found in made.resources[1:]] == [
        ("process.app", False),
        ("process.app#2", True),
    ]


def test_many_restarts_need_few_edges() -> None:
    def count(size: int) -> int:
        script = Script()
        for number in range(size):
            script.step(f"cp {number}", spec("file", path=f"/etc/{number}", content="x"))
            script.step(f"restart {number}", spec("service", name=f"app{number}", state="restarted"))
        return len([edge for edge in script.plan().edges if edge.kind == EdgeKind.NOTIFIES])

    assert count(400) < 2.2 * count(200)


def test_a_restart_stands_for_what_triggers_it() -> None:
    script = Script()
    for number in range(20):
        script.step(f"cp {number}", spec("file", path=f"/etc/{number}", content="x"))
    script.step("restart one", spec("service", name="one", state="restarted"))
    script.step("cp last", spec("file", path="/etc/last", content="x"))
    script.step("restart two", spec("service", name="two", state="restarted"))
    edges = [edge for edge in script.plan().edges if edge.kind == EdgeKind.NOTIFIES]
    assert [edge.first for edge in edges if edge.second == "service.two#2"] == ["service.one#2", "file./etc/last"]
    assert len([edge for edge in edges if edge.second == "service.one#2"]) == 20


def test_a_restart_under_a_condition_stands_for_nothing() -> None:
    script = Script()
    for number in range(20):
        script.step(f"cp {number}", spec("file", path=f"/etc/{number}", content="x"))
    guard = (script.succeeds("frob"),)
    script.step("restart one", spec("service", name="one", state="restarted"), guard=guard)
    script.step("restart two", spec("service", name="two", state="restarted"))
    edges = [edge for edge in script.plan().edges if edge.kind == EdgeKind.NOTIFIES]
    assert len([edge for edge in edges if edge.second.startswith("service.two")]) == 20

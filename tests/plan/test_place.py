"""Hosts, groups and phases."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from converter.model.plan import Plan
from converter.model.trace import Host, RunsOn
from converter.model.value import Value, Variable
from converter.pipeline import scripts_to_plan
from plan.making import Script, host, resource, spec, v

MKDIR = spec("directory", path="/srv/app")


def groups(made: Plan) -> list[tuple[str, list[str], bool]]:
    found = made.environments[0].groups
    return [(group.name, [item.address.shell() for item in group.hosts], group.serial) for group in found]


def test_a_script_without_ssh_deploys_the_server_it_runs_on() -> None:
    script = Script()
    script.step("mkdir /srv/app", MKDIR)
    made = script.plan()
    assert groups(made) == [("app", ["${deploy_host}"], False)]
    assert made.resources[0].on == "app"
    assert [(found.name, found.required) for found in made.variables] == [("deploy_host", True)]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("web1.example.com", "web1"),
        ("203.0.113.7", "app"),
        ("2001:db8::1", "app"),
        ("<your-server-ip>", "app"),
        ("1st.example.com", "host_1st"),
    ],
)
def test_the_group_is_named_for_the_host(address: str, name: str) -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step("mkdir /srv/app", MKDIR, at=host(address, "root"))
    assert [group[0] for group in groups(script.plan())] == [name]


@pytest.mark.parametrize(
    ("variable", "name"),
    [("SERVER", "app"), ("DB_HOST", "db"), ("REMOTE_HOST", "app"), ("STAGING_SERVER_IP", "staging")],
)
def test_the_group_is_named_for_the_variable(variable: str, name: str) -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    at = Host(address=Value(Variable(variable, v("203.0.113.7"))))
    script.step("mkdir /srv/app", MKDIR, at=at)
    made = script.plan()
    assert [group[0] for group in groups(made)] == [name]
    assert [(found.name, found.value) for found in made.variables] == [(variable, v("203.0.113.7"))]


def test_an_address_that_nobody_knows_is_asked_for() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step("mkdir /srv/app", MKDIR, at=host("<your-server-ip>", "root"))
    made = script.plan()
    assert groups(made) == [("app", ["${app_host}"], False)]
    assert "unknown-host" in {found.name for found in made.diagnostics}


def test_one_host_reached_in_several_ways_is_one() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step(
        "scp -P 2222 a.jar deploy@web1:/srv/a.jar",
        spec("upload", src="a.jar", dest="/srv/a.jar"),
    )
    script.step("mkdir /srv/app", MKDIR, at=host("web1", "deploy"))
    made = script.plan()
    assert groups(made) == [("web1", ["web1"], False)]
    assert made.environments[0].groups[0].hosts[0].port == v("2222")


@pytest.mark.parametrize(
    ("words", "login"),
    [
        (["rsync", "-az", "-e", "ssh -p 22 -i key", "dist/", "deploy@web1:/srv"], "deploy@web1 22 key"),
        (["scp", "-i", "key", "-P", "22", "a", "web1:/srv"], "@web1 22 key"),
        (["scp", "-r", "root@web1:/srv", "."], "root@web1  "),
        (["rsync", "-a", "--rsh=ssh -p22", "a:b", "c"], "@a 22 "),
    ],
)
def test_transfers_say_their_host(words: list[str], login: str) -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    argv = tuple(Value.of(word) for word in words)
    script.step(" ".join(words), spec("sync", src="x", dest="/srv"), argv=argv)
    found = script.plan().environments[0].groups[0].hosts[0]
    parts = [
        value.shell() if value is not None else ""
        for value in (found.user, found.address, found.port, found.identity_file)
    ]
    assert "{}@{} {} {}".format(*parts) == login


def test_a_loop_over_hosts_is_one_set_of_resources() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    for name in ("web1.example.com", "web2.example.com"):
        script.step("mkdir /srv/app", MKDIR, at=host(name, "deploy"), turn="loop", title=f"Deploying to {name}")
        script.step("frob", at=host(name, "deploy"), turn="loop")
    script.steps = [replace(step, span=script.steps[step.id % 2].span) for step in script.steps]
    made = script.plan()
    assert groups(made) == [("web", ["web1.example.com", "web2.example.com"], True)]
    assert [(found.address, found.steps) for found in made.resources] == [
        ("directory./srv/app", (0, 2)),
        ("command.frob", (1, 3)),
    ]
    assert made.resources[0].name == "Create directory /srv/app"


def test_several_loops_are_several_groups() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    for names in (("web1", "web2"), ("db1", "db2"), ("mail1", "mail2")):
        first = len(script.steps)
        for name in names:
            script.step("mkdir", spec("directory", path=f"/srv/{names[0]}"), at=host(name, "deploy"), turn=name)
            script.step("frob", at=host(name, "deploy"), turn=name)
        spans = [step.span for step in script.steps[first : first + 2]] * 2
        script.steps[first:] = [
            replace(step, span=span) for step, span in zip(script.steps[first:], spans, strict=True)
        ]
    made = script.plan()
    assert [group[0] for group in groups(made)] == ["web", "db", "mail"]
    assert [(found.on, found.steps) for found in made.resources] == [
        ("web", (0, 2)),
        ("web", (1, 3)),
        ("db", (4, 6)),
        ("db", (5, 7)),
        ("mail", (8, 10)),
        ("mail", (9, 11)),
    ]


def test_hosts_with_different_work_stay_apart() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step("mkdir /srv/app", MKDIR, at=host("web1", "deploy"))
    script.step("mkdir /srv/db", spec("directory", path="/srv/db"), at=host("db1", "deploy"))
    assert [group[0] for group in groups(script.plan())] == ["web1", "db1"]


def test_local_work_between_two_hosts_keeps_them_apart() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step("mkdir /srv/app", MKDIR, at=host("web1", "deploy"))
    script.step("frob")
    script.step("mkdir /srv/app # 2", MKDIR, at=host("web2", "deploy"))
    assert [group[0] for group in groups(script.plan())] == ["web1", "web2"]


def test_work_before_the_first_host_is_the_build() -> None:
    script = Script(runs_on=RunsOn.WORKSTATION)
    script.step("npm run build")
    script.step("frob push", phase="publish")
    script.step("frob after")
    script.step("mkdir /srv/app", MKDIR, at=host("web1", "deploy"))
    script.step("curl web1")
    made = script.plan()
    assert [(found.on, found.phase.value) for found in made.resources] == [
        ("local", "build"),
        ("local", "publish"),
        ("local", "publish"),
        ("web1", "deploy"),
        ("local", "deploy"),
    ]
    assert resource(made, "directory./srv/app").on == "web1"


def test_a_demand_on_a_host_is_asked_there_and_leaves_the_build_in_the_pipeline() -> None:
    text = 'ssh root@web.acme.test "[ -d /srv/a ]" || exit 1\nnpm run build\nssh root@web.acme.test "rm -rf /srv/a/b"'
    made = scripts_to_plan([("deploy.sh", text.encode())], name="shop")
    assert [(found.kind, found.on, str(found.phase)) for found in made.resources] == [
        ("assertion", "web", "deploy"),
        ("command", "local", "build"),
        ("absent", "web", "deploy"),
    ]
    assert any("after the build" in change for change in made.changes)


def test_what_a_condition_on_a_host_guards_is_part_of_the_deployment() -> None:
    text = 'if ssh root@web.acme.test "[ -d /srv/a ]"; then make tidy; fi\nssh root@web.acme.test "rm -rf /srv/a/b"'
    made = scripts_to_plan([("deploy.sh", text.encode())], name="shop")
    assert [(found.on, str(found.phase)) for found in made.resources] == [("local", "deploy"), ("web", "deploy")]

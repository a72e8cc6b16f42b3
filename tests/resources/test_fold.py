"""What two specs of one thing come to, and which are better left apart."""

from __future__ import annotations

import pytest

from converter.model.resource import Spec
from converter.model.value import Glob, Value, Variable
from converter.resources import KINDS


def made(kind: str, **fields: object) -> Spec:
    """A spec of that kind, with plain texts as values."""
    choices = {"pull", "build", "recreate", "state", "manager", "rule", "direction", "what", "format", "effect"}
    return KINDS[kind](**{name: _value(value) if name not in choices else value for name, value in fields.items()})


def _value(given: object) -> object:
    if isinstance(given, str):
        return Value.of(given)
    return tuple(Value.of(item) for item in given) if isinstance(given, list) else given


SHOP = {"project_src": "/srv/shop"}
UP = made("compose_project", **SHOP)
PULLED = made("compose_project", **SHOP, state="pulled", pull="always")
BUILT = made("compose_project", **SHOP, state="built", build="always")
API = {"name": "api", "cwd": "/srv"}
FOLDS = [
    (
        made("pm2_process", **API, state="absent"),
        made("pm2_process", **API, ecosystem="e.js"),
        made("pm2_process", **API, ecosystem="e.js", state="start_or_reload"),
    ),
    (
        made("pm2_process", name="api", cwd="/", state="stopped"),
        made("pm2_process", **API, script="a.js"),
        made("pm2_process", **API, script="a.js", state="restarted"),
    ),
    (
        made("pm2_process", **API, state="stopped"),
        made("pm2_process", **API, state="absent"),
        made("pm2_process", **API, state="absent"),
    ),
    (
        made("pm2_process", **API, script="a.js"),
        made("pm2_process", **API, state="restarted", options=["--update-env"]),
        made("pm2_process", **API, script="a.js", state="restarted", options=["--update-env"]),
    ),
    (
        made("directory", path="/srv/app"),
        made("file_attributes", path="/srv/app/", mode="755", owner="www"),
        made("directory", path="/srv/app", mode="755", owner="www"),
    ),
    (made("directory", path="/d"), made("directory", path="/d"), made("directory", path="/d")),
    (
        made("file", path="/run.sh", content="#!/bin/sh\n"),
        made("file_attributes", path="/run.sh", mode="+x"),
        made("file", path="/run.sh", content="#!/bin/sh\n", mode="+x"),
    ),
    (
        made("file", path="/f", content="a\n", mode="+x"),
        made("file_attributes", path="/f", mode="g-w"),
        made("file", path="/f", content="a\n", mode="+x,g-w"),
    ),
    (
        made("file", path="/f", content="a\n", mode="600"),
        made("file", path="/f", content="b\n"),
        made("file", path="/f", content="b\n", mode="600"),
    ),
    (
        made("file", path="/f", content="a\n"),
        made("line", path="/f", line="b"),
        made("file", path="/f", content="a\nb\n"),
    ),
    (
        made("file", path="/f", content="a\n"),
        made("text_block", path="/f", block="b\nc\n"),
        made("file", path="/f", content="a\nb\nc\n"),
    ),
    (
        made("touched_file", path="/f", owner="www"),
        made("file", path="/f", content="a\n"),
        made("file", path="/f", content="a\n", owner="www"),
    ),
    (
        made("file_copy", src="a.conf", dest="/etc/a.conf"),
        made("file_attributes", path="/etc/a.conf", mode="644"),
        made("file_copy", src="a.conf", dest="/etc/a.conf", mode="644"),
    ),
    (
        made("link", path="/srv/current", target="/srv/1"),
        made("link", path="/srv/current", target="/srv/2", force=True),
        made("link", path="/srv/current", target="/srv/2", force=True),
    ),
    (
        made("package", names=["git"]),
        made("package", names=["curl", "git"]),
        made("package", names=["git", "curl"]),
    ),
    (
        made("package_cache", manager="apt"),
        made("package", names=["git"]),
        made("package", names=["git"], update_cache=True),
    ),
    (
        made("service", name="nginx", enabled=True),
        made("service", name="nginx", state="started"),
        made("service", name="nginx", state="started", enabled=True),
    ),
    (
        made("service", name="nginx", state="started"),
        made("service", name="nginx.service", state="restarted"),
        made("service", name="nginx", state="restarted"),
    ),
    (
        made("systemd_reload"),
        made("service", name="app", state="restarted"),
        made("service", name="app", state="restarted", daemon_reload=True),
    ),
    (
        made("user", name="deploy", create_home=True, shell="/bin/bash"),
        made("user", name="deploy", groups=["docker"], append=True),
        made("user", name="deploy", create_home=True, shell="/bin/bash", groups=["docker"], append=True),
    ),
    (
        made("user", name="deploy", groups=["a"], append=True),
        made("user", name="deploy", groups=["b"]),
        made("user", name="deploy", groups=["b"]),
    ),
    (
        made("process", name="app", command="", state="stopped", stop_pattern="app.jar"),
        made("process", name="app", command="java -jar app.jar", cwd="/srv"),
        made("process", name="app", command="java -jar app.jar", cwd="/srv", stop=True, stop_pattern="app.jar"),
    ),
    (
        made("swap_file", path="/swapfile", size="2G"),
        made("file_attributes", path="/swapfile", mode="600"),
        made("swap_file", path="/swapfile", size="2G"),
    ),
    (
        made("swap_file", path="/swapfile", size="2G", format=True),
        made("swap_file", path="/swapfile", enabled=True),
        made("swap_file", path="/swapfile", size="2G", format=True, enabled=True),
    ),
    (
        made("firewall", policy=(("incoming", "deny"),)),
        made("firewall", policy=(("outgoing", "allow"),)),
        made("firewall", policy=(("incoming", "deny"), ("outgoing", "allow"))),
    ),
    (
        made("firewalld_rule", service="http", permanent=True, immediate=False),
        made("firewalld_rule", service="http"),
        made("firewalld_rule", service="http", permanent=True),
    ),
    (made("hostname", name="a"), made("hostname", name="b"), made("hostname", name="b")),
    (
        made("supervised_program", name="w", state="present"),
        made("supervised_program", name="w", state="restarted"),
        made("supervised_program", name="w", state="restarted"),
    ),
    (
        made("upload", src="a.conf", dest="/tmp/a.conf"),
        made("file_move", src="/tmp/a.conf", dest="/etc/b.conf"),
        made("upload", src="a.conf", dest="/etc/b.conf"),
    ),
    (
        made("upload", src="a.conf", dest="/tmp/b"),
        made("file_move", src="/tmp/b", dest="/etc/b"),
        made("upload", src="a.conf", dest="/etc/b"),
    ),
    (PULLED, UP, made("compose_project", **SHOP, pull="always")),
    (BUILT, UP, made("compose_project", **SHOP, build="always")),
    (BUILT, BUILT, BUILT),
    (made("compose_project", **SHOP, state="absent"), UP, made("compose_project", **SHOP, recreate="always")),
]

APART = [
    (made("directory", path="/d"), made("file_attributes", path="/d", mode="755", recurse=True)),
    (made("directory", path="/d", mode="700"), made("file_attributes", path="/d", mode="g+w")),
    (
        made("directory", path="/d"),
        KINDS["file_attributes"](path=Value(Glob("/d/*")), mode=Value.of("755")),
    ),
    (made("file", path="/f", content="no line end"), made("line", path="/f", line="b")),
    (made("file", path="/f", content="a\n", mode="4755"), made("file_attributes", path="/f", owner="root")),
    (made("file_copy", src="a", dest="/etc/b"), made("file_attributes", path="/etc/b", mode="644")),
    (made("file_copy", src="a/", dest="/b", recursive=True), made("file_attributes", path="/b", mode="755")),
    (made("link", path="/l", target="/a"), made("link", path="/l", target="/b")),
    (made("absent", path="/x", recursive=True), made("directory", path="/x")),
    (made("package", names=["git"]), made("package", names=["curl"], state="latest")),
    (made("package", names=["git"]), made("package", names=["curl"], update_cache=True)),
    (made("package_cache", manager="apt"), made("package", names=["git"], manager="yum")),
    (made("service", name="a", state="stopped"), made("service", name="a", state="started")),
    (made("service", name="a", state="restarted"), made("service", name="a", state="stopped")),
    (made("service", name="a", state="started"), made("service", name="a", state="started", user_scope=True)),
    (made("user", name="a"), made("user", name="a", state="absent")),
    (made("firewall", policy=(("incoming", "deny"),)), made("firewall", state="enabled")),
    (made("command", source="make"), made("command", source="make")),
    (PULLED, BUILT),
    (made("upload", src="a.conf", dest="/tmp/b"), made("file_attributes", path="/tmp/b", mode="644")),
    (made("upload", src="a.conf", dest="/tmp/"), made("file_move", src="/tmp/b", dest="/etc/b")),
    (made("upload", src="a.conf", dest="/tmp/a.conf"), made("file_move", src="/tmp/c.conf", dest="/etc/b")),
    (BUILT, PULLED),
    (PULLED, made("compose_project", **SHOP, services=["web"])),
    (made("compose_project", **SHOP, state="absent"), made("compose_project", **SHOP, services=["web"])),
    (made("compose_project", **SHOP, state="built", build="always", pull="always"), UP),
    (
        made("replacement", path="/f", pattern="a", replacement="b"),
        made("replacement", path="/f", pattern="b", replacement="c"),
    ),
]


@pytest.mark.parametrize(("first", "later", "both"), FOLDS)
def test_folds(first: Spec, later: Spec, both: Spec) -> None:
    assert first.fold(later) == both


@pytest.mark.parametrize(("first", "later"), APART)
def test_stays_apart(first: Spec, later: Spec) -> None:
    assert first.fold(later) is None


def test_paths_that_are_known_through_a_variable_are_one_thing() -> None:
    named = KINDS["directory"](path=Value(Variable("APP", Value.of("/srv/app"))))
    assert named.identity() == made("directory", path="/srv/app/").identity()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_registered_under_its_own_name(kind: str) -> None:
    assert KINDS[kind].kind == kind

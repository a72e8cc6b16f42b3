"""Compose files that are proposed, as others read them: the same containers as composerize makes of `docker run`, as
our own tasks make, and as podman-compose fills them in; the schema of the specification accepts all of them."""

from __future__ import annotations

import importlib
import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from converter.model.plan import Plan
from converter.model.value import Value
from converter.pipeline import scripts_to_plan
from converter.render.ansible.compose import proposals
from converter.render.ansible.compose.proposal import Saying
from converter.render.ansible.compose.service import service
from converter.render.ansible.versions import joined
from converter.resources.container import Container
from oracle import node
from oracle.compose import Meaning, of_service
from oracle.test_composerize import EXCEPTIONS, LINES, composed, converted

podman_compose: Any = importlib.import_module("podman_compose")
SCHEMA = json.loads(
    resources.files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text(encoding="utf-8")
)
# What no compose file says, by a word of the line: the parameter of the module, and how the head of the file names it.
LEFT = {
    "--rm": ("auto_remove", "--rm"),
    "-P": ("publish_all_ports", "--publish-all true"),
    "--publish-all": ("publish_all_ports", "--publish-all true"),
    "--volume-driver": ("volume_driver", "--volume-driver local"),
    "--cpuset-mems": ("cpuset_mems", "--cpuset-mems 0"),
    "--kernel-memory": ("kernel_memory", "--kernel-memory 64m"),
    "'\"device=0,2\"'": ("device_requests", '--gpus "device=0,2"'),
}
# Where composerize says something else, beside where it parts with our tasks: a container that is in no file is named
# as a service, and a time has no unit.
THEIRS = {**{words: name for words, (name, _) in EXCEPTIONS.items()}, "--volumes-from": "volumes_from"}
THEIRS["--stop-timeout"] = "stop_timeout"


def plan_of(*lines: str) -> Plan:
    script = "\n".join(["ssh root@web1 <<'EOF'", *lines, "EOF", ""])
    return scripts_to_plan([("run.sh", script.encode())], name="shop")


def files(plan: Plan) -> dict[str, str]:
    return {file.path: file.text for file in proposals(joined(plan))}


@cache
def proposed() -> dict[str, tuple[dict[str, Any], str]]:
    """The service of each line, and the head of its file. Another container mounts a volume of it, so that there are
    two that belong together."""
    found = {}
    for line in LINES:
        # Docker itself takes no name of one letter.
        beside = line.replace(" --name c ", " --name cc -v tie:/tie ").replace(" --name=c ", " --name=cc -v tie:/tie ")
        made = files(plan_of(beside, "docker run -d --name other -v tie:/tie nginx"))
        assert len(made) == 1, line
        text = next(iter(made.values()))
        data = yaml.safe_load(text)
        jsonschema.validate(data, SCHEMA)
        own = dict(data["services"]["cc"])
        own["volumes"] = [each for each in own["volumes"] if each != "tie:/tie"]
        found[line] = (own, text[: text.index("\nname:")])
    return found


def meaning(line: str) -> Meaning:
    """The service in the words of the module."""
    own = {key: value for key, value in proposed()[line][0].items() if value not in ([], None)}
    for key in ("environment", "labels", "sysctls"):
        if key in own:
            own[key] = [f"{name}={value}" for name, value in own[key].items()]
    if "--net" not in line:
        assert own.pop("network_mode") == "bridge"
    if "test" in own.get("healthcheck", {}):
        own["healthcheck"] = {**own["healthcheck"], "test": own["healthcheck"]["test"][1]}
    for key, name in (("mem_limit", "memory"), ("mem_reservation", "memory_reservation")):
        own |= {name: own.pop(key)} if key in own else {}
    found = {**of_service(own), "name": "c"}
    # Of the two that belong together here, one is a service of the file.
    shared = {"network_mode": lambda text: text.replace("service:", "container:")}
    shared["stop_timeout"] = lambda text: text.removesuffix("s")
    shared["volumes_from"] = lambda texts: [text.removeprefix("container:") for text in texts]
    return {name: shared[name](value) if name in shared else value for name, value in found.items()}


def parted(ours: Meaning, theirs: Meaning) -> set[str]:
    return {name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)}


@pytest.mark.parametrize("line", LINES)
def test_services_are_what_the_tasks_say(line: str) -> None:
    left = {said for words, said in LEFT.items() if words in line.split()}
    assert parted(meaning(line), converted()[line]) == {name for name, _ in left}
    head = proposed()[line][1]
    assert [each for each in head.splitlines() if "Not in it" in each] == [
        f"# Not in it, of cc: {said}" for _, said in left
    ]


@node.needs("composerize")
@pytest.mark.parametrize("line", LINES)
def test_services_are_those_of_composerize(line: str) -> None:
    left = {name for words, (name, _) in LEFT.items() if words in line.split()}
    excepted = {name for words, name in THEIRS.items() if words in line} | left
    assert parted(meaning(line), composed()[line]) <= excepted


@given(st.text(st.sampled_from("$${}aA_:-?\\'\" #=\n{{x}}"), max_size=12))
def test_text_of_the_script_stays_text(text: str) -> None:
    environment = {"TEXT": Value.of(text)}
    spec = Container(name=Value.of("one"), image=Value.of("nginx"), environment=tuple(environment.items()))
    data, _ = service(spec, Saying(plan_of("true")), {})
    filled = podman_compose.rec_subs(yaml.safe_load(yaml.safe_dump(data)), {"A": "wrong", "a": "wrong"})
    assert filled["environment"]["TEXT"] == text


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["docker run -d --name web nginx", "docker run -d --name db postgres:16"], []),
        (["docker run -d --name web --net=host nginx", "docker run -d --name db --net=host postgres:16"], []),
        (["docker run -d --name web -v /a:/a nginx", "docker run -d --name db -v /a:/a postgres:16"], []),
        (["docker run -d --name web -v a:/a nginx", "docker run -d --name db -v a:/b postgres:16"], [["web", "db"]]),
        (["docker run -d --name db postgres:16", "docker run -d --name web --link db nginx"], [["db", "web"]]),
        (
            ["docker run -d --name vpn gluetun", "docker run -d --name web --network container:vpn nginx"],
            [["vpn", "web"]],
        ),
        (
            [
                f"docker run -d --name {name} --network {net} nginx"
                for name, net in (("a1", "x"), ("b1", "y"), ("c1", "x"))
            ],
            [["a1", "c1"]],
        ),
        (
            [
                "docker run -d --name a1 --network x nginx",
                "docker run -d --name b1 --network y nginx",
                "docker run -d --name c1 --network x --link b1 nginx",
            ],
            [["a1", "b1", "c1"]],
        ),
        (["docker run -d --name a1 --network x nginx", "[ -f /y ] && docker run -d --name b1 --network x nginx"], []),
        (["docker run -d --name a1 --network x nginx", "podman run -d --name b1 --network x nginx"], []),
    ],
)
def test_what_belongs_together(lines: list[str], wanted: list[list[str]]) -> None:
    made = [yaml.safe_load(text) for text in files(plan_of(*lines)).values()]
    assert [[each["container_name"] for each in one["services"].values()] for one in made] == wanted
    for one in made:
        names = list(one["services"])
        assert [each.get("depends_on", []) for each in one["services"].values()] == [
            [],
            *([name] for name in names[:-1]),
        ]


def test_what_differs_or_is_told_is_asked_for() -> None:
    script = """case $1 in staging) TAG=2;; production) TAG=1;; esac
REG=registry.example.com
ssh root@web1 <<EOF
docker run -d --name web --network x -e LEVEL=${LEVEL:-info} -e API_KEY=k39dk20fk3kd03kf $REG/web:$TAG
docker run --rm --network x $REG/web:$TAG bin/migrate
docker run -d --name job --network x $REG/job:7
EOF
"""
    made = files(scripts_to_plan([("run.sh", script.encode())], name="shop"))
    text = made["compose/x.yaml"]
    services = yaml.safe_load(text)["services"]
    assert [each["image"] for each in services.values()] == [
        "registry.example.com/web:${TAG:?}",
        "registry.example.com/job:7",
    ]
    assert services["web"]["environment"] == {"LEVEL": "${LEVEL:-info}", "API_KEY": "${API_KEY:?}"}
    assert "k39dk20fk3kd03kf" not in text
    assert "# The script did between them, and compose does not: Run docker run --rm --network x" in text

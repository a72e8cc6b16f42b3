"""Compose files as others read them and as our pods have them: what composerize writes, and what podman-compose makes
of variables and of several files."""

from __future__ import annotations

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cases import Compared
from converter.model.value import Value
from converter.pipeline import scripts_to_plan
from converter.render.kubernetes.compose.merging import merged
from converter.render.kubernetes.compose.reading import Interpolation, Marks, read
from oracle import node
from oracle.test_cluster_containers import of_pod, of_service
from oracle.test_composerize import LINES
from render.clusters import built, of_kind, rendered, written

podman_compose: Any = importlib.import_module("podman_compose")
# What is not the same, by what stands in the line: the part, and why.
EXCEPTIONS = {
    "/run/app.sock": ("mounts", "a socket of the host is left for a person"),
    "dst=/a": ("mounts", "composerize writes `dst`, which no compose file has"),
    "destination=/data": ("mounts", "composerize writes `destination`, which no compose file has"),
    "-eE=5": ("environment", "composerize writes a variable without a value, which whoever runs compose has"),
    "-q nginx": ("image", "composerize leaves the image out, and compose would build one"),
}
VARIABLES = {"TAG": "1.4", "EMPTY": "", "HOST": "db.test"}
TEXTS = [
    "web:$TAG",
    "web:${TAG}",
    "${TAG:-2}",
    "${NONE:-2}",
    "${NONE-2}",
    "${EMPTY:-2}",
    "${EMPTY-2}",
    "a${TAG}b${HOST}c",
    "cost: $$5",
    "$${TAG}",
    "$$TAG and ${TAG}",
    "${NONE:-http://x:80/}",
    "{{.Names}} ${TAG}",
    "no variable at all",
]
FILES = [
    ("image: web:1", "image: web:2"),
    ("environment: {A: '1', B: '2'}", "environment: {B: '3', C: '4'}"),
    ("environment: [A=1, B=2]", "environment: {B: '3'}"),
    ("ports: ['80:80']", "ports: ['81:81']"),
    ("command: [a, b]", "command: [c]"),
    ("command: a b", "command: c"),
    ("volumes: ['a:/a', 'b:/b']", "volumes: ['c:/c']"),
    ("deploy: {replicas: '1', resources: {limits: {memory: 1g}}}", "deploy: {resources: {limits: {cpus: '2'}}}"),
    ("depends_on: [a]", "depends_on: {b: {condition: service_healthy}}"),
    ("restart: always", "user: '1000'"),
    ("labels: {a: x}", "labels: {b: y}"),
    ("healthcheck: {test: [CMD, a], retries: '3'}", "healthcheck: {retries: '5'}"),
]


@cache
def services() -> dict[str, dict[str, Any]]:
    """The service that composerize writes for each line."""
    lines = [line.replace("docker container run", "docker run") for line in LINES]
    texts: list[str] = json.loads(node.run("composerize.cjs", str(node.PACKAGES), stdin=json.dumps(lines)))
    return {
        line: next(iter(yaml.safe_load(text)["services"].values())) for line, text in zip(LINES, texts, strict=True)
    }


@pytest.fixture(scope="session")
def pods(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The pod of each of them, of one file that has them all."""
    every = {f"c{number}": {**each, "container_name": f"c{number}"} for number, each in enumerate(services().values())}
    for each in every.values():
        for gone in ("links", "volumes_from"):
            each.pop(gone, None)
    text = yaml.safe_dump({"services": every}, sort_keys=False).replace("$", "$$")
    script = f"cd /srv/all\ncat > compose.yaml <<'END_OF_FILE'\n{text}END_OF_FILE\ndocker compose up -d\n"
    root: Path = tmp_path_factory.mktemp("compose")
    objects = built(written(rendered(scripts_to_plan([("run.sh", script.encode())], name="all")), root))
    workloads = of_kind(objects, "Deployment")
    return {line: of_pod(workloads[f"c{number}"], objects) for number, line in enumerate(LINES)}


@node.needs("composerize")
@pytest.mark.parametrize("line", LINES)
def test_a_pod_has_what_the_file_says(line: str, pods: dict[str, dict[str, Any]]) -> None:
    theirs, ours = of_service(services()[line]), pods[line]
    if not theirs["user"].replace(":", "").isdigit():
        theirs = {**theirs, "user": ""}
    excepted = {part for words, (part, _) in EXCEPTIONS.items() if words in line}
    assert {key for key, text in theirs.items() if ours[key] != text} == excepted


@pytest.mark.parametrize("text", TEXTS)
def test_variables_are_what_podman_compose_makes_of_them(text: str) -> None:
    known = {name: Value.of(said) for name, said in VARIABLES.items()}
    assert Interpolation(Marks(), known.get).value(text).text == podman_compose.rec_subs(text, dict(VARIABLES))


@pytest.mark.parametrize(("one", "other"), FILES)
def test_files_are_merged_as_podman_compose_does(one: str, other: str) -> None:
    texts = [f"services: {{web: {{{each}}}}}" for each in (one, other)]
    first, second = map(read, texts)
    ours = merged(first, second)
    theirs = podman_compose.rec_merge({}, *(podman_compose.normalize(yaml.safe_load(text)) for text in texts))
    assert podman_compose.normalize(ours) == theirs


def test_it_compares_much(compared: Compared) -> None:
    compared(f"podman-compose: {len(FILES)} merged files, {len(TEXTS)} texts with variables")

"""Compose files in a cluster: where files and variables come from, and that nothing of a service is lost."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model.tree import FileTree
from converter.pipeline import scripts_to_plan
from converter.render.kubernetes.compose.reading import Interpolation, Marks, read
from converter.render.kubernetes.compose.service import service
from render.clusters import built, environment_of, of_kind, pod, rendered, written

SCHEMA = json.loads(
    resources.files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text(encoding="utf-8")
)
PARTS = ("container_spec", "workload_spec", "service")
KEYS = sorted({key for part in PARTS for key in SCHEMA["$defs"][part].get("properties", {})})


def tree_of(script: str, **files: str) -> FileTree:
    """The manifests of a script beside files, whose names have `_` for what Python has no letter for."""
    beside = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}

    def load(path: str) -> tuple[str, bytes] | None:
        return (path, beside[path].encode()) if path in beside else None

    return rendered(scripts_to_plan([("run.sh", script.encode())], name="shop", load=load))


def only(tree: FileTree, root: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The only workload, and all objects."""
    objects = built(written(tree, root))
    (workload,) = of_kind(objects, "Deployment").values()
    return workload, objects


def test_what_is_exported_comes_before_a_default(tmp_path: Path) -> None:
    text = "services: {web: {image: 'web:${TAG:-1}', environment: {MODE: '${MODE:-slow}', OTHER: '${OTHER}'}}}\n"
    script = "export TAG=7\nOTHER=not-exported\ncd /srv/shop && docker compose up -d\n"
    tree = tree_of(script, compose_yaml=text)
    workload, objects = only(tree, tmp_path)
    assert pod(workload)["containers"][0]["image"] == "web:7"
    assert environment_of(workload, objects)["MODE"] == "slow"
    assert any("`MODE` of `compose.yaml` is `slow`, its default" in each for each in tree.assumptions)
    assert any("as it is beside the script" in each for each in tree.assumptions)


def test_a_variable_that_nothing_says_keeps_the_pod_waiting(tmp_path: Path) -> None:
    text = "services: {web: {image: 'web:1', environment: {A: '${SIZE}', B: 'x-${DB_PASSWORD}'}}}\n"
    tree = tree_of("cd /srv/shop && docker compose up -d\n", compose_yaml=text)
    workload, objects = only(tree, tmp_path)
    assert environment_of(workload, objects) == {"A": "<A>", "B": "x-<DB_PASSWORD>", "DB_PASSWORD": "<DB_PASSWORD>"}
    (asked,) = (each for each in tree.settings if each.name == "A")
    assert asked.purpose == "`SIZE` comes from the environment or the `.env` of the host"
    assert tree.store is not None
    assert [name for name, _ in tree.store.places] == ["DB_PASSWORD"]


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  web:\n    image: web:1\n    environment:\n      DB_PASSWORD: sesame\n",
        "services:\n  web:\n    image: web:1\n    environment:\n      - DB_PASSWORD=sesame\n",
        'services:\n  web:\n    image: web:1\n    environment: {DB_PASSWORD: "${DB_PASSWORD:-sesame}"}\n',
        "services:\n  web:\n    image: web:1\n    environment: {URL: 'postgres://app:sesame@db/app'}\n",
    ],
)
def test_a_secret_of_a_compose_file_stands_nowhere(text: str) -> None:
    plan = scripts_to_plan(
        [("run.sh", b"cd /srv/shop && docker compose up -d\n")],
        name="shop",
        load=lambda path: (path, text.encode()) if path == "compose.yaml" else None,
    )
    assert [each.path for each in plan.documents] == ["compose.yaml"]
    assert "sesame" not in str(plan)
    assert "sesame" not in str(rendered(plan))


def test_a_file_that_is_sent_is_the_one_that_is_used(tmp_path: Path) -> None:
    script = "scp ops/prod.yml root@web1:/srv/shop/docker-compose.yml\n"
    script += "ssh root@web1 'cd /srv/shop && docker compose up -d'\n"
    right = "services: {web: {image: 'web:1', volumes: ['./a.conf:/etc/a.conf']}}\n"
    tree = tree_of(
        script, ops__prod_yml=right, **{"docker-compose_yml": "services: {wrong: {image: wrong}}"}, ops__a_conf="x"
    )
    _, objects = only(tree, tmp_path)
    (files,) = (each for name, each in of_kind(objects, "ConfigMap").items() if name.startswith("web-files"))
    assert files["data"] == {"a.conf": "x"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [", "the compose file is not understood"),
        ("just text", "the compose file has no `services`"),
        ("services: {web: {extends: {file: other.yml, service: x}}}", "extends a service of `other.yml`"),
        ("services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [a]}}", "in a circle"),
        ("services: {web: {image: !reset null}}", "the compose file is not understood"),
        ("services: {web: {image: '${'}}", "is not understood"),
    ],
)
def test_what_is_not_understood_is_said(text: str, said: str) -> None:
    tree = tree_of("cd /srv/shop && docker compose up -d\n", compose_yaml=text)
    assert any(said in each.reason for each in tree.unsupported), tree.unsupported
    assert not any(file.path.startswith("apps/") for file in tree.files)


def test_no_file_is_asked_for_by_its_path() -> None:
    tree = tree_of("cd /srv/shop && docker compose -f prod.yml up -d\n")
    (left,) = tree.unsupported
    assert "`/srv/shop/prod.yml`" in left.reason


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.sampled_from(["", "x", "1", "true", "a:b", "a=b", "./x:/y:ro", "${A}"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "file", "target"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(deadline=None, max_examples=300, derandomize=True)
@given(st.sampled_from(KEYS), JUNK)
def test_no_key_is_lost_whatever_stands_there(key: str, value: Any) -> None:
    data = Interpolation(Marks(), lambda name: None).of({key: value})
    found = service("web", data, {})
    found.container()


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_specification_is_known(key: str) -> None:
    from converter.render.kubernetes.compose import service as module

    known = {*module.SAID, *module._FIELDS, *module._SWITCHES, *module._FLAGS, *module._NOTHING, *module.UNSUPPORTED}
    assert key in known


def test_ports_and_words_are_no_numbers() -> None:
    data = read("services: {web: {ports: [22:22, 0080:80], environment: {A: yes, B: 1.10, C: 0x1F}}}")
    assert data["services"]["web"] == {
        "ports": ["22:22", "0080:80"],
        "environment": {"A": "yes", "B": "1.10", "C": "0x1F"},
    }

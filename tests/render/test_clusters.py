"""Manifests of a cluster, as kubectl builds them: every text of the script reaches its container as it is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.value import Value
from converter.pipeline import scripts_to_plan
from converter.render import render
from converter.resources import KINDS
from render import samples
from render.clusters import built, environment_of, expanded, of_kind, pod, rendered, written

PIECES = st.sampled_from(
    ["$", "$$", "$(", "$(A0)", ")", '"', "'", "=", "\n", " ", "#", "x", "{{ x }}", "${X}", "- ", "\\", "\t", "\r"]
)
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff")
TEXTS = st.lists(PIECES | st.text(LETTERS, max_size=3), max_size=8)
# Kustomize does not read back what it writes of texts of several lines that begin with a tab.
TEXT = TEXTS.map("".join).filter(lambda text: not (("\n" in text) and "\t" in text[: len(text) - len(text.lstrip())]))


def plan_of(*lines: str, name: str = "shop") -> Plan:
    """The plan of a script on one host."""
    script = "\n".join(["ssh root@web1 <<'EOF'", *lines, "EOF", ""])
    return scripts_to_plan([("run.sh", script.encode())], name=name)


def made(*lines: str, tmp_path: Path) -> list[dict[str, Any]]:
    """What a cluster gets of it."""
    return built(written(rendered(plan_of(*lines)), tmp_path))


@settings(deadline=None, max_examples=12, derandomize=True, phases=(Phase.generate,))
@given(st.lists(TEXT, min_size=1, max_size=12), st.lists(TEXT, min_size=1, max_size=12))
def test_every_text_reaches_the_container(values: list[str], words: list[str]) -> None:
    names = {f"A{number}": text for number, text in enumerate(values)}
    spec = KINDS["container"](
        name=Value.of("web"),
        image=Value.of("web:1"),
        environment=tuple((name, Value.of(text)) for name, text in names.items()),
        command=tuple(map(Value.of, words)),
    )
    with tempfile.TemporaryDirectory() as folder:
        objects = built(written(rendered(samples.plan_of((samples.resource(spec),))), Path(folder)))
    (workload,) = of_kind(objects, "Deployment").values()
    assert environment_of(workload, objects) == names
    assert [expanded(word, names) for word in pod(workload)["containers"][0]["args"]] == words


def test_a_control_character_is_left_for_a_person() -> None:
    spec = KINDS["container"](name=Value.of("web"), image=Value.of("web:1"), command=(Value.of("\x7f"),))
    tree = rendered(samples.plan_of((samples.resource(spec),)))
    said = [each.reason for each in tree.unsupported]
    assert said == ["it holds a control character, which Kustomize does not read"]


def test_a_secret_stands_nowhere_and_reaches_what_names_it(tmp_path: Path) -> None:
    objects = made(
        "DB_PASSWORD=hunter2-very-secret",
        "docker run -d --name web -e DB_PASSWORD=$DB_PASSWORD -e 'COST=$(5)' "
        '-e "URL=postgres://app:$DB_PASSWORD@db/app?cost=\\$(5)" web:1 --password "$DB_PASSWORD"',
        tmp_path=tmp_path,
    )
    (workload,) = of_kind(objects, "Deployment").values()
    found = environment_of(workload, objects)
    assert found == {
        "DB_PASSWORD": "<DB_PASSWORD>",
        "COST": "$(5)",
        "URL": "postgres://app:<DB_PASSWORD>@db/app?cost=$(5)",
    }
    args = [expanded(word, found) for word in pod(workload)["containers"][0]["args"]]
    assert args == ["--password", "<DB_PASSWORD>"]
    assert "hunter2" not in str(objects)


def test_two_versions_of_one_image_stay_two(tmp_path: Path) -> None:
    objects = made(
        "docker run -d --name old redis:6",
        "docker run -d --name new redis:7",
        "docker run -d --name also redis:6",
        tmp_path=tmp_path,
    )
    images = {name: pod(each)["containers"][0]["image"] for name, each in of_kind(objects, "Deployment").items()}
    assert images == {"old": "redis:6", "new": "redis:7", "also": "redis:6"}


@pytest.mark.parametrize(
    ("image", "runs"),
    [
        ("web", "web:to-be-set"),
        ("web:latest", "web:to-be-set"),
        ("reg.test:5000/web", "reg.test:5000/web:to-be-set"),
        ("reg.test:5000/web:1.2", "reg.test:5000/web:1.2"),
        ("web@sha256:" + "a" * 64, "web@sha256:" + "a" * 64),
        ("web:$1", "web:to-be-set"),
        ("web:$(git rev-parse HEAD)", "web:to-be-set"),
    ],
)
def test_no_image_moves(image: str, runs: str, tmp_path: Path) -> None:
    script = f'docker run -d --name web "{image}"\n'
    plan = scripts_to_plan([("run.sh", script.encode())], name="shop")
    tree = rendered(plan)
    (workload,) = of_kind(built(written(tree, tmp_path)), "Deployment").values()
    assert pod(workload)["containers"][0]["image"] == runs
    assert any(each.name.startswith("tag of ") for each in tree.settings) == runs.endswith("to-be-set")


def test_what_is_known_only_at_each_run_keeps_pods_from_starting(tmp_path: Path) -> None:
    objects = made('docker run -d --name web -e STARTED="$(date +%F)" -e A=1 web:1', tmp_path=tmp_path)
    (workload,) = of_kind(objects, "Deployment").values()
    (variable,) = pod(workload)["containers"][0]["env"]
    reference = variable["valueFrom"]["configMapKeyRef"]
    assert reference["key"] not in of_kind(objects, "ConfigMap")[reference["name"]]["data"]
    assert "optional" not in reference


def test_jobs_stand_in_their_place(tmp_path: Path) -> None:
    objects = made(
        "docker run -d --name db postgres:16",
        "docker run --rm shop:1 migrate",
        "docker run -d --name web shop:1",
        "docker exec web rake db:seed",
        tmp_path=tmp_path,
    )
    waves = {
        each["metadata"]["name"]: int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        for each in objects
        if each["kind"] in ("Deployment", "Job")
    }
    # What runs in the container of `web` may be what it needs to be ready.
    assert waves == {"db": 1, "shop-migrate": 2, "web": 3, "web-rake-db-seed": 3}
    seed = pod(of_kind(objects, "Job")["web-rake-db-seed"])["containers"][0]
    assert (seed["image"], seed["command"]) == ("shop:1", ["rake", "db:seed"])


def order(*lines: str) -> dict[str, tuple[str, ...]]:
    """What each application waits for."""
    return {each.name: each.after for each in rendered(plan_of(*lines)).order}


def test_nothing_waits_where_the_script_only_starts() -> None:
    lines = (
        "docker run -d --name web shop:1",
        "docker run -d --name db postgres:16",
        "docker run -d --name mq rabbitmq:3",
    )
    assert order(*lines) == {"web": (), "db": (), "mq": ()}


def test_a_job_waits_for_other_images_and_what_follows_it_for_the_job() -> None:
    lines = (
        "docker run -d --name web shop:1",
        "docker run -d --name db postgres:16",
        "docker run --rm shop:1 migrate",
        "docker run -d --name worker shop:1 work",
    )
    # Nobody waits for `web`, which may be waiting for the migration.
    assert order(*lines) == {"web": (), "db": (), "shop-migrate": ("db",), "worker": ("shop-migrate",)}


def test_a_check_is_waited_for() -> None:
    lines = (
        "docker run -d --name db -p 5432:5432 postgres:16",
        "until nc -z localhost 5432; do sleep 1; done",
        "docker run -d --name web shop:1",
        "docker run -d --name proxy --link web nginx:1.27",
    )
    assert order(*lines) == {"db": (), "web": ("db",), "proxy": ("web",)}


def test_a_job_does_not_wait_for_a_check_that_comes_after_it() -> None:
    lines = (
        "docker run -d --name web -p 80:80 shop:1",
        "docker run --rm tools:1 migrate",
        "curl --fail --retry 5 http://localhost/",
    )
    assert order(*lines) == {"web": (), "tools-migrate": ()}


def test_flux_waits_as_the_script_does() -> None:
    lines = ("docker run -d --name db postgres:16", "docker run --rm shop:1 migrate", "docker run -d --name web shop:1")
    plan = plan_of(*lines)
    tree = render(plan, target="kubernetes", deliveries=("flux",))
    texts = {file.path: file.text for file in tree.files}
    before = {"db": "shop-environment", "shop-migrate": "shop-db", "web": "shop-shop-migrate"}
    for name, other in before.items():
        assert f"dependsOn:\n    - name: {other}\n" in texts[f"clusters/production/app-{name}.yaml"]
    assert "force: true" in texts["clusters/production/app-shop-migrate.yaml"]
    assert "force" not in texts["clusters/production/app-web.yaml"]


@pytest.mark.parametrize(
    ("target", "deliveries", "secrets", "said"),
    [
        ("kubernetes", ["ansible-pull"], "", "ansible-pull delivers no kubernetes manifests"),
        ("ansible", ["flux"], "", "flux delivers no ansible manifests"),
        ("kubernetes", ["flux", "argocd"], "", "Flux and Argo CD would undo each other's changes"),
        ("kubernetes", ["argocd"], "sops", "argocd can't read secrets of sops"),
        ("kubernetes", ["flux"], "vault", "kubernetes manifests have no store of secrets 'vault'"),
        ("ansible", ["gitlab-ci"], "sealed", "ansible manifests have no store of secrets 'sealed'"),
    ],
)
def test_what_does_not_fit_is_refused(target: str, deliveries: list[str], secrets: str, said: str) -> None:
    with pytest.raises(ConverterError) as problem:
        render(plan_of("docker run -d --name web web:1"), target=target, deliveries=deliveries, secrets=secrets)
    assert problem.value.message == said
    assert problem.value.hint


@pytest.mark.parametrize(
    ("command", "job"),
    [
        ("psql -U app -f /seed.sql", False),
        ("sh -c 'mysql wp < /seed.sql'", False),
        ("psql -h db -U app -f /seed.sql", True),
        ("psql postgres://app@db/app -f /seed.sql", True),
        ("bin/rake db:migrate", True),
    ],
)
def test_a_client_without_a_host_is_no_job(command: str, job: bool) -> None:
    tree = rendered(plan_of("docker run -d --name db postgres:16", f"docker exec db {command}"))
    assert any(file.path.endswith("/job.yaml") for file in tree.files) is job
    assert any("in its own container" in each.reason for each in tree.unsupported) is not job


@pytest.mark.parametrize(
    ("command", "said", "done"),
    [
        ("kubectl -n shop set image deployment/web web=acme/web:3", "(`acme/web:3`)", False),
        ("kubectl apply -f k8s/web.yaml -f k8s/db.yaml", "put `k8s/web.yaml`, `k8s/db.yaml` into", False),
        ("sed s/TAG/3/ web.yaml | kubectl apply -f -", "what `sed` fills in becomes", False),
        ("kubectl scale deploy/web --replicas=4", "`replicas: 4`", False),
        ("kubectl rollout status deploy/web", "waits until what it applies is ready", True),
        ("kubectl rollout undo deploy/web", "revert a commit", False),
        ("kubectl config use-context prod", "(`prod`)", True),
        ("aws eks update-kubeconfig --name shop --region eu-west-1", "(`shop`)", True),
        ("gcloud container clusters get-credentials shop --zone a", "(`shop`)", True),
        ("helm upgrade --install web ./chart --version 1.2 -f values.yaml", "`web` (version `1.2`; values of", False),
        ("kustomize edit set image web=acme/web:3", "a field that a commit changes", False),
    ],
)
def test_what_drives_a_cluster_is_told_what_stands_for_it(command: str, said: str, done: bool) -> None:
    for also in ("ssh root@web1 docker run -d --name web web:1", ""):
        script = f"#!/bin/sh\n{also}\n{command}\n"
        tree = rendered(scripts_to_plan([("run.sh", script.encode())], name="shop"))
        told = tree.covered if done and also else tree.unsupported
        assert any(said in each.reason for each in told), told

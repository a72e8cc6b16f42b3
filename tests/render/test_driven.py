"""Scripts that drive a cluster: what Kustomize builds of the repository is what their commands would have applied."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.pipeline import scripts_to_plan
from converter.plan.document import dump, load
from converter.render import render
from converter.render.kubernetes.driven.values import assignments, put, typed
from converter.render.kubernetes.driven.words import NotUnderstoodError
from render.clusters import Reader, built, of_kind, pod, rendered, written

WEB = """\
# the shop; ask Karla before you touch it
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2   # was 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: acme/web:1.0
          env: [{name: MODE, value: "on"}]
        - {name: side, image: "envoy:1.30"}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"


def plan_of(script: str, files: dict[str, str]) -> Plan:
    """The plan of a script, with files beside it."""

    def beside(path: str) -> tuple[str, bytes] | None:
        if not path.endswith("/"):
            return (path, files[path].encode()) if path in files else None
        root = "" if path == "./" else path
        below = sorted(name.removeprefix(root) for name in files if name.startswith(root))
        return (root, "\n".join(below).encode()) if below else None

    return scripts_to_plan([("deploy.sh", f"#!/bin/bash\nset -e\n{script}".encode())], name="shop", load=beside)


def objects_of(script: str, files: dict[str, str], tmp_path: Path) -> list[dict[str, Any]]:
    """What a cluster gets of it."""
    return built(written(rendered(plan_of(script, files)), tmp_path))


def left(tree: FileTree) -> str:
    """All that stays with a person."""
    return "\n".join(each.reason for each in tree.unsupported)


def images(objects: list[dict[str, Any]], name: str = "web") -> list[str]:
    """The images of a deployment."""
    return [each["image"] for each in pod(of_kind(objects, "Deployment")[name])["containers"]]


def test_manifests_stand_as_their_author_wrote_them(tmp_path: Path) -> None:
    files = {"k8s/web.yaml": WEB, "k8s/more/service.yaml": SERVICE, "k8s/README.md": "no manifest"}
    tree = rendered(plan_of("kubectl apply -n shop -f k8s/\n", files))
    texts = {file.path: file.text for file in tree.files}
    assert texts["apps/shop/base/manifests/web.yaml"] == f"---\n{WEB}"
    # Folders below are not taken, but with -R.
    assert of_kind(built(written(tree, tmp_path)), "Service") == {}
    (deployment,) = of_kind(built(tmp_path), "Deployment").values()
    assert deployment["metadata"]["namespace"] == "shop"
    assert not tree.unsupported
    deep = objects_of("kubectl apply -R -n shop -f k8s\n", files, tmp_path / "deep")
    assert list(of_kind(deep, "Service")) == ["web"]


@pytest.mark.parametrize(
    ("commands", "runs"),
    [
        ("kubectl -n shop set image deployment/web web=acme/web:1.1", ["acme/web:1.1", "envoy:1.30"]),
        ("kubectl set image -n shop deploy web web=reg.test:5000/web:1.1", ["reg.test:5000/web:1.1", "envoy:1.30"]),
        ("kubectl set image deployment/web '*=acme/web:2' -n shop", ["acme/web:2", "acme/web:2"]),
        (
            "kubectl set image deploy/web web=acme/web:$(git rev-parse HEAD) -n shop",
            ["acme/web:to-be-set", "envoy:1.30"],
        ),
        ("kubectl set image deploy/web web=acme/web -n shop", ["acme/web:to-be-set", "envoy:1.30"]),
    ],
)
def test_an_image_that_is_set_is_a_field_of_the_versions(commands: str, runs: list[str], tmp_path: Path) -> None:
    script = f"kubectl apply -n shop -f web.yaml\n{commands}\n"
    tree = rendered(plan_of(script, {"web.yaml": WEB}))
    assert images(built(written(tree, tmp_path))) == runs
    assert any("versions" in each.where for each in tree.settings) == any("to-be-set" in each for each in runs)
    assert any(file.path == "environments/production/versions/kustomization.yaml" for file in tree.files)


def test_an_image_of_another_container_is_not_set_with_it(tmp_path: Path) -> None:
    other = WEB.replace("name: web}", "name: job}", 1)
    script = "kubectl apply -f web.yaml -f other.yaml\nkubectl set image deploy/web web=acme/web:1.1\n"
    tree = rendered(plan_of(script, {"web.yaml": WEB, "other.yaml": other}))
    assert "`acme/web` is the image of `web` of `job` too" in left(tree)
    objects = built(written(tree, tmp_path))
    assert images(objects) == images(objects, "job") == ["acme/web:1.0", "envoy:1.30"]


@pytest.mark.parametrize(
    ("command", "template"),
    [
        ('sed "s|__TAG__|1.2|g; s/#x//" web.yaml', WEB.replace("1.0", "__TAG__")),
        ("sed -e 's/1\\.0/1.2/' -e 's#acme/#eu/&#' web.yaml", WEB),
        ("sed 's/a.*e:1.0/x:9/' web.yaml", WEB),
        ("sed -E 's/\\$\\{TAG\\}/1.2/' web.yaml", WEB.replace("1.0", "${TAG}")),
        ("envsubst < web.yaml", WEB.replace("1.0", "${TAG}").replace('"on"', '"$MODE"')),
        ("envsubst '$TAG' < web.yaml", WEB.replace("1.0", "$TAG").replace('"on"', '"$HOME$"')),
        ("cat web.yaml | sed s/1.0/1.3/ | envsubst", WEB.replace('"on"', '"$MODE"')),
    ],
)
def test_a_template_is_filled_as_the_programs_fill_it(command: str, template: str, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(template)
    known = {"TAG": "4.5", "MODE": "a b", "PATH": "/usr/bin:/bin"}
    filled = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=known, capture_output=True, text=True, check=True
    )
    script = f"export TAG=4.5 MODE='a b'\n{command} | kubectl apply -n shop -f -\n"
    (found,) = of_kind(objects_of(script, {"web.yaml": template}, tmp_path / "made"), "Deployment").values()
    wanted = yaml.load(filled.stdout, Reader)
    assert found["spec"] == wanted["spec"]


def test_what_nobody_knows_keeps_a_manifest_out(tmp_path: Path) -> None:
    template = WEB.replace('"on"', '"$MODE"').replace("1.0", "$TAG")
    script = "export TAG=$1\nenvsubst < web.yaml | kubectl apply -f -\nkubectl apply -f service.yaml\n"
    tree = rendered(plan_of(script, {"web.yaml": template, "service.yaml": SERVICE}))
    objects = built(written(tree, tmp_path))
    assert (list(of_kind(objects, "Service")), list(of_kind(objects, "Deployment"))) == (["web"], [])
    overlay = (tmp_path / "apps/shop/overlays/production/kustomization.yaml").read_text()
    assert "#   - manifests/web.yaml (put in `${MODE}`)" in overlay
    assert "`MODE` stands in `web.yaml`" in left(tree)
    assert 'value: "${MODE}"' in (tmp_path / "apps/shop/overlays/production/manifests/web.yaml").read_text()


def test_environments_have_patches(tmp_path: Path) -> None:
    script = (
        "case $1 in staging) COUNT=1; HOST=s.test;; production) COUNT=4; HOST=p.test;; *) exit 1;; esac\n"
        "export COUNT HOST\nenvsubst < web.yaml | kubectl apply -n shop -f -\n"
        "kubectl -n shop set image deploy/web side=envoy:1.31\n"
    )
    template = WEB.replace("replicas: 2", "replicas: $COUNT").replace('"on"', "$HOST")
    tree = rendered(plan_of(script, {"web.yaml": template}))
    root = written(tree, tmp_path)
    assert not tree.unsupported
    for environment, count, host in (("staging", 1, "s.test"), ("production", 4, "p.test")):
        (found,) = of_kind(built(root, environment), "Deployment").values()
        assert found["spec"]["replicas"] == count
        assert pod(found)["containers"][0]["env"] == [{"name": "MODE", "value": host}]
    assert not any(
        file.path.endswith(("staging/manifests/web.yaml", "production/manifests/web.yaml")) for file in tree.files
    )


SECRETS = """\
DB_PASS='Qu4rtz-lamp-91'
kubectl create secret generic env --from-literal=url="postgres://a:$DB_PASS@db/x" --from-literal=user=karla-77 -n shop
kubectl create secret tls cert --cert=a.crt --key=a.key -n shop --dry-run=client -o yaml | kubectl apply -f -
kubectl create secret docker-registry pull -n shop --docker-server=ghcr.io --docker-username=bot \\
  --docker-password="$DB_PASS"
kubectl create secret generic more --from-env-file=prod.env -n shop
kubectl apply -n shop -f secret.yaml
cat <<EOF | kubectl apply -n shop -f -
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers:
    - name: one
      image: one:1
      env: [{name: PLAIN, value: "$DB_PASS"}, {name: URL, value: "http://a:$DB_PASS@b/\\$c"}]
EOF
"""
MANIFEST = """\
apiVersion: v1
kind: Secret
metadata: {name: given}
stringData:
  token: tok-Un1que-5521
  long: |
    -----BEGIN THING-----
    c2VjcmV0LWxpbmUtMTIzNDU2Nzg5
"""


@pytest.mark.parametrize("store", ["sops", "sealed", "external"])
def test_no_secret_stands_anywhere(store: str) -> None:
    files = {"secret.yaml": MANIFEST, "prod.env": "KEY=sh0uld-not-be-read-1\n"}
    plan = plan_of(SECRETS, files)
    tree = render(plan, target="kubernetes", deliveries=("flux",), secrets=store)
    everything = "\n".join(file.text for file in tree.files) + dump(plan) + left(tree)
    for value in ("Qu4rtz", "karla-77", "Un1que", "c2VjcmV0", "sh0uld-not"):
        assert value not in everything, value
    for name in ("env", "cert", "pull", "more", "given", "shop-secrets"):
        assert any(name in file.path for file in tree.files) or name in str(tree.store), name
    assert not tree.unsupported


def test_secrets_of_pods_are_named_where_they_stood(tmp_path: Path) -> None:
    objects = objects_of(SECRETS, {"secret.yaml": MANIFEST}, tmp_path)
    (found,) = of_kind(objects, "Pod").values()
    first, second, third = found["spec"]["containers"][0]["env"]
    reference = {"secretKeyRef": {"name": "shop-secrets", "key": "DB_PASS"}}
    assert first == {"name": "PLAIN", "valueFrom": reference}
    assert second == {"name": "DB_PASS_SECRET", "valueFrom": reference}
    assert third == {"name": "URL", "value": "http://a:$(DB_PASS_SECRET)@b/$$c"}


def test_what_the_script_waits_for_comes_before() -> None:
    job = WEB.replace("Deployment", "StatefulSet").replace("name: web}", "name: db}", 1)
    script = (
        "helm upgrade --install mq ./mq -n shop --wait\nkubectl apply -n shop -f db.yaml\n"
        "kubectl -n shop rollout status sts/db\nkubectl apply -n shop -f web.yaml\n"
    )
    chart = {
        "mq/Chart.yaml": "apiVersion: v2\nname: mq\nversion: 1.0.0\n",
        "mq/templates/a.yaml": "a: {{ .Values.a }}\n",
    }
    plan = plan_of(script, {"db.yaml": job, "web.yaml": WEB, **chart})
    tree = render(plan, target="kubernetes", deliveries=("flux",))
    assert {each.name: each.after for each in tree.order} == {"mq": (), "db": ("mq",), "web": ("db",)}
    texts = {file.path: file.text for file in tree.files}
    assert "dependsOn:\n    - name: shop-mq\n" in texts["clusters/production/app-db.yaml"]
    assert texts["charts/mq/templates/a.yaml"] == "a: {{ .Values.a }}\n"


def test_values_count_as_helm_has_them(tmp_path: Path) -> None:
    script = (
        "helm repo add acme https://charts.test/acme\nexport PW=S3cret-pine-apple-4\n"
        "helm upgrade --install web acme/web -n shop --version 2.1.0 --atomic --timeout 7m --history-max 4 \\\n"
        "  -f prod.yaml -f common.yaml --set image.tag=$(git describe),a.b=3 \\\n"
        "  --set db.password=$PW --set-string a.c=03\n"
    )
    plan = plan_of(script, {"prod.yaml": "x: 1\n", "common.yaml": "x: 2\n"})
    tree = render(plan, target="kubernetes", deliveries=("flux",))
    written(tree, tmp_path)
    root = tmp_path / "apps/web/overlays/production"
    release = yaml.safe_load((root / "release.yaml").read_text())["spec"]
    assert release["chart"]["spec"] | {"sourceRef": 0} == {"chart": "web", "version": "2.1.0", "sourceRef": 0}
    assert [each.get("valuesKey") for each in release["valuesFrom"]] == [
        "values-prod.yaml",
        "values-common.yaml",
        "values.yaml",
        "db-password",
    ]
    assert release["valuesFrom"][-1] == {
        "kind": "Secret",
        "name": "web-values",
        "valuesKey": "db-password",
        "targetPath": "db.password",
    }
    assert release["upgrade"]["remediation"] == {"retries": 0, "remediateLastFailure": True, "strategy": "rollback"}
    assert (release["timeout"], release["maxHistory"]) == ("7m", 4)
    assert yaml.safe_load((root / "values.yaml").read_text()) == {
        "image": {"tag": "to-be-set"},
        "a": {"b": 3, "c": "03"},
    }
    # Argo CD puts no secret into values: it does not start it before somebody has seen to that.
    argo = {file.path: file.text for file in rendered(plan).files}
    assert "#   - release-web-production.yaml (put in `db.password`)" in argo["argocd/kustomization.yaml"]


@pytest.mark.parametrize(
    ("text", "how", "values"),
    [
        ("a=1,b.c=x,d=true", "set", {"a": 1, "b": {"c": "x"}, "d": True}),
        ("a=1,b=true", "set-string", {"a": "1", "b": "true"}),
        ("list={a,b,3}", "set", {"list": ["a", "b", 3]}),
        ("servers[0].port=80,servers[0].host=x", "set", {"servers": [{"port": 80, "host": "x"}]}),
        (r"name=value1\,value2", "set", {"name": "value1,value2"}),
        (r"nodeSelector.kubernetes\.io/role=master", "set", {"nodeSelector": {"kubernetes.io/role": "master"}}),
        ("a=007", "set", {"a": "007"}),
        ("a=null", "set", {"a": None}),
        ("a=x=y,z", "set-literal", {"a": "x=y,z"}),
    ],
)
def test_values_of_the_command_line(text: str, how: str, values: dict[str, Any]) -> None:
    """https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set"""
    found: dict[str, Any] = {}
    for where, value in assignments(text, how):
        put(found, where, typed(value, how))
    assert found == values


def test_a_gap_in_values_is_refused() -> None:
    with pytest.raises(NotUnderstoodError):
        put({}, ("a", 3), 1)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kubectl apply -f https://x.test/a.yaml", "may be another one at each run"),
        ("kubectl apply -f gone.yaml", "`gone.yaml` is not beside the script"),
        ("kubectl apply --frob -f web.yaml", "`--frob` is not understood"),
        ('if [ -n "$A" ]; then kubectl apply -f web.yaml; fi', "it depends on a condition"),
        ("yq -i .spec.replicas=3 web.yaml\nkubectl apply -f web.yaml", "`web.yaml` is changed before"),
        ("sed 's/\\(a\\)/\\1/' web.yaml | kubectl apply -f -", "the pattern of `sed` is not understood"),
        ("kubectl apply -f twice.yaml", "`kind` is there twice"),
        ("kubectl apply -f chart.yaml", "is no manifest"),
        ("kubectl set image deploy/other a=b:1", "applies no manifest of `deploy/other`"),
        ("helm upgrade --install web acme/web", "no `helm repo add acme`"),
        ("helm upgrade --install web ./gone", "is not beside the script"),
        ("helm upgrade --reuse-values --install web oci://x.test/web", "`--reuse-values` is not understood"),
        ("helm upgrade --install web oci://x.test/web --timeout 300", "is no duration"),
        ("kubectl rollout restart deploy/web", "nothing is started anew that has not changed"),
        ("kubectl create configmap c --from-literal=a=$(date)", "known only at each run"),
    ],
)
def test_what_is_not_followed_stays_with_a_person(script: str, said: str) -> None:
    files = {
        "web.yaml": WEB,
        "twice.yaml": "kind: A\napiVersion: v1\nkind: B\n",
        "chart.yaml": "{{ if x }}\nkind: A\n{{ end }}\n",
    }
    tree = rendered(plan_of(f"{script}\n", files))
    assert said in left(tree)


def test_a_chart_without_a_version_does_not_start() -> None:
    tree = rendered(plan_of("helm upgrade --install web oci://x.test/charts/web -n shop\n", {}))
    texts = {file.path: file.text for file in tree.files}
    assert "targetRevision: to-be-set" in texts["argocd/release-web-production.yaml"]
    assert "repoURL: x.test/charts\n" in texts["argocd/release-web-production.yaml"]
    assert next(each.name for each in tree.settings) == "version of web"


def test_a_saved_plan_gives_the_same_files() -> None:
    files = {"secret.yaml": MANIFEST, "web.yaml": WEB}
    script = (
        f"{SECRETS}TAG=$(git describe)\nsed s/1.0/$TAG/ web.yaml | kubectl apply -f -\nhelm install x oci://a.test/x\n"
    )
    plan = plan_of(script, files)
    again = load(dump(plan), "plan.yaml")
    assert rendered(again) == rendered(plan)


@pytest.mark.parametrize("delivery", ["github-actions", "gitlab-ci"])
def test_no_pipeline_applies_what_may_be_in_any_namespace(delivery: str) -> None:
    script = "docker build -t acme/web:3 .\ndocker push acme/web:3\nkubectl apply -n shop -f web.yaml\n"
    tree = render(plan_of(script, {"web.yaml": WEB}), target="kubernetes", deliveries=(delivery,), secrets="sealed")
    pipelines = "\n".join(file.text for file in tree.files if file.path.startswith((".github/", ".gitlab-ci")))
    assert "docker push" in pipelines
    assert "kubectl apply" not in pipelines
    assert "no pipeline applies what may be in any namespace" in left(tree)
    assert not any(file.path == "clusters/deliver.sh" for file in tree.files)

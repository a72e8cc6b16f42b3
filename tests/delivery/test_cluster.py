"""Pipelines that deliver to a cluster: their scripts run with the real kubectl against a server of ours, which records
what was changed, in which order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from converter.model.resource import Phase
from converter.pipeline import scripts_to_plan
from converter.render import render
from converter.render.delivery.cluster.images import LOOK
from delivery.cluster import Cluster, cluster
from delivery.test_pipelines import run, scripts

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / "fixtures" / "cluster-push-github" / "expected" / "kubernetes"
GITLAB = ROOT / "fixtures" / "cluster-push-gitlab" / "expected" / "kubernetes"
SPACE = "cluster-push-github-staging"
API = "registry.acme.test/tickets/api"
DIGEST = "sha256:" + "0123456789abcdef" * 4
SCRIPT = (ROOT / "fixtures" / "cluster-push-github" / "input" / "ship.sh").read_bytes()


@dataclass
class Place:
    """A clone of a generated repository beside a cluster."""

    root: Path
    cluster: Cluster

    def deliver(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Its program."""
        return self.bash(f"clusters/deliver.sh {' '.join(words)}")

    def bash(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A script as a job runs it."""
        path = f"{self.root.parent / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        known = {
            "PATH": path,
            "HOME": str(self.root.parent),
            "KUBECONFIG": str(self.root.parent / "kubeconfig"),
            **more,
        }
        words = ["bash", "-eo", "pipefail", "-c", script]
        return subprocess.run(words, cwd=self.root, env=known, capture_output=True, text=True, check=False, timeout=120)

    def versions(self, old: str, new: str, environment: str = "staging") -> None:
        """Another version of the image that the script builds."""
        self.change(f"environments/{environment}/versions/kustomization.yaml", f"newTag: {old}", f"newTag: {new}")

    def change(self, path: str, old: str, new: str) -> None:
        """A text in a file, which is there."""
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def program(self, name: str, text: str) -> None:
        """A program of the machine."""
        file = self.root.parent / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def git(self, *words: str) -> str:
        """What git says."""
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.invalid"]
        return subprocess.run(
            ["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=True
        ).stdout.strip()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """The repository of two environments with a build and a migration, and an empty cluster."""
    root = Path(shutil.copytree(GITHUB, tmp_path / "repository"))
    (root / "clusters" / "deliver.sh").chmod(0o755)
    with cluster() as found:
        (tmp_path / "kubeconfig").write_text(found.kubeconfig)
        made = Place(root, found)
        made.program("sleep", "exit 0")
        yield made


@pytest.fixture
def deployed(place: Place) -> Place:
    """The same after a deployment of `one`."""
    place.versions("to-be-set", "one")
    done = place.deliver("apply", "staging")
    assert done.returncode == 0, done.stdout + done.stderr
    place.cluster.changes.clear()
    return place


def workloads(changes: list[str]) -> list[str]:
    """Those of what runs."""
    return [each for each in changes if re.search(r" (?:Deployment|Job)/", each)]


def test_all_is_made_in_the_order_of_the_script(place: Place) -> None:
    place.versions("to-be-set", "one")
    assert place.deliver("apply", "staging").returncode == 0
    assert place.cluster.changes[0] == f"apply Namespace/{SPACE}"
    assert workloads(place.cluster.changes) == [
        "apply Deployment/tickets-db",
        "apply Job/api-migrate",
        "apply Deployment/tickets-api",
        "apply Deployment/tickets-mail",
    ]


def test_what_is_not_ready_stops_what_waits_for_it(place: Place) -> None:
    place.versions("to-be-set", "one")
    place.cluster.never_ready.add("tickets-db")
    done = place.deliver("apply", "staging")
    assert done.returncode == 2
    assert "tickets-db is not ready: nothing after it was changed" in done.stderr
    assert workloads(place.cluster.changes) == ["apply Deployment/tickets-db"]


def test_a_failed_job_stops_the_rest_and_runs_again(place: Place) -> None:
    place.versions("to-be-set", "one")
    place.cluster.failing.add("api-migrate")
    done = place.deliver("apply", "staging")
    assert (done.returncode, "job/api-migrate has failed" in done.stderr) == (2, True)
    assert workloads(place.cluster.changes)[-1] == "apply Job/api-migrate"
    seen = place.deliver("diff", "staging")
    assert (seen.returncode, "job/api-migrate has failed and runs again" in seen.stdout) == (1, True)
    place.cluster.failing.clear()
    place.cluster.changes.clear()
    assert place.deliver("apply", "staging").returncode == 0
    assert workloads(place.cluster.changes)[1:3] == ["delete Job/api-migrate", "apply Job/api-migrate"]


def test_without_a_tag_nothing_is_touched(place: Place) -> None:
    done = place.deliver("apply", "staging")
    assert (done.returncode, place.cluster.changes) == (2, [])
    assert f"no tag is set in environments/staging/versions/kustomization.yaml for: {API}:to-be-set" in done.stderr


def test_an_empty_cluster_differs(place: Place) -> None:
    done = place.deliver("diff", "staging")
    assert done.returncode == 1
    assert "Deployment tickets-api" in done.stdout.splitlines()


def test_what_was_applied_differs_in_nothing(deployed: Place) -> None:
    done = deployed.deliver("diff", "staging")
    assert (done.returncode, done.stdout) == (0, "Nothing would change in staging.\n")
    assert deployed.cluster.changes == []


def test_another_version_runs_the_job_again(deployed: Place) -> None:
    deployed.versions("one", "two")
    done = deployed.deliver("diff", "staging")
    assert done.returncode == 1
    assert f"job/api-migrate is made anew and runs again: {API}:one before, {API}:two now" in done.stdout
    assert f"+        image: {API}:two" in done.stdout
    assert deployed.cluster.changes == []
    assert deployed.deliver("apply", "staging").returncode == 0
    assert workloads(deployed.cluster.changes) == [
        "apply Deployment/tickets-db",
        "delete Job/api-migrate",
        "apply Job/api-migrate",
        "apply Deployment/tickets-api",
        "apply Deployment/tickets-mail",
    ]


def test_the_same_version_runs_no_job_again(deployed: Place) -> None:
    assert deployed.deliver("apply", "staging").returncode == 0
    assert "delete Job/api-migrate" not in deployed.cluster.changes


def test_what_was_changed_by_hand_is_shown_and_taken_back(deployed: Place) -> None:
    deployed.cluster.objects["Deployment", "tickets-api"]["spec"]["replicas"] = 7
    done = deployed.deliver("diff", "staging")
    assert (done.returncode, "-  replicas: 7" in done.stdout) == (1, True)
    assert deployed.deliver("apply", "staging").returncode == 0
    assert deployed.cluster.objects["Deployment", "tickets-api"]["spec"]["replicas"] == 1


@pytest.mark.parametrize("problem", ["refused", "unbuilt", "unlisted", "gone"])
def test_what_can_not_be_told_is_no_difference(problem: str, deployed: Place) -> None:
    if problem == "refused":
        deployed.cluster.refuses.add("tickets-api")
    elif problem == "unbuilt":
        deployed.change("apps/tickets-mail/overlays/staging/kustomization.yaml", "../../base", "../../nowhere")
    elif problem == "unlisted":
        deployed.change("clusters/staging/order", "tickets-mail: api-migrate\n", "")
    else:
        (deployed.root.parent / "kubeconfig").write_text(Cluster(port=1).kubeconfig)
    done = deployed.deliver("diff", "staging")
    assert done.returncode == 2, done.stdout + done.stderr
    assert deployed.deliver("apply", "staging").returncode == 2


def test_what_is_gone_is_removed_last(deployed: Place) -> None:
    shutil.rmtree(deployed.root / "apps" / "tickets-mail")
    deployed.change("clusters/staging/order", "tickets-mail: api-migrate\n", "")
    done = deployed.deliver("diff", "staging")
    assert done.returncode == 1
    assert "Removed, since no manifest has it any more:" in done.stdout
    assert "Deployment tickets-mail" in done.stdout
    assert deployed.deliver("apply", "staging").returncode == 0
    removed = [each for each in deployed.cluster.changes if each.startswith("delete")]
    assert deployed.cluster.changes[-len(removed) :] == removed
    assert {each.split("/")[0] for each in removed} == {
        "delete ConfigMap",
        "delete Deployment",
        "delete NetworkPolicy",
        "delete Service",
    }
    assert all("tickets-mail" in each for each in removed)


def test_volumes_secrets_and_what_others_made_are_not_removed(deployed: Place) -> None:
    labels = {"app.kubernetes.io/part-of": "cluster-push-github"}
    objects = deployed.cluster.objects
    for kind, name, more in (
        ("PersistentVolumeClaim", "old-data", {}),
        ("Secret", "old-secret", {}),
        ("Job", "nightly-28391", {"ownerReferences": [{"kind": "CronJob", "name": "nightly"}]}),
        ("Service", "of-somebody-else", {"labels": {}}),
    ):
        metadata = {"name": name, "namespace": SPACE, "labels": labels, "uid": name, **more}
        api = "batch/v1" if kind == "Job" else "v1"
        objects[kind, name] = {"apiVersion": api, "kind": kind, "metadata": metadata}
    metadata = {"name": "shared", "namespace": SPACE, "labels": labels}
    shared = yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    (deployed.root / "environments" / "staging" / "shared.yaml").write_text(shared)
    deployed.change(
        "environments/staging/kustomization.yaml", "  - namespace.yaml\n", "  - namespace.yaml\n  - shared.yaml\n"
    )
    assert deployed.deliver("apply", "staging").returncode == 0
    assert deployed.deliver("diff", "staging").returncode == 0
    assert not [each for each in deployed.cluster.changes if each.startswith("delete")]


def test_encrypted_secrets_are_applied_in_plain_and_left_nowhere(place: Place) -> None:
    place.versions("to-be-set", "one")
    folder = place.root / "environments" / "staging"
    (folder / "own.sops.yaml").write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: own}\nstringData: {A: ENC[x]}\nsops: {mac: x}\n"
    )
    place.change(
        "environments/staging/kustomization.yaml", "  - namespace.yaml\n", "  - namespace.yaml\n  - own.sops.yaml\n"
    )
    place.program("sops", 'test "$1 $2" = "decrypt --in-place" && sed -i "s/ENC\\[x\\]/hunter2/; /^sops/d" "$3"')
    done = place.deliver("apply", "staging")
    assert done.returncode == 0, done.stderr
    assert place.cluster.objects["Secret", "own"]["stringData"] == {"A": "hunter2"}
    assert "ENC[x]" in (folder / "own.sops.yaml").read_text()
    assert "hunter2" not in done.stdout + done.stderr + place.deliver("diff", "staging").stdout


def test_the_access_is_that_of_the_account(deployed: Place) -> None:
    data = {"ca.crt": "Y2E=", "token": "c2VzYW1l"}
    metadata = {"name": "delivery-token", "namespace": SPACE}
    deployed.cluster.objects["Secret", "delivery-token"] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "data": data,
    }
    done = deployed.deliver("access", "staging")
    assert done.returncode == 0, done.stderr
    shown = deployed.bash(
        'kubectl --kubeconfig /dev/stdin config view --raw --minify --output yaml <<< "$X"', X=done.stdout
    )
    made = yaml.safe_load(shown.stdout)
    assert made["users"][0]["user"] == {"token": "sesame"}
    assert made["contexts"][0]["context"]["namespace"] == SPACE
    assert made["clusters"][0]["cluster"]["server"].endswith(str(deployed.cluster.port))


def test_the_account_may_make_what_the_manifests_have(place: Place) -> None:
    rules = list(yaml.safe_load_all((place.root / "clusters" / "staging" / "access.yaml").read_text()))
    assert {each["kind"] for each in rules if each["kind"].startswith("Cluster")} == {
        "ClusterRole",
        "ClusterRoleBinding",
    }
    (own,) = [each for each in rules if each["kind"] == "ClusterRole"]
    assert own["rules"][0]["resourceNames"] == [SPACE]
    vault = (GITLAB / "clusters" / "test" / "access.yaml").read_text()
    assert "externalsecrets" in vault


def flows(root: Path) -> dict[str, Any]:
    """The workflows by name."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in (root / ".github" / "workflows").iterdir()}


def jobs() -> dict[str, Any]:
    """The pipeline of GitLab."""
    found: dict[str, Any] = yaml.safe_load((GITLAB / ".gitlab-ci.yml").read_text())
    return found


def step(job: dict[str, Any], name: str) -> str:
    """What a step of GitHub's runs."""
    (found,) = [each["run"] for each in job["steps"] if each["name"] == name]
    return str(found)


@pytest.mark.parametrize(("state", "plan", "drift"), [("same", 0, 0), ("other", 0, 1), ("refused", 1, 1)])
def test_a_difference_is_an_error_only_of_drift(state: str, plan: int, drift: int, deployed: Place) -> None:
    if state == "other":
        deployed.versions("one", "two")
    if state == "refused":
        deployed.cluster.refuses.add("tickets-api")
    summary = deployed.root.parent / "summary"
    more = {"ENVIRONMENT": "staging", "GITHUB_STEP_SUMMARY": str(summary)}
    check, watch = flows(deployed.root)["check"]["jobs"]["plan"], flows(deployed.root)["drift"]["jobs"]["drift"]
    assert deployed.bash(step(check, "Plan"), **more).returncode == plan
    assert deployed.bash(step(watch, "Drift"), **more).returncode == drift
    said = summary.read_text()
    assert {"same": "Nothing would change", "other": f"{API}:two", "refused": "a webhook has refused it"}[state] in said
    mine = {"ENVIRONMENT": "staging"}
    ours = jobs()
    assert deployed.bash("\n".join(ours["plan:test"]["script"]), **mine).returncode == plan
    assert deployed.bash("\n".join(ours["drift:test"]["script"]), **mine).returncode == drift


def test_a_merge_goes_through_the_environments() -> None:
    found = flows(GITHUB)["deploy"]["jobs"]
    assert list(found) == ["changes", "apply-staging", "apply-production"]
    assert found["apply-production"]["needs"] == ["changes", "apply-staging"]
    assert found["apply-production"]["environment"] == "production"
    assert found["apply-production"]["concurrency"]["group"] == "deploy-production"
    ours = jobs()
    assert ours["apply:production"]["needs"] == ["lint", "apply:test"]
    assert [rule.get("when") for name in ("test", "production") for rule in ours[f"apply:{name}"]["rules"]] == [
        None,
        "manual",
    ]
    assert ours["apply:production"]["resource_group"] == "production"


def test_secrets_are_given_to_the_steps_that_need_them() -> None:
    for flow in flows(GITHUB).values():
        for job in flow["jobs"].values():
            assert "secrets." not in str(job.get("env", {}))
            for each in job["steps"]:
                given = "SOPS_AGE_KEY" in each.get("env", {})
                assert given == ("clusters/deliver.sh" in each.get("run", "") and "ACCESS" not in each.get("env", {}))


def pushed(place: Place, script: str) -> None:
    """Looks up the image that was pushed, in a registry that knows it."""
    place.program("docker", f'test "$1 $2 $3" = "buildx imagetools inspect" && printf "Name: $4\\nDigest: {DIGEST}\\n"')
    (place.root / "app").mkdir()
    done = place.bash(f"cd app\n{script}", REPO="registry.acme.test/tickets", rev="0a1b2c3d4e")
    assert done.returncode == 0, done.stderr


def begun(place: Place) -> None:
    """The repository with a remote."""
    place.git("init", "--quiet", "--initial-branch=main")
    place.git("add", ".")
    place.git("commit", "--quiet", "--message", "x")
    place.git("clone", "--quiet", "--bare", ".", "../origin.git")
    place.git("remote", "add", "origin", "../origin.git")


def test_a_build_is_proposed_by_its_digest(place: Place) -> None:
    begun(place)
    found = flows(place.root)["build"]["jobs"]
    pushed(place, step(found["build"], LOOK))
    output = place.root.parent / "output"
    assert place.bash(step(found["build"], "Hand over what was pushed"), GITHUB_OUTPUT=str(output)).returncode == 0
    _, images, _ = output.read_text().splitlines()
    assert images == f"{API} 0a1b2c3d4e {DIGEST}"
    place.program("gh", 'echo "$@" >> "$HOME/gh.log"')
    known = {"IMAGES": images, "ENVIRONMENT": "staging", "RUN": "7", "BASE": "main", "GH_TOKEN": "sesame"}
    known |= {"GITHUB_ACTOR": "ada", "GITHUB_SERVER_URL": "https://github.example.com"}
    done = place.bash(scripts(found["propose"]), **known)
    assert done.returncode == 0, done.stdout + done.stderr
    place.git("checkout", "--quiet", "--force", "build-7-staging")
    assert place.git("diff", "--name-only", "main") == "environments/staging/versions/kustomization.yaml"
    assert "To be set" not in (place.root / "environments/staging/versions/kustomization.yaml").read_text()
    assert "pr create --base main --head build-7-staging" in (place.root.parent / "gh.log").read_text()
    assert place.deliver("apply", "staging").returncode == 0
    job = place.cluster.objects["Job", "api-migrate"]["spec"]["template"]["spec"]["containers"][0]
    assert job["image"] == f"{API}:0a1b2c3d4e@{DIGEST}"
    assert (found["build"]["permissions"], "propose" in found["propose"]["steps"][1]["run"]) == (
        {"contents": "read"},
        False,
    )


@pytest.mark.parametrize(
    "images", [f"{API} x ", f"{API} $(id) {DIGEST}", f'{API} "x {DIGEST}', f"other x {DIGEST}", f"{API} x sha256:1", ""]
)
def test_what_is_no_digest_gets_into_no_manifest(images: str, place: Place) -> None:
    begun(place)
    known = {"IMAGES": images, "ENVIRONMENT": "staging", "RUN": "7", "GITHUB_ACTOR": "ada"}
    done = place.bash(scripts(flows(place.root)["build"]["jobs"]["propose"]), **known)
    assert done.returncode == 1
    assert place.git("diff") == ""


def test_gitlab_proposes_and_promotes(place: Place) -> None:
    shutil.rmtree(place.root)
    shutil.copytree(GITLAB, place.root)
    begun(place)
    ours = jobs()
    (place.root / "images.txt").write_text(f"registry.gitlab.acme.test/media/server 4.12.0 {DIGEST}\n")
    place.git("config", "url.../origin.git.insteadOf", "https://gitlab.example.com/acme/media.git")
    place.git("--git-dir=../origin.git", "config", "receive.advertisePushOptions", "true")
    known = {"CI_SERVER_URL": "https://gitlab.example.com", "CI_PROJECT_PATH": "acme/media", "RUN": "7"}
    known |= {"PROMOTE_TOKEN": "sesame", "CI_DEFAULT_BRANCH": "main", "ENVIRONMENT": "test", "FROM": "test"}
    known |= {"GITLAB_USER_NAME": "Ada", "GITLAB_USER_EMAIL": "ada@example.invalid"}
    done = place.bash("\n".join(ours["propose"]["script"]), **known)
    assert done.returncode == 0, done.stdout + done.stderr
    done = place.bash("\n".join(ours["promote:test"]["script"]), **known)
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.git("ls-remote", "--heads", "origin", "promote-test-to-production-7")
    assert f"digest: {DIGEST}" in place.git(
        "show", "promote-test-to-production-7:environments/production/versions/kustomization.yaml"
    )


def test_an_agent_applies_and_the_pipeline_builds() -> None:
    plan = scripts_to_plan([("ship.sh", SCRIPT)], name="tickets")
    tree = render(plan, target="kubernetes", deliveries=("flux", "github-actions"))
    paths = {file.path for file in tree.files}
    assert {f".github/workflows/{name}.yml" for name in ("check", "build", "promote")} <= paths
    assert not {".github/workflows/deploy.yml", "clusters/deliver.sh", "clusters/staging/order"} & paths
    assert all("builds nothing" not in each.reason for each in tree.unsupported)
    assert "KUBECONFIG" not in {each.name for each in tree.settings}


@pytest.mark.parametrize("deliveries", [("github-actions", "gitlab-ci"), ("argocd", "gitlab-ci"), ("gitlab-ci",)])
def test_validators_accept(deliveries: tuple[str, ...], tmp_path: Path) -> None:
    plan = scripts_to_plan([("ship.sh", SCRIPT)], name="tickets")
    for file in render(plan, target="kubernetes", deliveries=deliveries).files:
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml", cwd=tmp_path)
    if "github-actions" in deliveries:
        made = sorted(str(path) for path in (tmp_path / ".github" / "workflows").iterdir())
        run("actionlint", "-no-color", *made, cwd=tmp_path)
        run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *made, cwd=tmp_path)
    if (tmp_path / "clusters" / "deliver.sh").exists():
        run("shellcheck", "clusters/deliver.sh", cwd=tmp_path)


def test_every_script_of_gitlab_is_sound(tmp_path: Path) -> None:
    for name, job in jobs().items():
        if isinstance(job, dict) and "script" in job:
            (tmp_path / "job.sh").write_text(
                "\n".join(["#!/bin/bash", "set -eo pipefail", *job.get("before_script", ()), *job["script"]])
            )
            done = subprocess.run(
                [str(Path(sys.executable).parent / "shellcheck"), "-e", "SC2154,SC2034", "job.sh"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{name}: {done.stdout}"


def looked_up(*lines: str) -> tuple[list[str], list[str]]:
    """What is asked of the registry for a script on a workstation, and what is left for a person."""
    script = "\n".join(["#!/bin/bash", "A=$(git rev-parse HEAD)", "B=$(date +%s)", *lines, ""])
    plan = scripts_to_plan([("run.sh", script.encode())], name="shop")
    tree = render(plan, target="kubernetes", deliveries=("github-actions",))
    texts = [file.text for file in tree.files if file.path.endswith("build.yml")]
    asked = [found for text in texts for found in re.findall(r"pushed_image=(\S+)", text)]
    return asked, [each.reason for each in tree.unsupported if "which of them" in each.reason]


@pytest.mark.parametrize(
    ("pushes", "runs", "asked", "unclear"),
    [
        (["r.test/w:$A", "r.test/w:latest"], "r.test/w:$A", '"r.test/w:${A}"', 0),
        (["r.test/w:$A", "r.test/w:latest"], "r.test/w:latest", "r.test/w:latest", 0),
        (["r.test/w:$A", "r.test/w:latest"], "r.test/w:stable", '"r.test/w:${A}"', 0),
        (["r.test/w:$A", "r.test/w:$B"], "r.test/w:latest", "", 2),
        (["r.test/other:$A"], "r.test/w:$A", "", 0),
    ],
)
def test_the_image_that_runs_is_looked_up(pushes: list[str], runs: str, asked: str, unclear: int) -> None:
    built = [line for name in pushes for line in (f"docker build -t {name} .", f"docker push {name}")]
    found, left = looked_up(*built, f"ssh root@web1 docker run -d --name w {runs}")
    assert found == ([asked] if asked else [])
    assert len(left) == unclear


def test_a_command_that_drives_a_cluster_is_no_step_of_a_build() -> None:
    script = b"docker build -t r.test/w:1 .\ndocker push r.test/w:1\nkubectl set image deploy/w w=r.test/w:1\n"
    for delivery in ("github-actions", "gitlab-ci"):
        plan = scripts_to_plan([("run.sh", script)], name="shop")
        tree = render(plan, target="kubernetes", deliveries=(delivery,))
        text = "".join(file.text for file in tree.files)
        assert "docker push r.test/w:1" in text
        assert "kubectl" not in text
        assert any("kubectl set image" in each.address for each in tree.unsupported)


def test_what_came_after_the_deployment_is_left_for_a_person() -> None:
    script = b"ssh root@web1 docker run -d --name w r.test/w:1\naws s3 sync dist s3://docs\n"
    plan = scripts_to_plan([("run.sh", script)], name="shop")
    *before, last = plan.resources
    plan = msgspec.structs.replace(plan, resources=(*before, msgspec.structs.replace(last, phase=Phase.PUBLISH)))
    tree = render(plan, target="kubernetes", deliveries=("github-actions",))
    assert "aws s3" not in "".join(file.text for file in tree.files)
    (left,) = [each for each in tree.unsupported if each.target == "github-actions"]
    assert (left.address, "it came after the deployment" in left.reason) == (last.address, True)


NODE = ROOT / "build" / "node" / "node_modules" / "gitlab-ci-local" / "src" / "index.js"
CURL = """\
for word in "$@"; do
  case "$last" in --output) to="$word" ;; esac
  last="$word"
done
printf '#!/bin/sh\\nexec {kubectl} "$@"\\n' > "$HOME/kubectl"
case "$last" in
  https://dl.k8s.io/release/v1.37.1/bin/linux/*/kubectl) cp "$HOME/kubectl" "$to" ;;
  https://dl.k8s.io/release/v1.37.1/bin/linux/*/kubectl.sha256) sha256sum "$HOME/kubectl" | cut -d ' ' -f 1 ;;
  *) exit 22 ;;
esac
"""


@pytest.mark.skipif(not NODE.is_file(), reason="gitlab-ci-local could not be installed: see make test")
def test_gitlab_runs_from_a_push_to_the_cluster(place: Place) -> None:
    shutil.rmtree(place.root)
    shutil.copytree(GITLAB, place.root)
    (place.root / "clusters" / "deliver.sh").chmod(0o755)
    place.versions("to-be-set", "4.12.0", "test")
    own = place.root.parent / "installed"
    # A shell executor has no images, and what a job installs is not for this machine.
    text = re.sub(r"(?m)^  image: .*\n", "", (place.root / ".gitlab-ci.yml").read_text()).replace(
        "/usr/local/bin", str(own)
    )
    (place.root / ".gitlab-ci.yml").write_text(text)
    begun(place)
    place.git("remote", "set-url", "origin", "https://gitlab.example.com/acme/media.git")
    place.program("pip", "exit 0")
    place.program("rsync", 'for to in "$@"; do :; done; mkdir -p "$to"; tar -c --exclude=./.git . | tar -x -C "$to"')
    place.program("curl", CURL.replace("{kubectl}", str(Path(sys.executable).parent / "kubectl")))
    given = "--variable KUBECONFIG=$KUBECONFIG --ignore-predefined-vars CI_PIPELINE_SOURCE"
    call = f"node {NODE} --force-shell-executor --state-dir .git/local --no-color --no-json-schema-validation {given}"

    done = place.bash(f"{call} --variable CI_PIPELINE_SOURCE=push apply:test --needs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert workloads(place.cluster.changes) == [
        "apply Deployment/media-search",
        "apply Job/indexer-reindex",
        "apply Deployment/media",
    ]
    place.cluster.changes.clear()
    done = place.bash(f"{call} --variable CI_PIPELINE_SOURCE=schedule drift:test")
    assert (done.returncode, "Nothing would change in test." in done.stdout) == (0, True), done.stdout + done.stderr
    place.cluster.objects["Deployment", "media"]["spec"]["replicas"] = 3
    done = place.bash(f"{call} --variable CI_PIPELINE_SOURCE=schedule drift:test")
    assert (done.returncode != 0, "-  replicas: 3" in done.stdout) == (True, True)
    assert place.cluster.changes == []

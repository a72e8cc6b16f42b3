"""Pipelines of several environments: the order, the approvals, the promotion."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from converter.model.plan import Plan
from converter.render import render
from converter.repo import documents
from delivery import plans
from delivery.test_pipelines import built_for_each, scripts, several, written

GH = """\
#!/bin/sh
case "$2" in
  *environments/*) cat rules 2> /dev/null || exit 1 ;;
  *deployments*environment=*) cat "deployed-${2##*environment=}" 2> /dev/null ;;
  *statuses) echo failure; echo success ;;
esac
"""
VERSIONS = "inventories/{}/group_vars/all/versions.yml"


def pipelines(plan: Plan) -> dict[str, Any]:
    """The workflows by name, and the pipeline of GitLab."""
    tree = render(plan, target="ansible", deliveries=("github-actions", "gitlab-ci"))
    chosen = [file for file in tree.files if file.path.startswith((".github", ".gitlab"))]
    return {Path(file.path).stem: yaml.safe_load(file.text) for file in chosen}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The generated repository with one commit, and a `gh` that answers from files."""
    plan = plans.three_environments()
    root = written(render(plan, target="ansible", deliveries=("github-actions",)), tmp_path / "repository")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(GH)
    gh.chmod(0o755)
    return root


def git(root: Path, *words: str) -> str:
    """What git says."""
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    return subprocess.run(["git", *who, *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def commit(root: Path) -> str:
    """A commit of all that is there."""
    git(root, "add", "--all", ".")
    git(root, "commit", "--quiet", "--message", "x")
    return git(root, "rev-parse", "HEAD")


def change(root: Path, path: str) -> None:
    """A line more."""
    with (root / path).open("a") as file:
        file.write("\n# changed\n")


def bash(script: str, root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script as GitHub runs it."""
    path = f"{root.parent / 'bin'}:{os.environ['PATH']}"
    known = {"PATH": path, "HOME": str(root.parent), "GITHUB_OUTPUT": str(root.parent / "output"), **environment}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=root, env=known, capture_output=True, text=True, check=False
    )


def concerned(root: Path, asked: str = "") -> list[str]:
    """The environments that the first job of the workflow names."""
    script = scripts(pipelines(plans.three_environments())["deploy"]["jobs"]["changes"])
    done = bash(script, root, ASKED=asked, GITHUB_REPOSITORY="acme/shop")
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads((root.parent / "output").read_text().splitlines()[-1].removeprefix("environments="))
    return found


def deployed(root: Path, revision: str, *names: str) -> None:
    """What GitHub knows of the environments."""
    (root / ".git" / "info" / "exclude").write_text("deployed-*\nrules\n")
    (root / "rules").write_text("1\n")
    for name in names:
        (root / f"deployed-{name}").write_text(f"7 {revision}\n")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("roles/shop/tasks/main.yml", ["dev", "staging", "production"]),
        (VERSIONS.format("production"), ["production"]),
        (VERSIONS.format("staging"), ["staging"]),
        ("inventories/README", ["dev", "staging", "production"]),
    ],
)
def test_what_a_merge_concerns(path: str, expected: list[str], repository: Path) -> None:
    deployed(repository, git(repository, "rev-parse", "HEAD"), "dev", "staging", "production")
    assert concerned(repository) == []
    change(repository, path)
    commit(repository)
    assert concerned(repository) == expected


def test_what_was_not_deployed_yet_stays_concerned(repository: Path) -> None:
    old = git(repository, "rev-parse", "HEAD")
    change(repository, "site.yml")
    deployed(repository, commit(repository), "dev", "staging")
    deployed(repository, old, "production")
    change(repository, VERSIONS.format("dev"))
    commit(repository)
    assert concerned(repository) == ["dev", "production"]


def test_nothing_is_known_of_a_new_environment(repository: Path) -> None:
    deployed(repository, git(repository, "rev-parse", "HEAD"), "dev", "production")
    assert concerned(repository) == ["staging"]


def test_without_reviewers_production_is_deployed_by_hand_only(repository: Path) -> None:
    assert concerned(repository) == ["dev", "staging"]
    (repository / "rules").write_text("0\n")
    assert concerned(repository) == ["dev", "staging"]
    assert concerned(repository, "production") == ["production"]
    assert concerned(repository, "every environment") == ["dev", "staging", "production"]


def test_an_environment_waits_for_the_one_before() -> None:
    jobs = pipelines(plans.three_environments())["deploy"]["jobs"]
    assert list(jobs) == ["changes", "apply-dev", "apply-staging", "apply-production"]
    assert jobs["apply-production"]["needs"] == ["changes", "apply-staging"]
    assert jobs["apply-production"]["environment"] == "production"
    assert {jobs[f"apply-{name}"]["concurrency"]["group"] for name in ("dev", "staging", "production")} == {
        "deploy-dev",
        "deploy-staging",
        "deploy-production",
    }
    last = jobs["apply-staging"]["steps"][-1]
    assert "https://api.test.example.com/health" in last["env"]["HEALTH_URLS"]


def test_looking_needs_no_approval_and_has_the_secrets() -> None:
    flows = pipelines(plans.three_environments())
    for flow, job in (("check", "plan"), ("drift", "drift")):
        found = flows[flow]["jobs"][job]
        assert found["environment"] == "${{ format('{0}-plan', matrix.environment) }}"
        assert found["strategy"]["matrix"]["environment"] == ["dev", "staging", "production"]


def test_rollback_of_one_environment() -> None:
    flow = pipelines(plans.three_environments())["rollback"]
    assert flow["on"]["workflow_dispatch"]["inputs"]["environment"]["options"] == ["dev", "staging", "production"]
    job = flow["jobs"]["rollback-staging"]
    assert job["if"].endswith("inputs.environment == 'staging'")
    assert job["concurrency"]["group"] == "deploy-staging"
    assert "needs" not in job


def test_promotion_copies_the_versions(repository: Path) -> None:
    flow = pipelines(plans.three_environments())["promote"]
    assert flow["on"]["workflow_dispatch"]["inputs"]["from"]["options"] == ["dev", "staging"]
    script = scripts(flow["jobs"]["promote"])
    origin = repository.parent / "origin.git"
    git(repository, "clone", "--quiet", "--bare", ".", str(origin))
    git(repository, "remote", "add", "origin", str(origin))
    known = {"BASE": "main", "GH_TOKEN": "sesame", "RUN": "7", "GITHUB_SERVER_URL": "https://github.example.com"}
    done = bash(script, repository, FROM="staging", GITHUB_ACTOR="someone", **known)
    assert done.returncode == 0, done.stderr
    assert git(origin, "show", f"promote-staging-to-production-7:{VERSIONS.format('production')}") == git(
        repository, "show", f"main:{VERSIONS.format('staging')}"
    )
    assert git(origin, "diff", "--name-only", "main", "promote-staging-to-production-7") == VERSIONS.format(
        "production"
    )
    assert "-image_tag: 1.5.2\n    +image_tag: 1.6.0" in (repository / "body.md").read_text()
    again = bash(script, repository, FROM="staging", GITHUB_ACTOR="someone", **known)
    assert (again.returncode, "production has the versions of staging already" in again.stdout) == (0, True)
    assert bash(script, repository, FROM="production", GITHUB_ACTOR="someone", **known).returncode == 1


def test_without_a_version_there_is_no_such_workflow() -> None:
    assert "promote" not in pipelines(built_for_each())
    assert "promote" not in pipelines(several())


def test_a_build_that_differs_is_made_for_each() -> None:
    jobs = pipelines(built_for_each())["deploy"]["jobs"]
    assert list(jobs) == ["changes", "build-dev", "build-staging", "build-production"]
    assert jobs["build-staging"]["env"]["STAGE"] == "staging"
    assert jobs["build-production"]["environment"] == "production"
    assert "create-invalidation" in scripts(jobs["build-production"])
    assert "create-invalidation" not in scripts(jobs["build-staging"])
    check = pipelines(built_for_each())["check"]["jobs"]
    assert check["build-production"]["environment"] == "production-plan"
    assert "aws s3" not in scripts(check["build-production"])


def test_gitlab_waits_for_a_person_before_the_last() -> None:
    jobs = pipelines(plans.three_environments())[".gitlab-ci"]
    assert [jobs[f"apply:{name}"]["rules"][0].get("when") for name in ("dev", "staging", "production")] == [
        None,
        None,
        "manual",
    ]
    assert jobs["apply:production"]["environment"] == {"name": "production"}
    assert jobs["apply:production"]["resource_group"] == "production"
    assert jobs["plan:production"]["environment"] == {"name": "production-plan", "action": "access"}
    assert jobs["apply:staging"]["variables"]["HEALTH_URLS"] == "https://api.test.example.com/health"
    assert "curl --fail" in jobs["apply:staging"]["script"][0]
    back = jobs["apply:production"]["rules"][1]
    assert '$ROLLBACK_ENVIRONMENT == "production"' in back["if"]
    assert "when" not in back


def test_gitlab_promotes_by_a_merge_request(repository: Path) -> None:
    jobs = pipelines(plans.three_environments())[".gitlab-ci"]
    job = jobs["promote:staging"]
    assert "promote:production" not in jobs
    assert job["rules"][0]["when"] == "manual"
    assert job["rules"][0]["allow_failure"] is True
    git(repository, "clone", "--quiet", "--bare", ".", str(repository.parent / "shop.git"))
    git(repository.parent / "shop.git", "config", "receive.advertisePushOptions", "true")
    known = {"CI_SERVER_URL": str(repository.parent), "CI_PROJECT_PATH": "shop", "CI_DEFAULT_BRANCH": "main"}
    known |= {"GITLAB_USER_NAME": "x", "GITLAB_USER_EMAIL": "x@example.com", "PROMOTE_TOKEN": "sesame"}
    done = bash("\n".join(job["script"]), repository, FROM="staging", RUN="7", **known)
    assert done.returncode == 0, done.stderr
    shown = git(
        repository.parent / "shop.git", "show", f"promote-staging-to-production-7:{VERSIONS.format('production')}"
    )
    assert "image_tag: 1.6.0" in shown
    missing = bash("\n".join(job["script"]), repository, FROM="dev", RUN="8", **{**known, "PROMOTE_TOKEN": ""})
    assert "PROMOTE_TOKEN" in missing.stderr


def test_gitlab_publishes_for_the_last_one_by_hand() -> None:
    jobs = pipelines(built_for_each())[".gitlab-ci"]
    assert jobs["release:production"]["rules"][0]["when"] == "manual"
    assert "when" not in jobs["release:staging"]["rules"][0]
    assert jobs["release:staging"]["variables"]["STAGE"] == "staging"
    assert {"job": "release:staging", "optional": True} in jobs["release:production"]["needs"]


def test_the_readme_says_how_to_promote() -> None:
    plan = plans.three_environments()
    tree = render(plan, target="ansible", deliveries=("github-actions", "gitlab-ci"))
    text = next(
        file.text
        for file in documents(plan, tree, target="ansible", deliveries=("github-actions", "gitlab-ci")).files
        if file.path == "README.md"
    )
    promote = text.partition("## Promote")[2].partition("\n## Roll back")[0]
    for said in ("Actions > Promote", "`promote:NAME`", "Required reviewers", "Protected environments", "versions.yml"):
        assert said in promote
    plan = built_for_each()
    tree = render(plan, target="ansible", deliveries=("github-actions",))
    files = documents(plan, tree, target="ansible", deliveries=("github-actions",)).files
    assert "the same commit on to the next" in next(file.text for file in files if file.path == "README.md")

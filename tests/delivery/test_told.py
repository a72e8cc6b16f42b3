"""What the run itself tells: nobody has to set the commit, the branch or the tag in either pipeline."""

from __future__ import annotations

import yaml

from converter.model.tree import FileTree
from converter.pipeline import plan_to_tree, scripts_to_plan

SCRIPT = """\
set -e
if [ "$TRAVIS_BRANCH" != master ]; then exit 0; fi
docker build -t acme/shop:$CIRCLE_SHA1 .
docker push acme/shop:$CIRCLE_SHA1
ssh h.test "echo $GITHUB_SHA $CI_COMMIT_TAG $BUILD_NUMBER > /srv/release"
"""


def made() -> FileTree:
    plan = scripts_to_plan([("deploy.sh", SCRIPT.encode())], name="shop")
    return plan_to_tree(plan, target="ansible", deliveries=["github-actions", "gitlab-ci"])


def text(path: str) -> str:
    return next(file.text for file in made().files if file.path == path)


def test_github_tells_them_in_its_own_words() -> None:
    jobs = yaml.safe_load(text(".github/workflows/deploy.yml"))["jobs"]
    assert jobs["build"]["env"]["CIRCLE_SHA1"] == "${{ github.sha }}"
    handed = next(step for step in jobs["apply-production"]["steps"] if "Hand the inputs" in step["name"])
    assert handed["env"] == {
        "BUILD_NUMBER": "${{ github.run_number }}",
        "CI_COMMIT_TAG": "${{ github.ref_type == 'tag' && github.ref_name || '' }}",
        "TRAVIS_BRANCH": "${{ inputs.TRAVIS_BRANCH || vars.TRAVIS_BRANCH }}",
    }
    # GitHub sets it by itself, and lets nobody else set it.
    assert '"github_sha": "GITHUB_SHA"' in handed["run"]


def test_gitlab_tells_them_in_its_own_words() -> None:
    pipeline = text(".gitlab-ci.yml")
    assert 'export GITHUB_SHA="${CI_COMMIT_SHA:-}"' in pipeline
    assert 'export CIRCLE_SHA1="${CI_COMMIT_SHA:-}"' in pipeline
    assert 'export BUILD_NUMBER="${CI_PIPELINE_IID:-}"' in pipeline
    assert "export CI_COMMIT_TAG" not in pipeline


def test_the_branch_that_the_script_deploys_is_the_one_that_is_deployed() -> None:
    assert "travis_branch: master" in text("inventories/production/group_vars/all/main.yml")


def test_nobody_is_asked_for_them() -> None:
    readme = text("README.md")
    assert not any(f"`{name}`" in readme for name in ("CIRCLE_SHA1", "GITHUB_SHA", "CI_COMMIT_TAG", "BUILD_NUMBER"))

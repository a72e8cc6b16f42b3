"""What the script exports to its build: constants are there, and a secret only where a step needs it."""

from __future__ import annotations

from typing import Any

import yaml

from converter.pipeline import plan_to_tree, scripts_to_plan

SCRIPT = """\
set -e
export STAGE=beta URL=https://$STAGE.example.com
export DB=postgres://shop:Wq8kz41Lurch@db/shop
make build
echo done > state
ssh a@h.test touch /x
"""


def build() -> dict[str, Any]:
    plan = scripts_to_plan([("deploy.sh", SCRIPT.encode())], name="shop")
    tree = plan_to_tree(plan, target="ansible", deliveries=["github-actions"])
    text = next(file.text for file in tree.files if file.path == ".github/workflows/deploy.yml")
    job: dict[str, Any] = yaml.safe_load(text)["jobs"]["build"]
    return job


def test_what_is_known_is_in_the_environment_of_the_job() -> None:
    assert {name: build()["env"][name] for name in ("STAGE", "URL")} == {
        "STAGE": "beta",
        "URL": "https://beta.example.com",
    }


def test_what_a_secret_is_part_of_is_computed_by_each_step_that_uses_it() -> None:
    job = build()
    assert "DB" not in job["env"]
    users = [step for step in job["steps"] if "${DB}" in step.get("run", "")]
    assert users
    for step in users:
        (secret,) = step["env"]
        assert step["env"][secret] == f"${{{{ secrets.{secret} }}}}"
        assert f'DB="postgres://shop:${{{secret}}}@db/shop"' in step["run"]
    assert not any("DB<<" in step.get("run", "") for step in job["steps"])

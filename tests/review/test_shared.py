"""The review of a script that a cluster and its hosts share."""

from __future__ import annotations

from pathlib import Path

from converter.cli.answers import Answers
from converter.cli.review.session import Session
from converter.pipeline import Scripts

SCRIPT = b"apt-get install -y ufw\ndocker run -d --name web -p 80:80 nginx:1.27\n"


def test_both_sides_are_shown_and_one_of_them_after_the_other(tmp_path: Path) -> None:
    scripts = Scripts([("deploy.sh", SCRIPT)], name="shop")
    session = Session(scripts, Answers(tmp_path, ""), "kubernetes,ansible", ["argocd", "github-actions"])
    paths = {file.path for file in session.tree.files}
    assert {"roles/shop/tasks/main.yml", "apps/web/base/deployment.yaml"} <= paths
    seen = [session.target for _ in range(4) if session.switch_target()]
    assert seen == ["ansible", "kubernetes", "kubernetes,ansible", "ansible"]

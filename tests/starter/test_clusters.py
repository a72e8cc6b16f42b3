"""Starters for a cluster: no hosts are asked for, and what is written builds, and fits the schemas."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cases import Run, files_of
from converter.model.diagnostic import ConverterError
from converter.model.report import Outcome
from converter.pipeline import offers
from converter.starter.answers import settle
from converter.verify import lint

SHOP = (
    *("starter", "--application", "container", "--image", "registry.example.com/shop", "--app-version", "1.2.0"),
    *("--env", "staging", "--env", "production", "--domain", "staging=staging.shop.test"),
    *("--domain", "production=shop.test", "--container-port", "8080", "--secret", "DATABASE_URL"),
    *("--target", "kubernetes", "-o", "made"),
)


@pytest.mark.parametrize("delivery", ["flux", "argocd"])
def test_everything_is_there_and_valid(delivery: str, run: Run, tmp_path: Path) -> None:
    done = run(*SHOP, "--registry-user", "ci", "--delivery", delivery)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "staging: 1.2.0 in its cluster" in done.stdout
    assert "kubectl kustomize" in done.stdout
    made = tmp_path / "made"
    base = made / "apps/shop/base"
    (container,) = yaml.safe_load((base / "deployment.yaml").read_text())["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"name": "tcp-8080", "containerPort": 8080}]
    assert container["readinessProbe"]["httpGet"] == {"path": "/", "port": 8080}
    assert [one["name"] for one in container["env"]] == ["DATABASE_URL"]
    assert (base / "ingress.yaml").is_file()
    assert "script" not in (made / "README.md").read_text().partition("## Verify")[0]
    report = lint(made)
    assert report.results
    assert [each.details for each in report.results if each.outcome != Outcome.PASSED] == []
    run("starter", "--from", "made/.gitopsify/starter.yaml", "-o", "again", "--quiet")
    assert files_of(tmp_path / "again") == files_of(made)


def test_without_a_domain_nothing_leads_in(run: Run, tmp_path: Path) -> None:
    arguments = ("--application", "container", "--image", "shop", "--app-version", "1", "--target", "kubernetes")
    assert run("starter", *arguments, "-o", "made", "--quiet").returncode == 0
    assert not list((tmp_path / "made").glob("**/ingress.yaml"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"application": "node", "repository": "https://git.example.com/a/shop.git"}, "none of ansible"),
        ({"hosts.production": "app1.example.com"}, "hosts is answered"),
        ({"nginx": "yes"}, "nginx is answered"),
        ({"deliveries": "ansible-pull"}, "none of flux, argocd, github-actions, gitlab-ci"),
        ({"deliveries": "argocd", "store": "sops"}, "none of sealed, external"),
    ],
)
def test_what_a_cluster_has_no_use_for_is_refused(more: dict[str, str], said: str) -> None:
    image = {} if "repository" in more else {"image": "ghcr.io/acme/shop", "version": "1.2.0"}
    with pytest.raises(ConverterError) as raised:
        settle({"application": "container", **image, "target": "kubernetes", **more}, offers())
    assert said in raised.value.message

"""The tools of Ansible accept a repository that holds every kind of resource, with nothing skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.model.plan import Plan
from render import samples
from render.playbooks import rendered, tool, write


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of all samples."""
    return written(samples.everything(), tmp_path_factory.mktemp("everything") / "repository")


def written(plan: Plan, directory: Path) -> Path:
    """The repository with the settings of ansible-lint that it is delivered with."""
    write(rendered(plan), directory)
    (directory / ".ansible-lint").write_text("---\nprofile: production\n", encoding="utf-8")
    return directory


def test_syntax(repository: Path) -> None:
    done = tool(repository, "ansible-playbook", "-i", "inventories/production", "--syntax-check", "site.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr


def test_lint(repository: Path) -> None:
    done = tool(repository, "ansible-lint", "--offline", "--profile", "production", "--strict", "--format", "pep8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_yamllint(repository: Path) -> None:
    done = tool(repository, "yamllint", "--strict", "-d", "{extends: default, rules: {line-length: disable}}", ".")
    assert done.returncode == 0, done.stdout


def test_inventory(repository: Path) -> None:
    done = tool(repository, "ansible-inventory", "-i", "inventories/production", "--graph")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "@web" in done.stdout

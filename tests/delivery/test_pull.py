"""Hosts that pull: what is generated for them, what waits for a person, and what a pipeline beside them still does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from cases import CASES, Case
from converter.model.trace import Disposition
from converter.model.tree import FileTree, TreeFile
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.render import render
from converter.render.delivery.pull.left import repeats
from converter.repo.expressed import expressed

ALONE, BESIDE = ("ansible-pull",), ("ansible-pull", "github-actions", "gitlab-ci")
BUILT = """\
#!/bin/bash
npm ci
npm run build
rsync -a dist/ deploy@web.example.com:/srv/shop/
ssh deploy@web.example.com 'sudo systemctl reload nginx'
curl -X POST https://chat.example.com/hook
"""
PLAIN = "ssh deploy@web.example.com 'sudo mkdir -p /srv/shop'\n"


def made(script: str, *deliveries: str) -> FileTree:
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    return plan_to_tree(plan, target="ansible", deliveries=deliveries)


def texts(tree: FileTree) -> dict[str, str]:
    return {file.path: file.text for file in tree.files}


def of_case(name: str, *deliveries: str) -> FileTree:
    case = next(case for case in CASES if case.name == name)
    sources = [(path, (case.input / path).read_bytes()) for path in case.scripts]
    return plan_to_tree(scripts_to_plan(sources, name=name), target="ansible", deliveries=deliveries)


def test_what_is_built_waits_for_a_person_without_a_pipeline() -> None:
    tree = made(BUILT, *ALONE)
    assert [each.part for each in tree.unsupported if each.address.startswith("sync")] == [True]
    plan = scripts_to_plan([("deploy.sh", BUILT.encode())], name="shop")
    ends = {entry.text: entry.disposition for entry in expressed(plan, tree).ledger}
    assert ends["npm run build"] is Disposition.UNRESOLVED
    assert next(end for text, end in ends.items() if text.startswith("rsync")) is Disposition.CONVERTED
    assert "a host that pulls builds nothing" in texts(tree)["MIGRATION.md"]
    assert "of the script still need a decision" in texts(tree)["README.md"]


def test_a_pipeline_beside_builds_and_reaches_no_host() -> None:
    files = texts(made(BUILT, *BESIDE))
    github = {path: yaml.safe_load(text) for path, text in files.items() if path.startswith(".github/workflows/")}
    assert set(github[".github/workflows/check.yml"]["jobs"]) == {"lint", "verify", "build"}
    assert ".github/workflows/drift.yml" not in files
    gitlab = yaml.safe_load(files[".gitlab-ci.yml"])
    assert [name for name in gitlab if re.match(r"plan|apply|drift|rollback|health", name)] == []
    for text in (files[".gitlab-ci.yml"], *(files[path] for path in github)):
        assert "SSH_PRIVATE_KEY" not in text
        assert "ansible-playbook" not in text
    assert "ansible-lint" in files[".gitlab-ci.yml"]
    # What it builds has still no way to the hosts.
    assert "nothing carries it to hosts that pull" in files["MIGRATION.md"]


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ("- ansible.builtin.command: {argv: [date]}\n  changed_when: false\n", False),
        ("- ansible.builtin.command: {argv: [make], creates: /srv/made}\n", False),
        ("- ansible.builtin.command: {argv: [./migrate]}\n", True),
        ("- block:\n    - ansible.builtin.shell: ./migrate\n", True),
        ("- ansible.builtin.systemd_service: {name: web, state: restarted}\n", True),
        ("- ansible.builtin.systemd_service: {name: web, state: started}\n", False),
    ],
)
def test_what_is_not_to_be_repeated(tasks: str, expected: bool) -> None:
    assert repeats(FileTree(files=(TreeFile(path="roles/web/tasks/main.yml", text=tasks),))) is expected


def test_repeated_or_once_and_the_table_says_so() -> None:
    always, once = texts(made(PLAIN, *ALONE)), texts(made(f"{PLAIN}ssh deploy@web.example.com ./migrate\n", *ALONE))
    for files, mode, met in ((always, "always", "yes"), (once, "commit", "in part")):
        settings = yaml.safe_load(files["roles/pull/defaults/main.yml"])
        assert settings["pull_apply"] == mode
        assert "| **pulled automatically** | yes |" in files["README.md"]
        assert f"| **continuously reconciled** | {met} |" in files["README.md"]


def test_environments_follow_branches_of_their_own() -> None:
    files = texts(of_case("env-by-argument", *ALONE))
    branches = {
        path.split("/")[1]: yaml.safe_load(text)["pull_branch"]
        for path, text in files.items()
        if path.endswith("/group_vars/all/pull.yml")
    }
    assert branches == {"staging": "main", "production": "production"}
    assert "git push origin origin/main:refs/heads/production" in files["README.md"]


@pytest.mark.parametrize(("store", "name"), [("vault", "ANSIBLE_VAULT_PASSWORD"), ("sops", "SOPS_AGE_KEY")])
def test_what_a_host_needs_to_decrypt_is_said(store: str, name: str) -> None:
    case = next(case for case in CASES if case.name == "secrets-everywhere")
    plan = scripts_to_plan([(path, (case.input / path).read_bytes()) for path in case.scripts], name="shop")
    tree = plan_to_tree(plan, target="ansible", deliveries=ALONE, secrets=store)
    told = {each.name: each for each in tree.settings}
    assert told[name].secret
    assert "/etc/shop-pull/environment" in told[name].where
    assert f'"${{{name}:?' in texts(tree)["roles/pull/files/pull.sh"]
    assert "sudoedit /etc/shop-pull/environment" in texts(tree)["README.md"]


def test_several_hosts_lose_their_order_and_it_is_said() -> None:
    assert "at its own time" in texts(of_case("ssh-host-loop", *ALONE))["MIGRATION.md"]
    assert "at its own time" not in texts(made(PLAIN, *ALONE))["MIGRATION.md"]


def test_programs_and_units_are_sound(case: Case, tmp_path: Path) -> None:
    sources = [(path, (case.input / path).read_bytes()) for path in case.scripts]
    files = texts(render(scripts_to_plan(sources, name=case.name), target="ansible", deliveries=ALONE))
    if "pull.yml" not in files:
        assert "site.yml" not in files
        return
    program = tmp_path / "pull.sh"
    program.write_text(files["roles/pull/files/pull.sh"], encoding="utf-8")
    done = subprocess.run(["shellcheck", str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for kind in ("service", "timer"):
        unit = re.sub(r"\{\{.*?\}\}", "1", files[f"roles/pull/templates/pull.{kind}.j2"])
        unit = re.sub(r"(?<=^ExecStart=).*|(?<=^User=).*", "root", unit, flags=re.MULTILINE)
        place = tmp_path / f"checked.{kind}"
        place.write_text(unit.replace("ExecStart=root", "ExecStart=/bin/true"), encoding="utf-8")
        argv = ["systemd-analyze", "verify", "--recursive-errors=no", str(place)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

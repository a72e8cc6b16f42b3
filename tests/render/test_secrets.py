"""Secrets in the manifests: read from their store, shown by no task, and handed over by every pipeline."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model.tree import FileTree
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.render import STORES
from plan.corpora import SECRET, planted

SCRIPT = """\
DB_PASSWORD='Zx9!kk2pQ1'
DATABASE_URL="postgres://shop:$DB_PASSWORD@db/shop"
mysql -u root -p"$DB_PASSWORD" -e 'select 1'
echo "url=$DATABASE_URL" > /srv/app.conf
systemctl restart shop
"""


def tree_of(script: str, store: str = "vault") -> FileTree:
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    return plan_to_tree(plan, target="ansible", deliveries=("github-actions", "gitlab-ci"), secrets=store)


def text_of(tree: FileTree, path: str) -> str:
    return next(file.text for file in tree.files if file.path == path)


def variables_of(tree: FileTree) -> dict[str, Any]:
    pages = [file.text for file in tree.files if file.path.endswith("group_vars/all/main.yml")]
    return yaml.safe_load(pages[0]) if pages else {}


def secret_names(variables: dict[str, Any]) -> set[str]:
    """The variables that read a secret, and those that are made of them."""
    names = {name for name, value in variables.items() if "{{ vault_" in str(value)}
    while more := {name for name, value in variables.items() if mentions(str(value), names)} - names:
        names |= more
    return names


def mentions(text: str, names: set[str]) -> bool:
    return any(
        re.search(rf"\b{re.escape(name)}\b", code) for code in re.findall(r"\{\{.*?\}\}", text) for name in names
    )


def tasks_of(tree: FileTree) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in tree.files:
        if re.search(r"roles/\w+/(tasks|handlers)/main\.yml$", file.path):
            found += yaml.load(file.text, Loader=Unsafe) or []
    for task in list(found):
        found += [inner for key in ("block", "rescue") for inner in task.get(key, [])]
    return found


class Unsafe(yaml.SafeLoader):
    """Reads `!unsafe` texts as texts."""


Unsafe.add_constructor("!unsafe", lambda loader, node: node.value)


def unguarded(tree: FileTree) -> list[str]:
    """The tasks that use a secret, in their own text or in a template, and would show it."""
    names = secret_names(variables_of(tree))
    templates = {file.path.rpartition("/")[2]: file.text for file in tree.files if "/templates/" in file.path}
    shown = []
    for task in tasks_of(tree):
        text = yaml.safe_dump({key: value for key, value in task.items() if key not in ("block", "rescue")}, width=9999)
        text += "".join(page for name, page in templates.items() if name in text)
        if mentions(text, names) and not task.get("no_log"):
            shown.append(text)
    return shown


def test_tasks_with_a_secret_are_not_logged() -> None:
    tree = tree_of(SCRIPT)
    assert secret_names(variables_of(tree)) >= {"db_password"}
    assert len([task for task in tasks_of(tree) if task.get("no_log")]) == 2
    assert unguarded(tree) == []


@settings(max_examples=60, derandomize=True)
@given(st.lists(st.sampled_from(SECRET), min_size=1, max_size=5), st.integers(0, 10**6))
def test_no_task_shows_a_secret(samples: list[str], seed: int) -> None:
    script = "\n".join(planted(sample, seed)[0] for sample in samples) + "\n"
    assert unguarded(tree_of(script)) == []


@pytest.mark.parametrize(
    ("store", "value"),
    [
        ("vault", "{{ vault_db_password }}"),
        ("sops", "{{ sops_db_password }}"),
        ("ci", "{{ lookup('ansible.builtin.env', 'DB_PASSWORD', default=undef(hint='DB_PASSWORD is not set')) }}"),
        (
            "external",
            (
                "{{ lookup('community.hashi_vault.vault_kv2_get', 'shop/production', engine_mount_point='secret')"
                ".secret['db_password'] }}"
            ),
        ),
    ],
)
def test_each_store_is_read_by_a_plain_variable(store: str, value: str) -> None:
    assert variables_of(tree_of(SCRIPT, store))["db_password"] == value


@pytest.mark.parametrize(
    ("store", "files"),
    [
        ("vault", ["inventories/production/group_vars/all/vault.yml.example"]),
        ("sops", [".sops.yaml", "inventories/production/group_vars/all/secrets.sops.yml.example"]),
        ("ci", []),
        ("external", []),
    ],
)
def test_templates_hold_names_and_no_values(store: str, files: list[str]) -> None:
    tree = tree_of(SCRIPT, store)
    made = [file.path for file in tree.files if file.path.endswith(".example") or file.path == ".sops.yaml"]
    assert sorted(made) == files
    for path in made:
        page = yaml.safe_load(text_of(tree, path))
        assert path == ".sops.yaml" or set(page.values()) == {""}


@pytest.mark.parametrize(
    ("store", "handed"),
    [
        ("vault", ["ANSIBLE_VAULT_PASSWORD"]),
        ("sops", ["SOPS_AGE_KEY"]),
        ("ci", ["DB_PASSWORD"]),
        ("external", ["ANSIBLE_HASHI_VAULT_ADDR", "ANSIBLE_HASHI_VAULT_ROLE_ID", "ANSIBLE_HASHI_VAULT_SECRET_ID"]),
    ],
)
def test_pipelines_hand_over_what_the_store_needs(store: str, handed: list[str]) -> None:
    tree = tree_of(SCRIPT, store)
    workflow = yaml.safe_load(text_of(tree, ".github/workflows/deploy.yml"))
    steps = workflow["jobs"]["apply-production"]["steps"]
    given_to = [name for step in steps for name in step.get("env", {}) if name in handed]
    assert given_to == handed
    assert "secrets." not in str(workflow["jobs"]["apply-production"]["env"])
    told = {setting.name for setting in tree.settings}
    assert told >= set(handed)
    gitlab = text_of(tree, ".gitlab-ci.yml")
    assert store in ("ci", "external") or f"${{{handed[0]}:?" in gitlab
    assert "ANSIBLE_HASHI_VAULT_AUTH_METHOD: approle" in gitlab or store != "external"


@pytest.mark.parametrize("store", STORES)
def test_the_report_says_what_to_rotate_and_where_to_set_it(store: str) -> None:
    report = text_of(tree_of(SCRIPT, store), "MIGRATION.md")
    section = report[report.index("## Rotate these") : report.index("## What changed")]
    assert "`DB_PASSWORD`, in the script at [`deploy.sh:1`]" in section
    where = {
        "vault": "vault_db_password in vault.yml",
        "sops": "sops_db_password in secrets.sops.yml",
        "ci": "secret DB_PASSWORD of the pipeline",
        "external": "field db_password of secret/shop/production",
    }
    assert where[store] in section


def test_without_secrets_there_is_no_store() -> None:
    tree = tree_of("systemctl restart shop\n", "sops")
    assert tree.store is None
    assert "vars_plugins_enabled" not in text_of(tree, "ansible.cfg")

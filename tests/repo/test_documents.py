"""README, migration report and settings of tools, read back by Markdown parsers and the tools themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.plan import LedgerEntry, Plan, PlanVariable, SourceCopy, VariableKind
from converter.model.question import Question
from converter.model.trace import Disposition
from converter.model.tree import FileTree, TreeFile, Unsupported
from converter.render.delivery.github_actions import github_actions
from converter.render.delivery.gitlab_ci import gitlab_ci
from converter.repo import documents
from delivery import plans

BIN = Path(sys.executable).parent
HOSTILE = "echo `id` | tee <b>x</b> [a](b) \\| *y* #1 @all ${{ secrets.X }} {{ x }} {% raw %}\n\n# Title\n| a | b |"
TASKS = "---\n# deploy.sh:3\n- name: Install\n\n# deploy.sh:4-6, deploy.sh:9\n- name: Reload\n"
BOTH = ("github-actions", "gitlab-ci")


def hostile() -> Plan:
    """A plan in which every text is hostile."""
    return msgspec.structs.replace(
        plans.static_site(),
        name=HOSTILE,
        variables=(PlanVariable(name="KEY", kind=VariableKind.SECRET, help=HOSTILE, span=plans.span(2)),),
        resources=tuple(msgspec.structs.replace(r, name=HOSTILE) for r in plans.static_site().resources),
        ledger=tuple(
            LedgerEntry(span=plans.span(number), text=HOSTILE, disposition=kind, reason=HOSTILE)
            for number, kind in enumerate(Disposition, 1)
        ),
        questions=(
            Question(
                id="q", prompt=HOSTILE, choices=(HOSTILE, "b"), default=HOSTILE, reason=HOSTILE, span=plans.span(1)
            ),
        ),
        assumptions=(HOSTILE,),
        changes=(HOSTILE,),
        diagnostics=(Diagnostic(name="x", severity=Severity.WARNING, message=HOSTILE, hint=HOSTILE),),
        sources=(SourceCopy(path="deploy.sh", text=HOSTILE),),
    )


def whole(plan: Plan, deliveries: tuple[str, ...] = BOTH) -> FileTree:
    """All files of a repository."""
    manifests = plans.tree(plan).plus(FileTree(files=(TreeFile(path="roles/web/tasks/main.yml", text=TASKS),)))
    tree = manifests
    for name, delivery in zip(BOTH, (github_actions, gitlab_ci), strict=True):
        if name in deliveries:
            tree = tree.plus(delivery(plan, manifests))
    return tree.plus(documents(plan, tree, target="ansible", deliveries=deliveries, plan_text="name: shop\n"))


def text(tree: FileTree, path: str) -> str:
    """One file."""
    return next(file.text for file in tree.files if file.path == path)


def parsed(tree: FileTree, path: str) -> list[Token]:
    """The tokens of a document."""
    return MarkdownIt("gfm-like", {"linkify": False}).parse(text(tree, path))


def headings(tokens: list[Token]) -> list[str]:
    """The headings, in order."""
    return [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]


def cells(tokens: list[Token]) -> list[list[str]]:
    """The rows of all tables."""
    rows: list[list[str]] = []
    for number, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open"):
            rows[-1].append(tokens[number + 1].content)
    return rows


@pytest.mark.parametrize("path", ["README.md", "MIGRATION.md"])
def test_hostile_text_makes_no_structure(path: str) -> None:
    plain = parsed(whole(plans.static_site()), path)
    tokens = parsed(whole(hostile()), path)
    titles = headings(tokens)
    assert [title for title in titles if title in headings(plain)][1:] == headings(plain)[2:] or path == "MIGRATION.md"
    assert "Title" not in titles
    inside = [child for token in tokens for child in token.children or []]
    assert {child.content for child in inside if child.type == "html_inline"} <= {"<code>", "</code>", "<br>"}
    assert [child.attrs["href"] for child in inside if child.type == "link_open" and child.attrs["href"] == "b"] == []
    assert not [token for token in tokens if token.type == "html_block"]


def test_every_command_has_its_row() -> None:
    for plan in (plans.static_site(), hostile()):
        rows = [row for row in cells(parsed(whole(plan), "MIGRATION.md")) if len(row) == 5]
        assert len(rows) == 1 + len(plan.ledger)
        assert [row[2] for row in rows[1:]] == [entry.disposition.value for entry in plan.ledger]


def test_rows_lead_to_the_manifests() -> None:
    report = text(whole(plans.static_site()), "MIGRATION.md")
    assert "[3](.gitopsify/source/deploy.sh#L3)" in report
    assert "[`roles/web/tasks/main.yml`](roles/web/tasks/main.yml#L2)" in report


def test_summary_counts() -> None:
    rows = cells(parsed(whole(hostile()), "MIGRATION.md"))
    assert rows[1:7] == [[*row[:2], row[2]] for row in rows[1:7]]
    assert [row[1] for row in rows[1:7]] == ["1", "1", "1", "1", "1", "5"]


def test_report_sections() -> None:
    plan = plans.static_site()
    tree = whole(plan)
    told = FileTree(unsupported=(Unsupported(address="service.x", target="gitlab-ci", reason="no step"),))
    report = documents(plan, tree.plus(told), target="ansible", deliveries=())
    assert "`service.x` (gitlab-ci): no step" in text(report, "MIGRATION.md")
    assert headings(parsed(tree, "MIGRATION.md"))[:10] == [
        "Migration report: shop",
        "Summary",
        "Verification",
        "To be decided by a person",
        "Rotate these",
        "Other secrets to set",
        "What changed in meaning",
        "Assumptions",
        "Kept as commands",
        "Not expressed",
    ]


def test_readme_names_every_setting_once() -> None:
    tree = whole(plans.static_site())
    names = [row[0].strip("`") for row in cells(parsed(tree, "README.md")) if len(row) == 5][1:]
    assert sorted(names) == sorted({setting.name for setting in tree.settings})
    assert "SSH_PRIVATE_KEY" in names
    assert "GitHub: Settings" in text(tree, "README.md")
    assert "GitLab: Settings" in text(tree, "README.md")


@pytest.mark.parametrize("make", [plans.static_site, plans.published_site, plans.on_the_server, hostile])
def test_readme_sections(make: object) -> None:
    assert callable(make)
    plan = make()
    said = text(whole(plan), "README.md")
    assert "git revert" in said
    assert ("ansible-playbook" in said) == bool(plan.environments)
    assert "\n\n\n" not in said


@pytest.mark.parametrize("deliveries", [BOTH, ("github-actions",), ("gitlab-ci",), ()])
def test_tools_accept_their_settings(deliveries: tuple[str, ...], tmp_path: Path) -> None:
    tree = whole(plans.static_site(), deliveries)
    for file in tree.files:
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    (tmp_path / "inventories/production/hosts.yml").write_text("---\nall:\n  hosts: {}\n")
    paths = {file.path for file in tree.files}
    assert (".github/dependabot.yml" in paths) == ("github-actions" in deliveries)
    checks = [["yamllint", "--strict", "."]]
    schemas = {".github/dependabot.yml": "vendor.dependabot", "renovate.json": "vendor.renovate"}
    checks += [["check-jsonschema", "--builtin-schema", s, p] for p, s in schemas.items() if p in paths]
    for command in checks:
        done = subprocess.run(
            [BIN / command[0], *command[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for repo in yaml.safe_load(text(tree, ".pre-commit-config.yaml"))["repos"]:
        assert repo["repo"] == "local" or len(repo["rev"]) == 40
    assert all("==" in line for line in text(tree, "requirements.txt").splitlines())
    assert yaml.safe_load(text(tree, ".ansible-lint"))["profile"] == "production"
    assert all(line.startswith("#") for line in text(tree, "CODEOWNERS").splitlines())
    if "renovate.json" in paths:
        json.loads(text(tree, "renovate.json"))


def test_hooks_and_their_evidence_agree() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "decisions" / "0003-pinned-actions.md").read_text()
    for repo in yaml.safe_load(text(whole(plans.static_site()), ".pre-commit-config.yaml"))["repos"]:
        if repo["repo"] != "local":
            assert f"`{repo['rev']}`" in page


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deploy.sh", ".gitopsify/source/deploy.sh"),
        ("bin/deploy.sh", ".gitopsify/source/bin/deploy.sh"),
        ("../ops/deploy.sh", ".gitopsify/source/ops/deploy.sh"),
        ("/home/someone/deploy.sh", ".gitopsify/source/deploy.sh"),
        ("-", ".gitopsify/source/stdin"),
        ("./a/../b.sh", ".gitopsify/source/a/b.sh"),
    ],
)
def test_copies_of_the_sources(path: str, expected: str) -> None:
    plan = msgspec.structs.replace(plans.static_site(), sources=(SourceCopy(path=path, text="x\n"),))
    tree = whole(plan)
    assert text(tree, expected) == "x\n"
    assert text(tree, ".gitopsify/plan.yaml") == "name: shop\n"


def test_what_the_target_brings_is_kept() -> None:
    plan = plans.static_site()
    own = plans.tree(plan).plus(FileTree(files=(TreeFile(path=".ansible-lint", text="profile: min\n"),)))
    paths = [file.path for file in documents(plan, own, target="ansible", deliveries=()).files]
    assert ".ansible-lint" not in paths
    assert paths == sorted(paths)


def test_rows_lead_to_the_pipelines() -> None:
    report = text(whole(plans.static_site()), "MIGRATION.md")
    row = next(line for line in report.split("\n") if "`npm ci`" in line and line.startswith("| ["))
    assert "(.github/workflows/deploy.yml#L" in row
    assert "(.gitlab-ci.yml#L" in row
    assert "check.yml" not in row


def test_readme_says_what_a_first_run_needs() -> None:
    inventory = TreeFile(
        path="inventories/production/group_vars/all/main.yml",
        text="---\n# tag has to be given at each run: --extra-vars tag=...\nproject_dir: '{{ playbook_dir }}/app'\n",
    )
    manifests = plans.tree(plans.static_site()).plus(FileTree(files=(inventory,)))
    said = text(documents(plans.static_site(), manifests, target="ansible", deliveries=BOTH), "README.md")
    assert "export DEPLOY_HOST=...\nexport" in said
    assert "inventories/production --extra-vars tag=... --check --diff site.yml" in said
    assert "into `app/` first" in said
    assert "builds, applies and asks whether the service answers." in said


def test_readme_without_hosts_speaks_of_none() -> None:
    said = text(whole(plans.published_site()), "README.md")
    assert "The pipeline builds and publishes." in said
    assert "inventories" not in said
    assert "ansible" not in said.lower()

"""`gitopsify report`: from scripts, from a repository, and what it never replaces."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cases import FIXTURES, Run

SCRIPT = "HOST=root@a.example.com\nssh $HOST mkdir -p /srv/shop\nssh $HOST frobctl sync\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "deploy.sh").write_text(SCRIPT)
    return folder


def test_of_a_script(run: Run, script: Path) -> None:
    done = run("report", "deploy.sh", "-o", "page.html", cwd=script)
    assert done.returncode == 1, "something is left for a person"
    assert "page.html" in done.stderr
    assert "frobctl" in (script / "page.html").read_text()
    again = run("report", "deploy.sh", "-o", "-", cwd=script)
    assert again.stdout == (script / "page.html").read_text()
    assert [path.name for path in script.iterdir() if path.name.startswith(".report")] == []


def test_of_several_scripts_and_standard_input(run: Run, script: Path) -> None:
    (script / "restart.sh").write_text("ssh root@a.example.com systemctl restart nginx\n")
    done = run("report", "deploy.sh", "restart.sh", "-o", "-", cwd=script)
    assert 'id="s2-1"' in done.stdout
    assert 'id="s2-1"' in run("report", ".", "-o", "-", cwd=script).stdout
    assert "mkdir" in run("report", "-", "-o", "-", stdin=SCRIPT).stdout


def test_of_a_repository_it_is_the_page_that_lies_in_it(run: Run, script: Path) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes", "--quiet", "--secrets", "sops", cwd=script)
    kept = (script / "made" / "report.html").read_text()
    assert run("report", "made", "-o", "made/report.html", cwd=script).returncode == 0
    assert (script / "made" / "report.html").read_text() == kept


@pytest.mark.parametrize("name", ["docker-ssh-heredoc", "secrets-everywhere", "env-by-argument"])
def test_of_any_store_and_delivery(run: Run, tmp_path: Path, name: str) -> None:
    shutil.copytree(FIXTURES / name / "input", tmp_path / name)
    scripts = [path.name for path in sorted((tmp_path / name).glob("*.sh"))]
    for store, delivery in (("external", "gitlab-ci"), ("ci", "github-actions")):
        options = ["--secrets", store, "--delivery", delivery, "--yes", "--quiet"]
        run("convert", *scripts, "-o", store, *options, cwd=tmp_path / name)
        kept = (tmp_path / name / store / "report.html").read_text()
        run("report", store, "-o", f"{store}/report.html", cwd=tmp_path / name)
        assert (tmp_path / name / store / "report.html").read_text() == kept


@pytest.mark.parametrize("delivery", ["flux,gitlab-ci", "argocd,ansible-pull", "flux", ""])
def test_of_a_repository_that_two_targets_share(run: Run, tmp_path: Path, delivery: str) -> None:
    shutil.copytree(FIXTURES / "shared-shop" / "input", tmp_path / "shop")
    asked = ["--target", "ansible,kubernetes", "--delivery", delivery, "--yes", "--quiet"]
    run("convert", "setup-and-deploy.sh", "-o", "made", *asked, cwd=tmp_path / "shop")
    kept = (tmp_path / "shop" / "made" / "report.html").read_text()
    assert "kubernetes: It stands in the manifests" in kept
    run("report", "made", "-o", "made/report.html", cwd=tmp_path / "shop")
    assert (tmp_path / "shop" / "made" / "report.html").read_text() == kept


def test_of_a_repository_the_files_as_they_are(run: Run, script: Path) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes", "--quiet", cwd=script)
    tasks = script / "made" / "roles" / "shop" / "tasks" / "main.yml"
    tasks.write_text(tasks.read_text().replace("/srv/shop", "/srv/elsewhere"))
    text = run("report", "made", "-o", "-", cwd=script).stdout
    assert "path: /srv/elsewhere" in text
    assert "edited since it was generated" in text


def test_no_link_leads_out_of_the_repository(run: Run, script: Path) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes", "--quiet", cwd=script)
    (script / "own").write_text("# deploy.sh:2\n- name: mine\n")
    tasks = script / "made" / "roles" / "shop" / "tasks" / "main.yml"
    tasks.unlink()
    tasks.symlink_to(script / "own")
    assert "mine" not in run("report", "made", "-o", "-", cwd=script).stdout


def test_only_an_earlier_page_is_replaced(run: Run, script: Path) -> None:
    (script / "notes.html").write_text("<p>mine")
    (script / "link.html").symlink_to("nowhere.html")
    for name in ("notes.html", "link.html"):
        done = run("report", "deploy.sh", "-o", name, cwd=script)
        assert done.returncode == 2
        assert "--force" in done.stderr
    assert (script / "notes.html").read_text() == "<p>mine"
    assert not (script / "nowhere.html").exists()
    assert run("report", "deploy.sh", "-o", "notes.html", "--force", cwd=script).returncode == 1
    (script / "deploy.sh").write_text("ssh root@a.example.com mkdir -p /srv/other\n")
    assert run("report", "deploy.sh", "-o", "notes.html", cwd=script).returncode == 0
    assert "/srv/other" in (script / "notes.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy.sh", "-o", "no/page.html"], "there is no folder no"),
        (["deploy.sh", "-o", "."], "is a folder"),
        (["nothing.sh", "-o", "page.html"], "there is no nothing.sh"),
        (["deploy.sh", "-o", "page.html", "--answers", "none"], "there are no answers none"),
        (["deploy.sh", "-o", "page.html", "--target", "x"], "there is no target 'x'"),
        (["empty.sh", "-o", "page.html"], "nothing to report"),
    ],
)
def test_a_wrong_request(run: Run, script: Path, arguments: list[str], said: str) -> None:
    (script / "empty.sh").write_text("# nothing\n")
    done = run("report", *arguments, cwd=script)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (script / "page.html").exists()


def test_answers_settle_questions(run: Run, script: Path) -> None:
    open_questions = run("report", "deploy.sh", "-o", "-", cwd=script).stdout
    assert '<h2 id="h-waiting">Open questions</h2>\n<ol>' in open_questions
    run("convert", "deploy.sh", "-o", "made", "--yes", "--quiet", "--format", "json", cwd=script)
    told = run("convert", "deploy.sh", "-o", "other", "--format", "json", cwd=script).stdout
    question = told.partition('"id": "')[2].partition('"')[0]
    (script / "answers.yaml").write_text(f"{question}: keep\n")
    done = run("report", "deploy.sh", "-o", "-", "--answers", "answers.yaml", cwd=script)
    assert done.returncode == 0, done.stderr
    assert "Nothing waits for a person." in done.stdout


def test_no_secret_is_on_it(run: Run, script: Path) -> None:
    (script / "deploy.sh").write_text("DB_PASSWORD='Zx9&<kk2pQ1'\nmysql -p\"$DB_PASSWORD\" shop\n")
    text = run("report", "deploy.sh", "-o", "-", cwd=script).stdout
    assert "DB_PASSWORD" in text
    assert "kk2pQ1" not in text


def test_of_one_environment_alone(run: Run, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "env-by-argument" / "input", tmp_path / "shop")
    project = tmp_path / "shop"
    script = next(path.name for path in project.glob("*.sh"))
    run("convert", script, "-o", "made", "--yes", "--quiet", cwd=project)
    both = run("report", "made", "-o", "-", cwd=project).stdout
    assert "inventories/staging" in both
    assert "inventories/production" in both
    for source in (script, "made"):
        page = run("report", source, "--env", "staging", "-o", "-", cwd=project).stdout
        assert "shop to staging" in page
        assert "inventories/staging" in page
        assert "inventories/production" not in page.split("How to roll back")[0].split("Line by line")[0]
    wrong = run("report", "made", "--env", "moon", "-o", "page.html", cwd=project)
    assert wrong.returncode == 2
    assert "there are: staging, production" in wrong.stderr
    assert not (project / "page.html").exists()

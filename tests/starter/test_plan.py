"""Plans that no script was read for: what is in them, in which order, and what changes restart."""

from __future__ import annotations

import re

import pytest

from converter.model.plan import EdgeKind, Plan, VariableKind
from converter.pipeline import starter_to_plan, starter_to_tree
from converter.plan.document import dump, load
from converter.plan.order import contradictions
from wishes import SOURCES, starter


def made(application: str, **more: str) -> Plan:
    return starter_to_plan(starter(application, **more))


def text_of(plan_of: str, path: str, **more: str) -> str:
    wanted = starter(plan_of, **more)
    tree = starter_to_tree(wanted, starter_to_plan(wanted))
    return next(file.text for file in tree.files if file.path == path)


@pytest.mark.parametrize("application", SOURCES)
def test_a_plan_is_consistent_and_the_same_on_disk(application: str) -> None:
    plan = made(application, secrets="TOKEN")
    assert contradictions(plan) == ()
    assert load(dump(plan)) == plan
    assert not plan.scripted
    assert [each.kind for each in plan.resources][-1] == "http_check"


@pytest.mark.parametrize("application", SOURCES)
def test_nothing_speaks_of_a_script(application: str) -> None:
    wanted = starter(
        application, secrets="TOKEN", environments="staging production", **{"hosts.staging": "a.example.com"}
    )
    tree = starter_to_tree(wanted, starter_to_plan(wanted))
    paths = [file.path for file in tree.files]
    assert "MIGRATION.md" not in paths
    assert "report.html" not in paths
    own = [file for file in tree.files if not file.path.startswith((".github/", ".gitlab-ci", ".gitopsify/"))]
    told = [line for file in own for line in file.text.splitlines() if re.search(r"\b[Ss]cripts?\b", line)]
    assert told == []
    assert tree.unsupported == ()


def restarted(plan: Plan, name: str) -> set[str]:
    """The names of what restarts something."""
    names = {each.address: each.name for each in plan.resources}
    handler = next(each.address for each in plan.resources if each.handler and each.name == name)
    return {names[edge.first] for edge in plan.edges if edge.kind is EdgeKind.NOTIFIES and edge.second == handler}


def test_whatever_the_process_reads_restarts_it() -> None:
    plan = made("node", secrets="TOKEN")
    assert restarted(plan, "Restart the application") == {
        "Check out the application",
        "Install the packages that package-lock.json names",
        "Write the secrets for the application",
        "Write the unit of the application",
    }
    assert "Write the site of nginx" in restarted(plan, "Reload nginx")


def test_a_private_repository_is_read_with_a_key_of_its_own() -> None:
    plan = made("static")
    secret = [each.name for each in plan.variables if each.kind is VariableKind.SECRET]
    assert secret == ["DEPLOY_KEY"]
    checkout = next(each for each in plan.resources if each.kind == "git_checkout")
    assert "ssh -i /etc/shop/deploy_key" in dict(checkout.context.environment)["GIT_SSH_COMMAND"].shell()
    public = made("static", repository="https://git.example.com/acme/shop.git")
    assert [each for each in public.variables if each.kind is VariableKind.SECRET] == []


def test_hosts_that_are_logged_in_to_as_root_need_no_sudo() -> None:
    tasks = text_of("static", "roles/shop/tasks/main.yml", **{"hosts.production": "root@app1.example.com"})
    assert "become: true\n  become_user" in tasks
    assert "become: true\n  ansible" not in tasks


def test_several_hosts_go_one_after_the_other() -> None:
    site = text_of("static", "site.yml", **{"hosts.production": "app1.example.com app2.example.com"})
    assert "# One host after the other.\n" in site
    assert "serial: 1" in site
    assert "serial" not in text_of("static", "site.yml")


def test_versions_that_are_the_same_are_promoted_and_others_stay_where_they_are() -> None:
    two = {"environments": "staging production", "hosts.staging": "staging.example.com"}
    versions = "inventories/staging/group_vars/all/versions.yml"
    assert "app_version: main" in text_of("node", versions, **two)
    differ = {**two, "version.staging": "main", "version.production": "v1.4.0"}
    own = text_of("node", "inventories/production/group_vars/all/main.yml", **differ)
    assert "app_version: v1.4.0" in own


def test_environments_stand_in_the_order_of_a_promotion() -> None:
    plan = made("static", environments="production staging", **{"hosts.staging": "a.example.com"})
    assert [each.name for each in plan.environments] == ["staging", "production"]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("node server.js", "ExecStart=/usr/bin/node server.js\n"),
        ("./bin/run --rate 50%", "ExecStart={{ app_dir }}/app/bin/run --rate 50%%\n"),
        ("/opt/node/bin/node a.js ${PORT}", "ExecStart=/opt/node/bin/node a.js ${PORT}\n"),
        ("node {{ app_dir }} $$", "ExecStart=/usr/bin/node {{ '{{' }} app_dir }} $$\n"),
    ],
)
def test_the_command_that_starts_it(command: str, line: str) -> None:
    unit = text_of("node", "roles/shop/templates/shop.service.j2", start=command)
    assert line in unit


def test_programs_of_python_are_those_of_the_virtual_environment() -> None:
    unit = text_of("python", "roles/shop/templates/shop.service.j2", start="gunicorn app:app")
    assert "ExecStart={{ app_dir }}/venv/bin/gunicorn app:app\n" in unit


def test_a_version_of_java_is_in_the_path_of_its_jar() -> None:
    tasks = text_of("java", "roles/shop/tasks/main.yml")
    assert 'dest: "{{ app_dir }}/app-{{ app_version }}.jar"' in tasks
    assert "shop-{{ app_version }}.jar" in text_of("java", "inventories/production/group_vars/all/main.yml")


def test_a_container_is_hidden_behind_nginx() -> None:
    assert "127.0.0.1:{{ app_port }}:80" in text_of("container", "roles/shop/tasks/main.yml")
    open_ = text_of("container", "roles/shop/tasks/main.yml", nginx="no")
    assert '"{{ app_port }}:80"' in open_
    assert "nginx" not in open_

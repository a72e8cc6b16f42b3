"""What single resources become, and what stands around their tasks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from converter.model.plan import Edge, EdgeKind, Environment, HostGroup, PlanVariable, VariableKind
from converter.model.resource import Phase, Resource
from converter.model.trace import Context, Host, Retry, RunsOn, StepSucceeded
from converter.model.value import Value
from converter.render.ansible.requirements import VERSIONS
from render.playbooks import COLLECTIONS, plays, rendered, tasks, text_of
from render.samples import HOST, asked, command, made, plan_of, resource, v

SSH = Context(cwd=v("${HOME}"), host=HOST)


def check(given: Resource, expected: str, **fields: Any) -> None:
    """The last task of a resource says what is expected, among other things."""
    found = list(tasks(rendered(plan_of((given,), **fields))))[-1]
    wanted = yaml.safe_load(expected)
    assert {key: found.get(key) for key in wanted} == wanted


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (resource(command(), context=Context(cwd=v("/srv"), user=v("root"))), "{become: true, changed_when: true}"),
        (resource(command(), context=Context(cwd=v("/srv"), user=v("app"))), "{become: true, become_user: app}"),
        (resource(command(), context=Context(cwd=v("/srv"), host=HOST, user=v("deploy"))), "{become: null}"),
        (resource(command(), tolerated=True), "{failed_when: false}"),
        (resource(command(), retry=Retry(attempts=5, delay=2)), "{retries: 4, delay: 2, until: shop_try is succeeded}"),
        (resource(command(), context=SSH), "{ansible.builtin.command: {argv: [make, install]}}"),
        (resource(command("git fetch"), context=SSH), "{ansible.builtin.command: {argv: [env, git, fetch]}}"),
        (
            resource(made("command", argv=["awk", "{print $$1}", "~x"], source="awk", effect="reads"), context=SSH),
            """{check_mode: false, ansible.builtin.command:
            {argv: [awk, '{print $1}', ~x], expand_argument_vars: false}}""",
        ),
        (
            resource(made("command", source='f "${BRANCH}" ${APP_DIR}', effect="changes"), context=SSH),
            """{environment: {BRANCH: "{{ branch }}", APP_DIR: "{{ app_dir }}"}}""",
        ),
        (
            resource(made("command", argv=["x", "${DB_PASSWORD}"], source="x"), context=SSH),
            """{no_log: true, ansible.builtin.command:
            {argv: [x, "{{ db_password }}"], expand_argument_vars: false}}""",
        ),
        (resource(command(), on="local"), "{delegate_to: localhost, run_once: true, become: null}"),
        (
            resource(made("directory", path="logs"), context=Context(cwd=v("${APP_DIR}"))),
            """{ansible.builtin.file: {path: "{{ app_dir }}/logs", state: directory, mode: u+rx}}""",
        ),
        (
            resource(made("upload", src="app.jar", dest="/srv/"), context=Context(cwd=v("${project_dir}"))),
            """{ansible.builtin.copy: {src: "{{ project_dir }}/app.jar", dest: /srv/, mode: preserve}}""",
        ),
        (
            resource(
                made("sync", src="dist/", dest="/srv/shop", extra=["-v"]), context=Context(cwd=v("${project_dir}"))
            ),
            """{ansible.posix.synchronize: {src: "{{ project_dir }}/dist/", dest: /srv/shop, checksum: true,
            times: false, compress: false, rsync_opts: [-v]}}""",
        ),
        (
            resource(made("sync", src="dist/", dest="/srv/shop", extra=["--update"]), context=Context(cwd=v("/x"))),
            """{ansible.posix.synchronize: {src: /x/dist/, dest: /srv/shop, compress: false,
            rsync_opts: [--update]}}""",
        ),
        (
            resource(made("unresolved", source="eval {{ $$x }}", reason="who knows"), 4),
            """{ansible.builtin.fail: {msg:
            "deploy.sh:4: a person has to decide what becomes of eval {{ '{{' }} $x }}: who knows"}}""",
        ),
        (
            resource(made("image", name="registry:5000/a/b")),
            "{community.docker.docker_image_pull: {name: 'registry:5000/a/b', tag: latest}}",
        ),
        (resource(made("pause", seconds="0.5")), "{ansible.builtin.wait_for: {timeout: 1}}"),
    ],
)
def test_task(given: Resource, expected: str) -> None:
    web = resource(command(), 99)
    check(given, expected) if given.on == "web" else check_beside(web, given, expected)


def check_beside(first: Resource, given: Resource, expected: str) -> None:
    """The same where the resource alone would be no play."""
    found = list(tasks(rendered(plan_of((first, given)))))[-1]
    wanted = yaml.safe_load(expected)
    assert {key: found.get(key) for key in wanted} == wanted


def test_comments_say_where_it_comes_from() -> None:
    text = text_of(
        rendered(plan_of((resource(command(), 12, reason="no module does it"),))), "roles/shop/tasks/main.yml"
    )
    assert "# deploy.sh:12\n# Kept as a command: no module does it\n- name: Run make install\n" in text


def test_handlers_are_notified_and_flushed_where_work_follows() -> None:
    first, last = resource(command(), 1), resource(command("make last"), 3)
    handler = resource(made("service", name="nginx", state="reloaded"), 2, handler=True)
    edges = (Edge(kind=EdgeKind.NOTIFIES, first=first.address, second=handler.address),)
    tree = rendered(plan_of((first, handler, last), edges=edges))
    found = list(tasks(tree, handlers=False))
    assert found[0]["notify"] == ["Reload nginx"]
    assert found[1]["ansible.builtin.meta"] == "flush_handlers"
    assert yaml.safe_load(text_of(tree, "roles/shop/handlers/main.yml"))[0]["name"] == "Reload nginx"
    assert [task["name"] for task in tasks(rendered(plan_of((first, handler), edges=edges)), handlers=False)] == [
        "Run make install"
    ]


def test_a_restart_waits_for_its_place_where_another_one_is_done_before() -> None:
    first, check = resource(command(), 1), resource(command("nginx -t"), 3)
    own = resource(made("service", name="shop", state="restarted"), 2, handler=True)
    late = resource(made("service", name="nginx", state="reloaded"), 4, handler=True)
    edges = tuple(
        Edge(kind=EdgeKind.NOTIFIES, first=each.address, second=handler.address)
        for each, handler in ((first, own), (first, late), (check, late))
    )
    tree = rendered(plan_of((first, own, check, late), edges=edges))
    steps = list(tasks(tree, handlers=False))
    assert steps[0]["notify"] == ["Restart shop", "Reload nginx in its place"]
    assert [each.get("ansible.builtin.meta") for each in steps] == [
        None,
        "flush_handlers",
        None,
        "flush_handlers",
        None,
    ]
    reload = steps[-1]
    assert reload["ansible.builtin.systemd_service"] == {"name": "nginx", "state": "reloaded"}
    assert reload["when"].endswith("reload_nginx | default(false)")
    handlers = [each for each in tasks(tree) if each not in steps]
    assert [each["name"] for each in handlers] == ["Restart shop", "Reload nginx in its place"]
    assert list(handlers[1]["ansible.builtin.set_fact"]) == [reload["when"].split()[0]]


def test_a_failure_that_is_asked_for_is_rescued() -> None:
    tried = resource(command("make try"), 1)
    other = resource(command("make other"), 2, guard=(asked(StepSucceeded(step=1), negated=True),))
    data = yaml.safe_load(text_of(rendered(plan_of((tried, other))), "roles/shop/tasks/main.yml"))
    assert data[0]["rescue"][0]["ansible.builtin.set_fact"] == {"shop_step_1_failed": True}
    assert data[1]["when"] == "shop_step_1_failed | default(false)"


def test_plays_follow_the_script_from_host_to_host() -> None:
    groups = (
        HostGroup(name="web", hosts=(HOST,), serial=True),
        HostGroup(name="db", hosts=(Host(address=v("db.example.com")),)),
    )
    resources = [
        resource(command(f"make {on}{line}"), line, on=on) for line, on in enumerate(("web", "local", "db", "web"))
    ]
    build = resource(command("make build"), 9, on="local", phase=Phase.BUILD)
    tree = rendered(plan_of((*resources, build), environments=(Environment(name="production", groups=groups),)))
    assert [(play["hosts"], play.get("serial"), play["roles"][0]["role"]) for play in plays(tree)] == [
        ("web", 1, "web"),
        ("db", None, "db"),
        ("web", 1, "web_2"),
    ]
    assert "make build" not in "".join(file.text for file in tree.files)
    hosts = yaml.safe_load(text_of(tree, "inventories/production/hosts.yml"))["all"]["children"]
    assert list(hosts["web"]["hosts"]) == ["203.0.113.10"]
    assert list(hosts["db"]["hosts"]) == ["db.example.com"]


def test_a_server_is_named_by_the_environment() -> None:
    group = HostGroup(name="app", hosts=(Host(address=v("${deploy_host}")),))
    variables = (PlanVariable(name="deploy_host", kind=VariableKind.INPUT, required=True),)
    places = (Environment(name="production", groups=(group,)),)
    given = (resource(command(), on="app"),)
    tree = rendered(plan_of(given, runs_on=RunsOn.SERVER, environments=places, variables=variables))
    assert "{{ lookup('ansible.builtin.env', 'DEPLOY_HOST') }}" in text_of(tree, "inventories/production/hosts.yml")


def test_variables_keep_the_names_of_the_author() -> None:
    used = resource(
        made("file", path="/x", content="${CONFIG} ${environment} ${COUNT} ${BRANCH} ${branch} ${1} ${API_TOKEN}")
    )
    tree = rendered(plan_of((used,)))
    text = text_of(tree, "inventories/production/group_vars/all/main.yml")
    assert yaml.safe_load(text) == {
        "app_dir": "/srv/shop",
        "config": "{{ app_dir }}/config {{ '{{' }} x }}",
        "shop_environment": "yes",
        "count": "0755",
        "branch": "main",
        "api_token": "{{ vault_api_token }}",
    }
    assert "# Where it is\n" in text
    assert "# argument_1 has to be given at each run" in text
    specs = yaml.safe_load(text_of(tree, "roles/shop/meta/argument_specs.yml"))["argument_specs"]["main"]["options"]
    assert {name: option["required"] for name, option in specs.items()} == {
        "branch": False,
        "branch_2": True,
        "argument_1": True,
        "api_token": True,
    }
    vault = text_of(tree, "inventories/production/group_vars/all/vault.yml.example")
    assert yaml.safe_load(vault) == {"vault_api_token": ""}


def test_what_differs_between_environments_is_in_their_own_variables() -> None:
    group = (HostGroup(name="web", hosts=(HOST,)),)
    staging = Environment(
        name="staging",
        groups=group,
        variables=(PlanVariable(name="APP_DIR", kind=VariableKind.FIXED, value=v("/srv/staging")),),
    )
    given = (resource(made("directory", path="${APP_DIR}")),)
    tree = rendered(plan_of(given, environments=(Environment(name="production", groups=group), staging)))
    found = {
        name: yaml.safe_load(text_of(tree, f"inventories/{name}/group_vars/all/main.yml"))
        for name in ("production", "staging")
    }
    assert found == {"production": {"app_dir": "/srv/shop"}, "staging": {"app_dir": "/srv/staging"}}


def test_nothing_is_rendered_without_a_host() -> None:
    given = (resource(command(), on="local", phase=Phase.BUILD),)
    assert rendered(plan_of(given)).files == ()


def test_the_pinned_collections_are_those_that_are_tried() -> None:
    for name, version in VERSIONS.items():
        manifest = Path(COLLECTIONS, "ansible_collections", *name.split("."), "MANIFEST.json")
        assert json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"] == version


def test_what_is_not_known_is_refused_and_counted() -> None:
    tree = rendered(plan_of((resource(made("directory", path="/srv/${NOBODY_KNOWS}")), resource(command(), 2))))
    assert [each.reason for each in tree.unsupported] == ["$NOBODY_KNOWS is not known"]
    assert "ansible.builtin.fail" in next(tasks(tree))


def test_an_empty_value_is_text() -> None:
    check(
        resource(made("replacement", path="/x", pattern="a", replacement="")),
        "{ansible.builtin.replace: {path: /x, regexp: a, replace: ''}}",
    )
    assert Value() == v("")

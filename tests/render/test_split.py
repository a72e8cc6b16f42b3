"""One script for a cluster and its hosts: what goes where, what can be on neither side, and that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from cases import CASES, Case, Run
from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.model.resource import Phase
from converter.model.trace import RunsOn
from converter.model.tree import FileTree
from converter.pipeline import scripts_to_plan
from converter.render import render

BOTH = "kubernetes,ansible"
WEB = "docker run -d --name web -p 127.0.0.1:8080:80 -v /srv/media:/media shop/web:1\n"
APP = """git clone https://git.example.com/tracker.git /opt/tracker
cd /opt/tracker && npm ci
cat > /etc/systemd/system/tracker.service <<'UNIT'
[Service]
ExecStart=/usr/bin/node /opt/tracker/server.js --config /etc/tracker.yaml
User=tracker
Environment=PORT=3100
UNIT
systemctl enable --now tracker
"""


def planned(script: str) -> Plan:
    return scripts_to_plan([("deploy.sh", script.encode())], name="shop", runs_on=RunsOn.SERVER)


def split(script: str, deliveries: Sequence[str] = (), secrets: str = "") -> tuple[Plan, FileTree]:
    plan = planned(script)
    return plan, render(plan, target=BOTH, deliveries=deliveries, secrets=secrets)


def plan_of(case: Case) -> Plan:
    """The plan of a fixture, with the files that lie beside its scripts."""

    def beside(name: str) -> tuple[str, bytes] | None:
        file = case.input / name
        return (name, file.read_bytes()) if file.is_file() else None

    place = str(case.about.get("runs_on", ""))
    scripts = [(name, (case.input / name).read_bytes()) for name in case.scripts]
    return scripts_to_plan(scripts, name=case.name, load=beside, runs_on=RunsOn(place) if place else None)


def side(plan: Plan, tree: FileTree, line: int) -> str:
    """Where that line of the script is: cluster, hosts, both or nobody; a handler only says it again."""
    own = {each.address for each in plan.resources if any(span.line == line for span in each.origin.spans)}
    assert own, f"line {line} became nothing"
    cluster, hosts = (bool(own & share.addresses) for share in tree.shares)
    return "both" if cluster and hosts else "cluster" if cluster else "hosts" if hosts else "nobody"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("apt-get install -y fail2ban", "hosts"),
        ("ufw allow 443/tcp", "hosts"),
        ("useradd courier", "hosts"),
        ("systemctl restart docker", "hosts"),
        ("echo '{}' > /etc/docker/daemon.json", "hosts"),
        ("usermod -aG docker deploy", "hosts"),
        ("createdb crm", "hosts"),
        ("psql -h localhost -c 'VACUUM'", "hosts"),
        ("curl -fsS -X POST -d ok https://chat.example.com/hook", "hosts"),
        ("(crontab -l; echo '@daily find /srv/incoming -delete') | crontab -", "hosts"),
        ("docker network create shop", "cluster"),
        ("curl -f http://localhost:8080/", "cluster"),
        ("docker exec web tar czf /tmp/x.tgz /media", "nobody"),
        ("docker save web | gzip > /root/web.tgz", "nobody"),
        ("tar czf /root/media.tgz /srv/media", "nobody"),
        ("chown -R courier: /srv/media/in", "nobody"),
        ("(crontab -l; echo '@daily docker cp web:/media /root/') | crontab -", "nobody"),
        ("echo 'upstream web { server 127.0.0.1:8080; }' > /etc/nginx/conf.d/web.conf", "nobody"),
        ("echo 'upstream web { server 127.0.0.1:8081; }' > /etc/nginx/conf.d/web.conf", "hosts"),
        ("wget -q -O /dev/null http://127.0.0.1:8080/warm?all=1 || echo cold", "nobody"),
    ],
)
def test_line_beside_a_container(line: str, wanted: str) -> None:
    plan, tree = split(WEB + line + "\n")
    assert side(plan, tree, 1) == "cluster"
    assert side(plan, tree, 2) == wanted, [(each.address, each.reason) for each in tree.unsupported]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("apt-get install -y ufw", "hosts"),
        ("(crontab -l; echo '@daily cd /root && tar czf t.tgz /opt/tracker') | crontab -", "nobody"),
        ("echo 'level: info' > /etc/tracker.yaml", "cluster"),
        ("systemctl stop tracker", "cluster"),
        ("timedatectl set-timezone Europe/Berlin", "hosts"),
    ],
)
def test_line_beside_a_program(line: str, wanted: str) -> None:
    plan, tree = split(APP + line + "\n")
    assert side(plan, tree, 1) == "cluster"
    assert side(plan, tree, 1 + APP.count("\n")) == wanted, [(each.address, each.reason) for each in tree.unsupported]


def test_what_uses_a_file_that_no_host_gets() -> None:
    script = f"{WEB}echo 'docker exec web tidy' > /usr/local/bin/tidy\nchmod 755 /usr/local/bin/tidy\n"
    script += "(crontab -l; echo '@daily /usr/local/bin/tidy') | crontab -\n"
    plan, tree = split(script)
    assert [side(plan, tree, line) for line in (2, 3, 4)] == ["nobody"] * 3
    said = {each.reason for each in tree.unsupported if each.address.startswith("cron_job")}
    assert any("`/usr/local/bin/tidy`, which the hosts don't get" in each for each in said)


def test_a_folder_that_only_a_variable_names() -> None:
    script = 'cd "$1"\ngit pull\ndocker compose up -d\nsystemctl restart fail2ban\nbin/warm\n'
    plan, tree = split(script)
    assert [side(plan, tree, line) for line in (2, 3, 4, 5)] == ["nobody", "nobody", "hosts", "nobody"]


def test_packages_are_on_both_sides_where_something_still_runs_on_hosts() -> None:
    install, job = "apt-get install -y imagemagick\n", "(crontab -l; echo '@daily find /tmp -delete') | crontab -\n"
    plan, tree = split(install + APP)
    assert side(plan, tree, 1) == "cluster"
    plan, tree = split(install + APP + job)
    assert side(plan, tree, 1) == "both"
    assert any(address.startswith("package.") and "may need it" in why for address, why in tree.shares[1].resources)


def test_a_restart_goes_with_what_tells_it() -> None:
    plan, tree = split(f"{WEB}echo x > /etc/fail2ban/jail.local\nsystemctl restart fail2ban\n")
    assert side(plan, tree, 3) == "hosts"
    handlers = [file.text for file in tree.files if file.path.endswith("handlers/main.yml")]
    assert any("fail2ban" in text for text in handlers)


@pytest.mark.parametrize("any_case", CASES, ids=lambda case: case.name)
def test_nothing_is_lost(any_case: Case) -> None:
    plan = plan_of(any_case)
    tree = render(plan, target=BOTH, deliveries=("flux", "gitlab-ci"))
    whole = {each.address for each in tree.unsupported if not each.part}
    had = [share.addresses for share in tree.shares]
    for each in plan.resources:
        places = [each.address in addresses for addresses in had]
        assert any(places) or each.address in whole or each.handler, each.address
    # What a host applies is in the order of the script, and none of it starts a container.
    hosts = [address for address, _ in tree.shares[1].resources]
    assert hosts == [each.address for each in plan.resources if each.address in set(hosts)]
    known = {each.address: each for each in plan.resources}
    assert not [
        a for a in hosts if known[a].kind.startswith(("container", "compose_")) and known[a].phase is Phase.DEPLOY
    ]
    why = dict(tree.shares[1].resources)
    assert all(why[address] for address in hosts)


def test_the_order_of_the_names_means_nothing() -> None:
    plan = planned(WEB + "apt-get install -y ufw\n")
    found = [
        render(plan, target=names, deliveries=("argocd", "ansible-pull")) for names in (BOTH, "ansible,kubernetes")
    ]
    assert found[0] == found[1]


def test_one_file_of_rules_for_both_sides() -> None:
    script = "docker run -d --name db -e POSTGRES_PASSWORD=x0Blue77larch postgres:16\n"
    script += "printf 'api_token=4kd92mfj20dk3lx' > /etc/agent.conf\n"
    _, tree = split(script, ("flux",), "sops")
    rules = [yaml.safe_load(file.text) for file in tree.files if file.path == ".sops.yaml"]
    assert [[rule["path_regex"] for rule in each["creation_rules"]] for each in rules] == [
        [r"\.sops\.yaml$", r"\.sops\.yml$"]
    ]


@pytest.mark.parametrize(
    ("deliveries", "secrets", "said"),
    [
        (("flux", "argocd"), "", "Flux and Argo CD"),
        (("helm",), "", "no delivery 'helm'"),
        (("argocd", "github-actions"), "sops", "argocd can't read secrets of sops"),
        ((), "sealed-by-hand", "no store of secrets"),
    ],
)
def test_what_does_not_go_together(deliveries: tuple[str, ...], secrets: str, said: str) -> None:
    with pytest.raises(ConverterError, match=said):
        split(WEB, deliveries, secrets)


def test_explanation_and_report_agree(shared_case: Case, run: Run, tmp_path: Path) -> None:
    case = shared_case
    project = case.copied(tmp_path)
    told = run("explain", *case.scripts, "--target", BOTH, "--format", "json", cwd=project)
    commands = yaml.safe_load(told.stdout)["commands"]
    account = (case.folder / "expected" / BOTH / "MIGRATION.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[\d[^|]*\|.*\| (\w+) \|[^|]*\| (.*) \|$", account, re.MULTILINE)
    assert len(rows) == len(commands) > 30
    for became, target in (("converted", "ansible"), ("converted", "kubernetes"), ("unresolved", "")):
        said = sum(1 for each, why in rows if each == became and why.startswith(f"{target}: " if target else ""))
        explained = [each["reason"] for each in commands if each["disposition"] == became]
        assert said == sum(1 for why in explained if why.startswith(f"{target}: " if target else "")) > 0

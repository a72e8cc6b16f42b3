"""Plans made by hand, as the stages before would make them."""

from __future__ import annotations

from converter.model.plan import Environment, HostGroup, LedgerEntry, Plan, PlanVariable, SourceCopy, VariableKind
from converter.model.resource import Origin, Phase, Resource, Spec
from converter.model.source import Span
from converter.model.trace import Compare, Context, Disposition, Guard, Host, RunsOn, Test
from converter.model.tree import FileTree, TreeFile
from converter.model.value import CommandOutput, Literal, Value, Variable
from converter.resources.command import Command
from converter.resources.container import Container
from converter.resources.git_checkout import GitCheckout
from converter.resources.http_check import HttpCheck
from converter.resources.service import Service
from converter.resources.sync import Sync

INVENTORY = """\
---
all:
  hosts:
    web:
      ansible_host: "{{ lookup('ansible.builtin.env', 'DEPLOY_HOST') }}"
      ansible_user: '{{ lookup(''ansible.builtin.env'', ''DEPLOY_USER'') | default(''root'', true) }}'
  vars:
    tag: "{{ lookup('ansible.builtin.env', 'TAG') | default('latest', true) }}"
    project_dir: "{{ lookup('ansible.builtin.env', 'PROJECT_DIR') }}"
"""
PROJECT = Value(Variable("project_dir"))
WEB = Host(address=Value.of("203.0.113.10"), user=Value.of("deploy"))


def v(text: str) -> Value:
    """A value as `plan.yaml` writes it: `${NAME}` is a variable."""
    return Value.parsed(text)


def span(line: int, path: str = "deploy.sh") -> Span:
    """One line of the script."""
    return Span(path=path, line=line, end_line=line)


def resource(
    spec: Spec,
    *,
    line: int = 1,
    phase: Phase = Phase.DEPLOY,
    on: str = "",
    cwd: Value = PROJECT,
    name: str = "",
    guard: Guard = (),
    tolerated: bool = False,
) -> Resource:
    """A resource in its place."""
    return Resource(
        address=f"{spec.kind}.{spec.label()}",
        kind=spec.kind,
        spec=spec,
        name=name or spec.summary(),
        origin=Origin(spans=(span(line),)),
        context=Context(cwd=cwd, host=WEB if phase is Phase.DEPLOY else None),
        guard=guard,
        on=on or ("web" if phase is Phase.DEPLOY else "local"),
        phase=phase,
        tolerated=tolerated,
    )


def command(text: str, *, line: int = 1, phase: Phase = Phase.BUILD) -> Resource:
    """A kept command of the build."""
    words = tuple(v(word) for word in text.split())
    return resource(Command(argv=words, source=v(text), effect="changes"), line=line, phase=phase)


def environment(name: str = "production") -> Environment:
    """An environment with one host."""
    return Environment(name=name, groups=(HostGroup(name="web", hosts=(WEB,)),))


def static_site() -> Plan:
    """A build on the workstation, rsync to a host, a restart and a look whether it answers."""
    return Plan(
        name="shop",
        runs_on=RunsOn.WORKSTATION,
        environments=(environment(),),
        variables=(
            PlanVariable(name="TAG", kind=VariableKind.INPUT, value=v("latest"), help="Version to deploy"),
            PlanVariable(name="API_KEY", kind=VariableKind.SECRET),
            PlanVariable(name="APP_DIR", kind=VariableKind.FIXED, value=v("/srv/shop")),
            PlanVariable(name="RELEASE", kind=VariableKind.COMPUTED, value=Value(CommandOutput("git rev-parse HEAD"))),
        ),
        resources=(
            command("npm ci", line=3),
            command("npm run build -- --tag=${TAG} --release=${RELEASE} --key=${API_KEY}", line=4),
            resource(
                Sync(src=PROJECT + Value.of("/dist/"), dest=Value(Variable("APP_DIR", Value.of("/srv/shop")))), line=5
            ),
            resource(Service(name=Value.of("nginx"), state="reloaded"), line=6),
            resource(HttpCheck(url=Value.of("https://shop.example.com/health")), line=7),
        ),
        ledger=(
            LedgerEntry(span=span(3), text="npm ci", disposition=Disposition.CONVERTED, resources=("command.npm ci",)),
            LedgerEntry(span=span(6), text="sudo systemctl reload nginx", disposition=Disposition.CONVERTED),
        ),
        sources=(SourceCopy(path="deploy.sh", text="#!/bin/bash\nnpm ci\n"),),
    )


def published_site() -> Plan:
    """Nothing but a build and a publication: no host at all."""
    return Plan(
        name="docs",
        runs_on=RunsOn.WORKSTATION,
        environments=(),
        resources=(
            command("npm run build", line=2),
            command("aws s3 sync dist s3://docs.example.com --delete", line=3, phase=Phase.PUBLISH),
            command("git push origin gh-pages", line=4, phase=Phase.PUBLISH),
        ),
    )


def on_the_server() -> Plan:
    """A script that runs on its own host; nothing is built elsewhere."""
    return Plan(
        name="api",
        runs_on=RunsOn.SERVER,
        environments=(environment(),),
        resources=(resource(Service(name=Value.of("api"), state="restarted"), line=2, cwd=Value(Literal("/srv"))),),
    )


def tree(plan: Plan, inventory: str = INVENTORY) -> FileTree:
    """What the manifests of the plan might look like to a delivery."""
    files = [TreeFile(path=f"inventories/{each.name}/hosts.yml", text=inventory) for each in plan.environments]
    if plan.environments:
        files.append(TreeFile(path="site.yml", text="---\n"))
        files.append(TreeFile(path="requirements.yml", text="---\ncollections: []\n"))
    return FileTree(files=tuple(files))


def place(name: str, *addresses: str, **variables: str) -> Environment:
    """An environment with its hosts and what is fixed there."""
    hosts = tuple(Host(address=Value.of(address), user=Value.of("deploy")) for address in addresses)
    own = tuple(
        PlanVariable(name=key, kind=VariableKind.FIXED, value=Value.of(text)) for key, text in variables.items()
    )
    return Environment(name=name, groups=(HostGroup(name="web", hosts=hosts),), variables=own)


def only(environment: str) -> Guard:
    """What stands under `if [ "$STAGE" = production ]`."""
    asked = Compare(left=v("${STAGE}"), operator="==", right=Value.of(environment))
    return (Test(id="t1", subject=asked, context=Context(cwd=Value.of("/")), span=span(9)),)


def three_environments() -> Plan:
    """A container on the hosts of three environments: its tag is promoted, its address differs, one step is
    production's alone."""
    shop = Container(
        name=v("shop"),
        image=v("registry.example.com/shop:${IMAGE_TAG}"),
        environment=(("API_URL", v("${API_URL}")), ("LOG_LEVEL", v("${LOG_LEVEL}")), ("TOKEN", v("${API_TOKEN}"))),
    )
    cache = Container(name=v("cache"), image=v("redis:7.2"))
    checkout = GitCheckout(dest=v("/srv/conf"), repo=v("https://git.example.com/conf.git"), version=v("${BRANCH}"))
    backup = Command(argv=(v("/usr/local/bin/backup"),), source=v("/usr/local/bin/backup"), effect="changes")
    cwd = Value.of("/srv")
    return Plan(
        name="shop",
        runs_on=RunsOn.WORKSTATION,
        environments=(
            place("dev", "198.51.100.1", STAGE="dev", API_URL="https://api.dev.example.com", IMAGE_TAG="1.6.0-rc.2"),
            place(
                "staging", "198.51.100.2", STAGE="staging", API_URL="https://api.test.example.com", IMAGE_TAG="1.6.0"
            ),
            place(
                "production",
                "203.0.113.10",
                "203.0.113.11",
                STAGE="production",
                API_URL="https://api.example.com",
                IMAGE_TAG="1.5.2",
            ),
        ),
        variables=(
            PlanVariable(name="LOG_LEVEL", kind=VariableKind.FIXED, value=v("info")),
            PlanVariable(name="BRANCH", kind=VariableKind.FIXED, value=v("main")),
            PlanVariable(name="API_TOKEN", kind=VariableKind.SECRET, required=True),
        ),
        resources=(
            resource(checkout, line=2, cwd=cwd),
            resource(cache, line=3, cwd=cwd),
            resource(shop, line=4, cwd=cwd),
            resource(backup, line=10, cwd=cwd, guard=only("production")),
            resource(HttpCheck(url=v("${API_URL}/health")), line=12, cwd=cwd),
        ),
    )

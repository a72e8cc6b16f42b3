"""The second pass: on which hosts each resource is applied, and in which phase of the pipeline."""

from __future__ import annotations

import re

import msgspec

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.plan import HostGroup
from converter.model.resource import Phase, Resource
from converter.model.trace import Host, RunsOn
from converter.model.value import CommandOutput, Literal, Unknown, Value, Variable
from converter.plan import guards, transfers
from converter.plan.work import Work
from converter.resources.command import Command

LOCAL = "local"
SERVER = "app"
SERVER_ADDRESS = "deploy_host"
_AFFIXES = (
    r"(?:^|_)(?:host(?:name|s)?|server(?:s|_?ip)?|ip|addr(?:ess)?|ssh|remote|deploy(?:ment)?|target|vps|ec2|machine|"
    r"instance|node)(?=_|$)"
)
_SESSION = re.compile(r"(?:^|[\s;|&(])(?:ssh|sftp)\s")
_PUBLISHES = frozenset({"image_push"})


def place(work: Work) -> Work:
    """Gives each resource its group and phase."""
    steps = {step.id: step for step in work.trace.steps}
    found: dict[str, Host] = {}
    keys: list[str] = []
    resources: list[Resource] = []
    for resource in map(_where_asked, work.resources):
        host = resource.context.host or transfers.host_of(steps[resource.steps[0]], resource.kind)
        if host is None and work.trace.runs_on == RunsOn.SERVER:
            host = Host(address=Value(Variable(SERVER_ADDRESS)))
        keys.append(_key(host) if host is not None else LOCAL)
        if host is not None:
            found[keys[-1]] = _fuller(found.get(keys[-1]), host)
        resources.append(resource)
    names, diagnostics = _named(found)
    placed = tuple(
        msgspec.structs.replace(resource, on=names.get(key, LOCAL))
        for resource, key in zip(resources, keys, strict=True)
    )
    groups = tuple(HostGroup(name=names[key], hosts=(_known(host, names[key]),)) for key, host in found.items())
    phased = _phased(work, placed)
    return work.changing(*_asked_later(phased)).having(
        resources=phased, groups=groups, places=names, diagnostics=(*work.diagnostics, *diagnostics)
    )


def _where_asked(resource: Resource) -> Resource:
    """`ssh host test -d d || exit 1` stops on what is so on the host."""
    hosts = guards.hosts(resource)
    if resource.kind != "assertion" or resource.context.host is not None or len(hosts) != 1 or hosts[0] is None:
        return resource
    return msgspec.structs.replace(resource, context=msgspec.structs.replace(resource.context, host=hosts[0]))


def group_of(work: Work, host: Host | None) -> str:
    """The group in which a host is, "local" for the machine that runs the pipeline."""
    if host is None and work.trace.runs_on == RunsOn.SERVER:
        return SERVER if any(group.name == SERVER for group in work.groups) else LOCAL
    return work.places.get(_key(host), LOCAL) if host is not None else LOCAL


def _key(host: Host) -> str:
    return f"{host.address.key()} {host.user.key() if host.user is not None else ''}"


def _fuller(known: Host | None, host: Host) -> Host:
    """What several connections to one host say together."""
    if known is None:
        return host
    return msgspec.structs.replace(
        known,
        port=known.port or host.port,
        identity_file=known.identity_file or host.identity_file,
        jump=known.jump or host.jump,
    )


def _named(found: dict[str, Host]) -> tuple[dict[str, str], list[Diagnostic]]:
    names: dict[str, str] = {}
    diagnostics = []
    for key, host in found.items():
        name = _base(host.address)
        if name in names.values() and host.user is not None:
            name = f"{name}_{_slug(host.user.text or 'login')}"
        number, free = 2, name
        while free in names.values() or free == LOCAL:
            free, number = f"{name}_{number}", number + 1
        names[key] = free
        if host.address.unknowns or re.search(r"[<>{}\s]", host.address.text or ""):
            text = host.address.shell()
            diagnostics.append(
                Diagnostic(
                    name="unknown-host",
                    severity=Severity.WARNING,
                    message=f"the address of the host {text} is not in the script",
                    hint=f"give it as {free}_host",
                )
            )
    return names, diagnostics


def _known(host: Host, name: str) -> Host:
    """An address that nobody can connect to becomes an input."""
    if host.address.unknowns or re.search(r"[<>{}\s]", host.address.text or ""):
        return msgspec.structs.replace(host, address=Value(Variable(f"{name}_host")))
    return host


def _base(address: Value) -> str:
    if address == Value(Variable(SERVER_ADDRESS)):
        return SERVER
    for part in address.parts:
        if isinstance(part, Variable):
            plain = re.sub(_AFFIXES, "", part.name.lower())
            return _slug(plain) or SERVER
        if isinstance(part, CommandOutput | Unknown):
            return SERVER
    first = next((part.text for part in address.parts if isinstance(part, Literal)), "")
    if re.fullmatch(r"[\d.]+|[0-9a-f:]*:[0-9a-f:]*|localhost|.*[<>{}\s].*", first):
        return SERVER
    return _slug(first.partition(".")[0]) or SERVER


def _slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return f"host_{plain}" if plain[:1].isdigit() else plain


def _phased(work: Work, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """On a workstation: what comes before the first host is built or published, the rest is part of the deployment.
    A demand on a host changes nothing, so what is built after it is built before."""
    hosts = any(resource.on != LOCAL for resource in resources)
    deploying = (index for index, each in enumerate(resources) if _deploys(each) or (hosts and _logs_in(each)))
    hosted = next(deploying, len(resources))
    turn = resources[hosted].turn if hosted < len(resources) else ""
    if turn:
        hosted = next(index for index, resource in enumerate(resources) if resource.turn == turn)
    if work.trace.runs_on == RunsOn.SERVER:
        return resources
    phase = Phase.BUILD
    done = []
    for index, resource in enumerate(resources):
        if resource.on != LOCAL or index >= hosted or _asks_a_host(resource):
            done.append(resource)
            continue
        if _publishes(work, resource):
            phase = Phase.PUBLISH
        done.append(msgspec.structs.replace(resource, phase=phase))
    return tuple(done)


def _asked_later(resources: tuple[Resource, ...]) -> list[str]:
    """What is demanded of a host before something is built, which the pipeline does in another job before."""
    last = max((index for index, each in enumerate(resources) if each.phase != Phase.DEPLOY), default=-1)
    early = (each for each in resources[: max(last, 0)] if each.kind == "assertion" and _asks_a_host(each))
    return [
        f"the host is asked after the build and not before it: {each.spec.label()} ({each.origin.spans[0].lines()})"
        for each in early
    ]


def _deploys(resource: Resource) -> bool:
    if resource.kind == "assertion":
        return False
    return resource.on != LOCAL or _asks_a_host(resource)


def _logs_in(resource: Resource) -> bool:
    """Whether a command that is kept whole has a session on a host in it: only a deployment has the key for that."""
    spec = resource.spec
    return isinstance(spec, Command) and not spec.argv and _SESSION.search(spec.source.shell()) is not None


def _asks_a_host(resource: Resource) -> bool:
    return any(host is not None for host in guards.hosts(resource))


def _publishes(work: Work, resource: Resource) -> bool:
    return resource.kind in _PUBLISHES or any(work.phases.get(step) == Phase.PUBLISH for step in resource.steps)

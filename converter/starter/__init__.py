"""Starter: a plan from what a person wants to deploy, where no script does it yet.

In: settled answers. Out: the same kind of plan that scripts become, so that everything after it is the same. It never
has sources, an account of commands, or lines to point at.
"""

from __future__ import annotations

from collections.abc import Iterator

from converter.model.environment import rank
from converter.model.plan import Environment, HostGroup, Plan, PlanVariable, VariableKind
from converter.model.starter import Starter, StarterEnvironment
from converter.model.trace import RunsOn
from converter.model.value import Value
from converter.starter.hosts import host_of, login_of
from converter.starter.kinds import RECIPES
from converter.starter.kinds.container import PASSWORD
from converter.starter.parts import KEY, by_ssh
from converter.starter.steps import GROUP, Steps

__all__ = ["RECIPES", "plan"]


def plan(wanted: Starter) -> Plan:
    """The plan; the same answers always give the same one. Its edges still lack those between neighbours."""
    steps = Steps(login_of(wanted))
    RECIPES[wanted.application].resources(wanted, steps)
    ordered = sorted(wanted.environments, key=lambda each: rank(each.name))
    return Plan(
        name=wanted.name,
        runs_on=RunsOn.WORKSTATION,
        environments=tuple(_environment(wanted, each) for each in ordered),
        variables=tuple(_variables(wanted)),
        resources=tuple(steps.resources),
        edges=tuple(steps.edges),
        assumptions=(),
    )


def _environment(wanted: Starter, each: StarterEnvironment) -> Environment:
    hosts = tuple(host_of(text) for text in each.hosts)
    # One after the other, so that the others go on answering.
    groups = (HostGroup(name=GROUP, hosts=hosts, serial=_serial(wanted)),)
    return Environment(name=each.name, groups=groups, variables=tuple(_own(wanted, each)))


def _serial(wanted: Starter) -> bool:
    return any(len(each.hosts) > 1 for each in wanted.environments)


def _own(wanted: Starter, each: StarterEnvironment) -> Iterator[PlanVariable]:
    """What differs from one environment to the next."""
    if wanted.nginx and len(wanted.environments) > 1:
        yield _domain(each)
    if _differ(wanted):
        yield _fixed("APP_VERSION", each.version or wanted.version, _of_version(wanted))


def _domain(each: StarterEnvironment) -> PlanVariable:
    return _fixed("APP_DOMAIN", each.domain or "_", "The name that visitors know; _ is any")


def _differ(wanted: Starter) -> bool:
    return len({each.version or wanted.version for each in wanted.environments}) > 1


def _of_version(wanted: Starter) -> str:
    return {
        "repository": "Branch, tag or commit that is deployed",
        "artifact": "Version that is deployed",
        "image": "Tag of the image that is deployed",
    }[RECIPES[wanted.application].source]


def _variables(wanted: Starter) -> Iterator[PlanVariable]:
    if not _differ(wanted):
        version = wanted.version or next(each.version for each in wanted.environments)
        yield _fixed("APP_VERSION", version, _of_version(wanted))
    if wanted.repository:
        yield _fixed("REPOSITORY", wanted.repository, "Where the application comes from")
    if wanted.artifact:
        text = Value.of(wanted.artifact).stored().replace("{version}", "${APP_VERSION}")
        about = "Where the application is downloaded from"
        yield PlanVariable(name="ARTIFACT", kind=VariableKind.FIXED, value=Value.parsed(text), help=about)
    if wanted.user:
        yield _fixed("APP_USER", wanted.user, "The account that the application runs as")
        yield _fixed("APP_DIR", wanted.directory, "The folder of the application")
    if wanted.port:
        yield _fixed("APP_PORT", str(wanted.port), "The port that the application answers at")
    if wanted.nginx and len(wanted.environments) == 1:
        yield _domain(wanted.environments[0])
    for name, about in _secrets(wanted).items():
        yield PlanVariable(name=name, kind=VariableKind.SECRET, required=True, help=about)


def _secrets(wanted: Starter) -> dict[str, str]:
    """The secrets by name, each with what it is for."""
    found = dict.fromkeys(wanted.secrets, "Given to the application as a variable of its environment")
    if wanted.login:
        found[PASSWORD] = "The password of the account at the registry of images"
    if by_ssh(wanted):
        found[KEY] = (
            "Private key that may read the repository of the application, whose public half is registered there"
        )
    return found


def _fixed(name: str, text: str, about: str) -> PlanVariable:
    return PlanVariable(name=name, kind=VariableKind.FIXED, value=Value.of(text), help=about)

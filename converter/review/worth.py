"""What is worth asking of a plan besides what no rule knows: few questions, each with a safe default."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from converter.model.environment import canonical
from converter.model.plan import Plan
from converter.model.question import Question
from converter.model.resource import Resource
from converter.model.secret import FoundSecret
from converter.model.source import Span
from converter.model.trace import Host, RunsOn

RUNS_ON, RESTART, ENVIRONMENT, SECRET = "runs-on", "restart", "environment", "secret"
WHEN_CHANGED, EACH_RUN = "when-changed", "each-run"
_FEW = 2
HIDDEN, PLAIN = "secret", "plain"


def with_questions(plan: Plan, *, placed: bool, doubtful: Iterable[FoundSecret] = ()) -> Plan:
    """The plan with what is worth asking of it; `placed` where it was said where the script runs, `doubtful` are
    secrets that only look like some."""
    asked = [*_place(plan, placed), *_environment(plan), *_restarts(plan), *map(_secret, doubtful)]
    return msgspec.structs.replace(plan, questions=(*asked, *plan.questions))


def _place(plan: Plan, placed: bool) -> Iterator[Question]:
    hosts = any(resource.context.host is not None for resource in plan.resources)
    remote = plan.runs_on == RunsOn.WORKSTATION and any(environment.groups for environment in plan.environments)
    if placed or remote or hosts or not plan.ledger:
        return
    yield Question(
        id=RUNS_ON,
        prompt=f"where does {plan.ledger[0].span.path} run?",
        span=plan.ledger[0].span,
        choices=(RunsOn.SERVER, RunsOn.WORKSTATION),
        outcomes=(
            "tasks for that server, whose address is asked for once",
            "a job of the pipeline; nothing is set up on a host",
        ),
        default=str(plan.runs_on),
        reason=next((each for each in plan.assumptions if each.endswith("(--runs-on says otherwise)")), ""),
    )


class Told(NamedTuple):
    """Hosts of a group whose names say that they are in another environment than all that is known."""

    question: str
    group: str
    environment: str
    hosts: tuple[Host, ...]


def told_elsewhere(plan: Plan) -> Iterator[Told]:
    """Where one environment is all that is known, hosts may be named for others."""
    if len(plan.environments) != 1:
        return
    own = plan.environments[0]
    for group in own.groups:
        found: dict[str, list[Host]] = {}
        for host in group.hosts:
            names = {canonical(word) for word in _words(host.address.shell().lower())} - {None, own.name, "local"}
            if len(names) == 1:
                found.setdefault(str(names.pop()), []).append(host)
        for name, hosts in found.items():
            tail = f".{name}" if len(found) > 1 else ""
            yield Told(f"{ENVIRONMENT}.{group.name}{tail}", group.name, name, tuple(hosts))


def _environment(plan: Plan) -> Iterator[Question]:
    for told in told_elsewhere(plan):
        own = plan.environments[0].name
        hosts = ", ".join(host.address.shell() for host in told.hosts)
        yield Question(
            id=told.question,
            prompt=f"which environment is {hosts} in?",
            span=_first(plan, told.group),
            choices=(told.environment, own),
            outcomes=tuple(f"it stands in inventories/{name}" for name in (told.environment, own)),
            default=told.environment,
            reason=f"the name says {told.environment}, and the script names no environment",
        )


def _words(address: str) -> list[str]:
    """The words of a name, without the last part of a domain: `.test` and `.dev` say nothing of the environment."""
    labels = address.split(".")
    return re.split(r"[^a-z]+", " ".join(labels[:-1] if len(labels) > 1 else labels))


def _first(plan: Plan, group: str) -> Span | None:
    return next((resource.origin.spans[0] for resource in plan.resources if resource.on == group), None)


def restarts(plan: Plan) -> dict[str, Resource]:
    """The restarts that became handlers, by the question about each: `restart.nginx`, `restart.nginx.2`."""
    found: dict[str, Resource] = {}
    seen: Counter[str] = Counter()
    for resource in plan.resources:
        if resource.handler and resource.origin.spans:
            label = resource.spec.label()
            seen[label] += 1
            found[f"{RESTART}.{label}" + (f".{seen[label]}" if seen[label] > 1 else "")] = resource
    return found


def of_each_restart(plan: Plan) -> tuple[Question, ...]:
    """A question about each of them, for whoever wants to tell them apart."""
    return tuple(_restart(name, (resource,)) for name, resource in restarts(plan).items())


def _restarts(plan: Plan) -> tuple[Question, ...]:
    """One question a line; about many of them one for all is few enough, since the review has the others too."""
    found = tuple(restarts(plan).values())
    return of_each_restart(plan) if 1 < len(found) <= _FEW else tuple(_restart(RESTART, found) for _ in found[:1])


def _restart(name: str, handlers: Sequence[Resource]) -> Question:
    labels = list(dict.fromkeys(resource.spec.label() for resource in handlers))
    reloads = all(getattr(resource.spec, "state", "") == "reloaded" for resource in handlers)
    verb = "reload" if reloads else "restart"
    named = f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else labels[0]
    return Question(
        id=name,
        prompt=f"{'are' if len(labels) > 1 else 'is'} {named} meant to be {verb}ed by each run?",
        span=handlers[0].origin.spans[-1],
        choices=(WHEN_CHANGED, EACH_RUN),
        outcomes=(
            "a handler, which runs when something before it has changed",
            f"a task that {verb}s it each time, so that no run is without changes",
        ),
        default=WHEN_CHANGED,
        reason=f"the script {verb}s it each time, since it can't know whether something has changed",
    )


def _secret(found: FoundSecret) -> Question:
    return Question(
        id=f"{SECRET}.{found.name}",
        prompt=f"is the value of {found.name} a secret?",
        span=found.spans[0] if found.spans else None,
        choices=(HIDDEN, PLAIN),
        outcomes=("it is taken out, and set in the store of secrets", "it stands in the variables as it is"),
        default=HIDDEN,
        reason="it looks random, and nothing around it says what it is",
    )

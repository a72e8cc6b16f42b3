"""What the answers to questions about a whole plan do to it: restarts, environments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.environment import rank
from converter.model.plan import EdgeKind, Environment, HostGroup, Plan
from converter.model.resource import Resource
from converter.model.trace import Host
from converter.review.edit import redrawn
from converter.review.means import Means
from converter.review.worth import EACH_RUN, RESTART, WHEN_CHANGED, restarts, told_elsewhere


def chosen(plan: Plan, given: Mapping[str, str], means: Means) -> Plan:
    """The plan after the answers to those of its questions that are about all of it."""
    said = {name: given.get(name, given.get(RESTART, "")) for name in restarts(plan)}
    for name, answer in said.items():
        if answer not in ("", EACH_RUN, WHEN_CHANGED):
            raise ConverterError(f'"{answer}" is no answer to {name}', f"answers: {WHEN_CHANGED}, {EACH_RUN}")
    # One answer may be for all of them, and all of them answer the one question for all.
    settled = {name for name, answer in said.items() if answer} | ({RESTART} if all(said.values()) else set())
    left = tuple(each for each in plan.questions if each.id not in settled)
    meant = [each for name, each in restarts(plan).items() if said[name] == EACH_RUN]
    plan = msgspec.structs.replace(plan, questions=left)
    plan = _each_run(plan, meant, means) if meant else plan
    moved = {
        (told.group, host): given[told.question]
        for told in told_elsewhere(plan)
        for host in told.hosts
        if told.question in given
    }
    return _moved(plan, moved) if moved else plan


def _each_run(plan: Plan, meant: Sequence[Resource], means: Means) -> Plan:
    """Without these handlers: each of the restarts is a step where the script has it."""
    restarted = {each.address for each in meant}
    labels = {each.spec.label() for each in meant}
    edges = tuple(edge for edge in plan.edges if edge.kind != EdgeKind.NOTIFIES or edge.second not in restarted)
    only = " only when something before that has changed ("
    changes = tuple(each for each in plan.changes if only not in each or each.partition(" is ")[0] not in labels)
    return redrawn(msgspec.structs.replace(plan, edges=edges, changes=changes), means)


def _moved(plan: Plan, moved: Mapping[tuple[str, Host], str]) -> Plan:
    """With the hosts in the environments that they are in; an environment without any is gone."""
    own = plan.environments[0]
    found: dict[str, dict[str, HostGroup]] = {}
    for group in own.groups:
        for host in group.hosts:
            groups = found.setdefault(moved.get((group.name, host), own.name), {})
            known = groups.get(group.name)
            hosts = (*known.hosts, host) if known is not None else (host,)
            groups[group.name] = msgspec.structs.replace(group, hosts=hosts)
    environments = tuple(
        Environment(name=name, groups=tuple(found[name].values()), variables=own.variables)
        for name in sorted(found, key=rank)
    )
    return msgspec.structs.replace(plan, environments=environments)

"""What the answers to questions about a whole plan do to it: restarts, environments."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.model.environment import rank
from converter.model.plan import EdgeKind, Environment, HostGroup, Plan
from converter.model.trace import Host
from converter.review.edit import redrawn
from converter.review.means import Means
from converter.review.worth import EACH_RUN, RESTART, told_elsewhere


def chosen(plan: Plan, given: Mapping[str, str], means: Means) -> Plan:
    """The plan after the answers to those of its questions that are about all of it."""
    if given.get(RESTART) == EACH_RUN:
        plan = _each_run(plan, means)
    moved = {
        (told.group, host): given[told.question]
        for told in told_elsewhere(plan)
        for host in told.hosts
        if told.question in given
    }
    return _moved(plan, moved) if moved else plan


def _each_run(plan: Plan, means: Means) -> Plan:
    """Without handlers: each restart is a step where the script has it."""
    restarted = {each.address for each in plan.resources if each.handler}
    labels = {each.spec.label() for each in plan.resources if each.handler}
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

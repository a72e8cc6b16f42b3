"""What the answers to questions about a whole plan do to it: restarts, environments."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.model.plan import EdgeKind, Environment, Plan
from converter.review.edit import redrawn
from converter.review.means import Means
from converter.review.worth import EACH_RUN, ENVIRONMENT, RESTART


def chosen(plan: Plan, given: Mapping[str, str], means: Means) -> Plan:
    """The plan after the answers to those of its questions that are about all of it."""
    if given.get(RESTART) == EACH_RUN:
        plan = _each_run(plan, means)
    moved = {name.partition(".")[2]: text for name, text in given.items() if name.startswith(f"{ENVIRONMENT}.")}
    return _moved(plan, moved) if moved else plan


def _each_run(plan: Plan, means: Means) -> Plan:
    """Without handlers: each restart is a step where the script has it."""
    restarted = {each.address for each in plan.resources if each.handler}
    labels = {each.spec.label() for each in plan.resources if each.handler}
    edges = tuple(edge for edge in plan.edges if edge.kind != EdgeKind.NOTIFIES or edge.second not in restarted)
    only = " only when something before that has changed ("
    changes = tuple(each for each in plan.changes if only not in each or each.partition(" is ")[0] not in labels)
    return redrawn(msgspec.structs.replace(plan, edges=edges, changes=changes), means)


def _moved(plan: Plan, moved: Mapping[str, str]) -> Plan:
    """With the groups in the environments that they are in; an environment without any is gone."""
    if len(plan.environments) != 1:
        return plan
    own = plan.environments[0]
    names = dict.fromkeys(moved.get(group.name, own.name) for group in own.groups)
    environments = tuple(
        Environment(
            name=name,
            groups=tuple(group for group in own.groups if moved.get(group.name, own.name) == name),
            variables=own.variables,
        )
        for name in names
    )
    return msgspec.structs.replace(plan, environments=environments or plan.environments)

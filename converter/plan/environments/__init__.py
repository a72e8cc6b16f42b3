"""Environments: one plan from the plans of the runs for each of them, in which only what differs is told apart.

In: a plan for each environment, from traces that are numbered alike. Out: the resources that all have once, those
that only some have under a condition on the environment, and for each environment its hosts and its variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from converter.model.environment import canonical
from converter.model.plan import Edge, EdgeKind, Environment, Plan
from converter.model.resource import Resource
from converter.model.trace import AnyOf, Compare, Context, Guard, Selection, Test, Trace
from converter.model.value import Value, Variable
from converter.plan.addresses import addressed
from converter.plan.conditions import numbered
from converter.plan.environment import ROOT
from converter.plan.environments.accounts import diagnostics, ledger, questions, unique
from converter.plan.environments.differences import SELECTOR, Differences, renamed, told_apart, written_out
from converter.plan.environments.groups import same_groups
from converter.plan.environments.lines import Line, lines
from converter.plan.environments.numbering import numbered_alike
from converter.plan.normal import bound, bound_variables
from converter.plan.order import required
from converter.plan.rewrite import Names

__all__ = ["join"]


def join(traces: Sequence[Trace], plan: Callable[[Trace], Plan]) -> Plan:
    """The plan of all traces, each the run for an environment; that of the trace where there is but one."""
    if len(traces) == 1:
        return plan(traces[0])
    selections = [trace.selection or Selection(environment="", text="") for trace in traces]
    plans = {each.environment: plan(trace) for each, trace in zip(selections, numbered_alike(traces), strict=True)}
    texts = {each.environment: each.text for each in selections}
    variable = selections[0].variable or _telling(traces, texts)
    if re.fullmatch(r"arg\d+", variable):
        # The author has no name for it.
        plans = {environment: renamed(found, {variable: SELECTOR}) for environment, found in plans.items()}
        variable = SELECTOR
    told = [_text(trace, variable) or text for trace, text in zip(traces, texts.values(), strict=True)]
    return _joined(same_groups(told_apart(plans)), dict(zip(texts, told, strict=True)), variable)


def _telling(traces: Sequence[Trace], environments: Iterable[str]) -> str:
    """The variable by which each of several scripts names its environment itself."""
    names = dict.fromkeys(binding.name for binding in traces[0].bindings)
    for name in names:
        said = [canonical(_text(trace, name)) for trace in traces]
        if said == list(environments):
            return name
    return ""


def _text(trace: Trace, name: str) -> str:
    """What a trace assigns to a variable, "" where that is not one known text."""
    found = {binding.value.text or "" for binding in trace.bindings if binding.name == name}
    return found.pop() if len(found) == 1 else ""


def _joined(plans: Mapping[str, Plan], texts: Mapping[str, str], variable: str) -> Plan:
    """`texts` is what the selector is in each environment, `variable` its name in the script, "" where no input
    selects."""
    differences = Differences(plans)
    found = lines(plans, differences)
    selector = _Selector(differences, texts, variable)
    guarded = [selector.guarded(line) for line in found]
    selector.keep(guarded)
    resources = addressed(guarded)
    addresses = {each: _addresses(found, each, resources) for each in plans}
    shared = bound_variables(tuple(differences.shared))
    resources = numbered(bound(resources, shared))
    first = next(iter(plans.values()))
    return msgspec.structs.replace(
        first,
        environments=bound(tuple(_environment(*item, differences) for item in plans.items()), shared),
        variables=shared,
        resources=resources,
        edges=_edges(plans, resources, addresses),
        ledger=ledger(plans, addresses, _missing(found, resources, tuple(plans))),
        questions=questions(plans),
        assumptions=unique(plan.assumptions for plan in plans.values()),
        changes=unique(plan.changes for plan in plans.values()),
        sources=unique(plan.sources for plan in plans.values()),
        documents=unique(plan.documents for plan in plans.values()),
        diagnostics=diagnostics(plans),
        stops_on_error=all(plan.stops_on_error for plan in plans.values()),
        pipefail=all(plan.pipefail for plan in plans.values()),
    )


class _Selector:
    """The variable by which a resource asks for its environment."""

    def __init__(self, differences: Differences, texts: Mapping[str, str], variable: str) -> None:
        self._differences, self._texts, self._variable = differences, texts, variable

    def guarded(self, line: Line) -> Resource:
        """The resource under the condition that its environment is one of those that have it."""
        missing = [each for each in self._texts if each not in line.present]
        if not missing:
            return line.resource
        name = self._name()
        asked = [self._is(name, self._texts[each], line.resource) for each in line.present]
        if len(missing) == 1 and len(self._texts) > 2:
            asked = [msgspec.structs.replace(self._is(name, self._texts[missing[0]], line.resource), negated=True)]
        test = asked[0] if len(asked) == 1 else _any(asked)
        return msgspec.structs.replace(line.resource, guard=(test, *line.resource.guard))

    def keep(self, resources: list[Resource]) -> None:
        """Keeps the selector a variable of each environment where something mentions it."""
        names = Names()
        if self._variable and any(self._variable in names.of(resource) for resource in resources):
            self._name()

    def _name(self) -> str:
        if not self._variable:
            self._variable = self._differences.selector(self._texts)
        self._differences.named(self._variable, self._texts)
        return self._variable

    def _is(self, name: str, text: str, resource: Resource) -> Test:
        subject = Compare(left=Value(Variable(name)), operator="==", right=Value.of(text))
        span = resource.origin.spans[0]
        return Test(id=f"${{{name}}} == {text}", subject=subject, context=Context(cwd=ROOT), span=span)


def _any(tests: list[Test]) -> Test:
    alternatives: tuple[Guard, ...] = tuple((test,) for test in tests)
    ids = "|".join(test.id for test in tests)
    return msgspec.structs.replace(tests[0], id=ids, subject=AnyOf(alternatives=alternatives))


def _environment(name: str, plan: Plan, differences: Differences) -> Environment:
    groups = written_out(plan.environments[0].groups, differences.literals(name))
    return Environment(name=name, groups=groups, variables=differences.of(name))


def _addresses(found: list[Line], environment: str, resources: tuple[Resource, ...]) -> dict[str, str]:
    """The address in the joined plan of each resource of an environment's own plan."""
    return {
        line.present[environment]: resource.address
        for line, resource in zip(found, resources, strict=True)
        if environment in line.present
    }


def _missing(found: list[Line], resources: tuple[Resource, ...], all_: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The environments in which each resource is not."""
    return {
        resource.address: tuple(each for each in all_ if each not in line.present)
        for line, resource in zip(found, resources, strict=True)
    }


def _edges(
    plans: Mapping[str, Plan], resources: tuple[Resource, ...], renamed: Mapping[str, Mapping[str, str]]
) -> tuple[Edge, ...]:
    told: dict[Edge, None] = {}
    for environment, plan in plans.items():
        names = renamed[environment]
        for edge in plan.edges:
            if edge.kind == EdgeKind.NOTIFIES:
                told[Edge(kind=edge.kind, first=names[edge.first], second=names[edge.second])] = None
    return (*required(resources), *told)

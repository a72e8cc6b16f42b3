"""Numbers the conditions of a plan, so that one evaluation has one short name and is written down once."""

from __future__ import annotations

import msgspec

from converter.model.resource import Resource
from converter.model.trace import AnyOf, Compare, Guard, NotEmpty, Succeeds, Test
from converter.plan.environment import ROOT


def numbered(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The resources with tests `t1`, `t2` ... in the order of their first use."""
    return _Numbers().resources(resources)


class _Numbers:
    def __init__(self) -> None:
        self._known: dict[object, Test] = {}

    def resources(self, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
        return tuple(self._resource(resource) for resource in resources)

    def _resource(self, resource: Resource) -> Resource:
        spec = resource.spec
        condition = getattr(spec, "condition", None)
        if isinstance(condition, tuple):
            spec = msgspec.structs.replace(spec, condition=self._guard(condition))
        if not resource.guard and not resource.asks and spec is resource.spec:
            return resource
        asks, guard = self._guard(resource.asks), self._guard(resource.guard)
        return msgspec.structs.replace(resource, spec=spec, guard=guard, asks=asks)

    def _guard(self, guard: Guard) -> Guard:
        return tuple(dict.fromkeys(self._test(test) for test in guard))

    def _test(self, test: Test) -> Test:
        positive = msgspec.structs.replace(test, negated=False)
        pure = isinstance(test.subject, Compare | NotEmpty)
        key = (test.id, test.subject) if pure else positive
        if key not in self._known:
            subject = test.subject
            if isinstance(subject, AnyOf):
                subject = AnyOf(alternatives=tuple(self._guard(inner) for inner in subject.alternatives))
            context = test.context
            if not isinstance(subject, Succeeds):
                context = msgspec.structs.replace(context, cwd=ROOT, environment=())
            self._known[key] = msgspec.structs.replace(positive, id="", subject=subject, context=context)
            self._known[key] = msgspec.structs.replace(self._known[key], id=f"t{len(self._known)}")
        return msgspec.structs.replace(self._known[key], negated=test.negated)

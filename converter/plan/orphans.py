"""The pass over conditions that ask how a step ended which is itself no resource."""

from __future__ import annotations

import msgspec

from converter.model.resource import Origin, Phase, Resource
from converter.model.trace import Disposition, Guard, Step, StepSucceeded
from converter.plan import naming, unmatched
from converter.plan.place import group_of
from converter.plan.work import Fate, Work

ASKED = "it only looks, and what follows asks how it ends"
UNRUN = "it runs only where a step fails that has no effect and is not run any more"
# Programs that end well whatever they are given.
SURE = frozenset(("echo", "printf", "true", ":", "sleep"))


def settle_orphans(work: Work) -> Work:
    """A step that only looks is run after all where something asks how it ends. What is not run can't fail: what waits
    for its failure is dropped, what waits for its success is not conditional."""
    return _Settling(work).all()


class _Settling:
    def __init__(self, work: Work) -> None:
        self.work = work
        self.fates = dict(work.fates)
        self.steps = {step.id: step for step in work.trace.steps}
        self.present = {step for resource in work.resources for step in resource.steps}
        self.kept: list[Resource] = []

    def all(self) -> Work:
        for resource in self.work.resources:
            self.take(resource)
        return self.work.having(resources=tuple(self.kept), fates=self.fates)

    def take(self, resource: Resource) -> None:
        gone = [step for step in _asked(resource.guard) if not self.found(step, resource)]
        tests = [t for t in resource.guard if isinstance(t.subject, StepSucceeded) and t.subject.step in gone]
        if any(test.negated for test in tests):
            self.fates.update((step, Fate(Disposition.DROPPED, UNRUN)) for step in resource.steps)
            return
        guard = tuple(test for test in resource.guard if test not in tests)
        self.kept.append(msgspec.structs.replace(resource, guard=guard) if tests else resource)

    def found(self, number: int, asking: Resource) -> bool:
        """Whether the step is a resource, which one that only looks then becomes."""
        step = self.steps.get(number)
        if number in self.present or step is None or not step.argv or (step.argv[0].text or "") in SURE:
            return number in self.present
        if self.fates[number].disposition != Disposition.ABSORBED:
            return False
        self.present.add(number)
        self.fates[number] = Fate(Disposition.KEPT, ASKED)
        on = group_of(self.work, step.context.host)
        self.take(_look(step, on, asking.phase))
        return True


def _asked(guard: Guard) -> list[int]:
    return [test.subject.step for test in guard if isinstance(test.subject, StepSucceeded)]


def _look(step: Step, on: str, phase: Phase) -> Resource:
    return Resource(
        address=f"{step.id}.0",
        kind="command",
        spec=msgspec.structs.replace(unmatched.command(step), effect="reads"),
        name=naming.action(step.title),
        origin=Origin(spans=(step.span,), comment=step.comment),
        context=step.context,
        on=on,
        phase=phase,
        guard=step.guard,
        steps=(step.id,),
        tolerated=step.tolerated,
        reason=ASKED,
    )

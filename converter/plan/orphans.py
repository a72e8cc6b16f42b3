"""The pass over conditions that ask how a step ended which is itself no resource."""

from __future__ import annotations

import msgspec

from converter.model.resource import Resource
from converter.model.trace import Disposition, StepSucceeded
from converter.plan.work import Fate, Work


def settle_orphans(work: Work) -> Work:
    """What is not run can't fail: what waits for its failure is dropped, what waits for its success is not
    conditional."""
    present = {step for resource in work.resources for step in resource.steps}
    fates = dict(work.fates)
    kept: list[Resource] = []
    for resource in work.resources:
        gone = [t for t in resource.guard if isinstance(t.subject, StepSucceeded) and t.subject.step not in present]
        if any(test.negated for test in gone):
            reason = "it runs only where a step fails that has no effect and is not run any more"
            fates.update((step, Fate(Disposition.DROPPED, reason)) for step in resource.steps)
            continue
        guard = tuple(test for test in resource.guard if test not in gone)
        kept.append(msgspec.structs.replace(resource, guard=guard) if gone else resource)
    return work.having(resources=tuple(kept), fates=fates)

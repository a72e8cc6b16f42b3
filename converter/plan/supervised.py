"""The pass that ties the stop of a background program to its later start: both are of one unit by then."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.model.resource import Resource
from converter.plan import guards
from converter.plan.merging import merged
from converter.plan.work import Work
from converter.resources.absent import Absent
from converter.resources.pause import Pause
from converter.resources.process import Process


def supervise(work: Work) -> Work:
    """Marks each stop that a start of the same program follows, and takes the wait after it into the stop."""
    found: list[Resource] = []
    for index, resource in enumerate(work.resources):
        stop = found[-1] if found else None
        if stop is not None and isinstance(resource.spec, Pause) and _settles(stop, resource):
            spec = msgspec.structs.replace(stop.spec, settle=resource.spec.seconds)
            found[-1] = merged(stop, resource, spec, at=stop)
        elif stop is not None and _waited(stop, resource):
            found[-1] = merged(stop, resource, resource.spec, at=resource)
        elif stop is not None and _forgets(stop, resource, work.resources[index + 1 :]):
            found[-1] = merged(stop, resource, stop.spec, at=stop)
        elif _stops(resource) and any(_starts(later, resource) for later in work.resources[index + 1 :]):
            found.append(msgspec.structs.replace(resource, spec=msgspec.structs.replace(resource.spec, unit=True)))
        else:
            found.append(resource)
    return work.having(resources=tuple(found))


def _stops(resource: Resource) -> bool:
    return isinstance(resource.spec, Process) and resource.spec.state == "stopped"


def _starts(later: Resource, stop: Resource) -> bool:
    same = later.on == stop.on and later.spec.identity() == stop.spec.identity()
    return same and isinstance(later.spec, Process) and later.spec.state == "started"


def _waited(pause: Resource, resource: Resource) -> bool:
    """Whether the script only waited between a stop and the start that are now one restart of a unit."""
    spec, steps = resource.spec, (*resource.steps, *pause.steps)
    between = bool(pause.steps) and min(steps) < min(pause.steps) and max(pause.steps) < max(steps)
    restarted = isinstance(spec, Process) and spec.stop and isinstance(pause.spec, Pause)
    return restarted and between and guards.equal(pause.guard, resource.guard) and pause.on == resource.on


def _forgets(stop: Resource, resource: Resource, later: Sequence[Resource]) -> bool:
    """Whether the resource only removes the file with the number of what was stopped, which the start writes anew."""
    number = getattr(stop.spec, "pid_file", None)
    if not _stops(stop) or not isinstance(resource.spec, Absent) or resource.spec.path != number:
        return False
    writes = any(_starts(each, stop) and getattr(each.spec, "pid_file", None) == number for each in later)
    return writes and guards.equal(stop.guard, resource.guard) and resource.on == stop.on


def _settles(stop: Resource, resource: Resource) -> bool:
    """Whether the resource only waits for the stop to be over, under the same condition."""
    if not isinstance(stop.spec, Process) or not stop.spec.unit or stop.spec.settle is not None:
        return False
    return guards.equal(stop.guard, resource.guard) and stop.on == resource.on

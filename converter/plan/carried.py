"""The pass that unpacks an archive straight from the machine that has it, where the script copied it to a host only to
unpack it there: nothing has to be copied again where all of it is unpacked already."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.model.resource import Resource
from converter.model.value import Value
from converter.plan import guards
from converter.plan.merging import merged
from converter.plan.rewrite import values
from converter.plan.work import Work
from converter.resources.absent import Absent
from converter.resources.archive import Archive
from converter.resources.upload import Upload


def carry(work: Work) -> Work:
    """Makes one of a copy, the unpacking of it and its removal, where nothing else asks for the copy."""
    resources = list(work.resources)
    sentences: list[str] = []
    for copy in work.resources:
        found = _journey(copy, resources)
        if found is None:
            continue
        spec, unpacked, removed = found
        whole = merged(merged(copy, unpacked, spec, at=unpacked), removed, spec, at=unpacked)
        place = copy.origin.spans[0].lines()
        sentences.append(
            f"{spec.src.shell()} is unpacked straight from the machine that has it, without a copy ({place})"
        )
        gone = (id(copy), id(removed))
        resources = [whole if one is unpacked else one for one in resources if id(one) not in gone]
    return work.having(resources=tuple(resources)).changing(*sentences)


def _journey(copy: Resource, resources: Sequence[Resource]) -> tuple[Archive, Resource, Resource] | None:
    """The archive as it is here, what unpacks the copy of it, and what removes that."""
    spec = copy.spec
    if not isinstance(spec, Upload) or spec.direction != "push" or spec.recursive or spec.src.has_glob:
        return None
    later = resources[next(i for i, one in enumerate(resources) if one is copy) + 1 :]
    about = [one for one in later if _mentions(one, spec.dest) and one.on == copy.on]
    if len(about) != 2 or not all(_alike(one, copy) for one in about):
        return None
    unpacked, removed = about
    first, last = unpacked.spec, removed.spec
    if not isinstance(first, Archive) or not first.remote or first.src != spec.dest:
        return None
    between = later[: next(i for i, one in enumerate(later) if one is unpacked)]
    same = isinstance(last, Absent) and last.path == spec.dest and not any(_mentions(one, spec.src) for one in between)
    return (msgspec.structs.replace(first, src=spec.src, remote=False), unpacked, removed) if same else None


def _alike(one: Resource, copy: Resource) -> bool:
    """Whether it is done whenever the copy is, and in the same turn."""
    flags = one.retry or one.background or one.handler or one.context.container or copy.tolerated
    return not flags and one.turn == copy.turn and guards.equal(one.guard, copy.guard)


def _mentions(one: Resource, path: Value) -> bool:
    return any(path.shell() in value.shell() for value in values((one.spec, one.guard, one.context)))

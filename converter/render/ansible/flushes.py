"""Where a role runs its handlers, so that each restart happens where the script has it: not later, and not earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from converter.model.resource import Resource


class Flushes:
    """`after`: handlers that other effects follow, so that they run at once. `late`: handlers that could be triggered
    before an earlier handler is run at once, and would then run with that one, before what the script has between."""

    def __init__(self, resources: Sequence[Resource], notifies: Mapping[str, Sequence[str]]) -> None:
        earliest: dict[str, int] = {}
        for index, resource in enumerate(resources):
            for address in notifies.get(resource.address, ()):
                earliest.setdefault(address, index)
        self.after: set[str] = set()
        self.late: set[str] = set()
        last = -1
        for index, resource in enumerate(resources):
            if not resource.handler:
                continue
            if earliest.get(resource.address, index) < last < index:
                self.late.add(resource.address)
                last = index
            elif _goes_on(resources[index + 1 : index + 3]):
                self.after.add(resource.address)
                last = index + 1


def _goes_on(following: Sequence[Resource]) -> bool:
    """Whether other effects follow a restart; the next service that is started and restarted is part of the same."""
    if not following or following[0].handler:
        return False
    first, *then = following
    return not (then and then[0].handler and then[0].spec.identity() == first.spec.identity())

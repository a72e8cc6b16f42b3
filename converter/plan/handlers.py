"""Restarts become handlers: they run when something before them on that host has changed, at the place where the
script had them."""

from __future__ import annotations

import msgspec

from converter.model.plan import Edge, EdgeKind
from converter.model.resource import Phase, Resource, Spec
from converter.plan import guards
from converter.plan.fold import watched_steps
from converter.plan.work import Work

_RESTARTS = ("restarted", "reloaded", "start_or_reload")
# Restarting one of these also starts what does not run, so that something has to make sure that it runs.
_STARTS = {("service", "restarted"), ("supervised_program", "restarted"), ("pm2_process", "start_or_reload")}
_KINDS = frozenset({"service", "supervised_program", "pm2_process", "container", "compose_project"})
# So many triggers are named one by one for each restart, even if an earlier restart has the same ones.
_FEW = 12
# What these do can't make a running program need a restart.
_QUIET = frozenset(
    """assertion capture cron_job firewall firewall_rule firewalld_rule http_check http_request package_cache
    package_cleanup pause pm2_saved port_wait service supervised_program systemd_reload unresolved
    container_prune pm2_process process""".split()
)


def make_handlers(work: Work) -> Work:
    """Turns each restart that something can trigger into a handler; one that nothing precedes stays a step."""
    watched = watched_steps(work.resources)
    made = _Handlers()
    for resource in work.resources:
        # What reacts to a failure, or whose own failure something reacts to, has to happen where the script has it.
        reacts = watched & set(resource.steps) or watched_steps((resource,))
        triggers = made.triggers(resource) if _restarts(resource) and not reacts else []
        if triggers:
            made.handle(resource, triggers)
        else:
            made.keep(resource)
    return work.having(resources=tuple(made.out), edges=(*work.edges, *made.edges))


def _restarts(resource: Resource) -> bool:
    if resource.phase != Phase.DEPLOY or resource.retry is not None or resource.background:
        return False
    if resource.kind == "process":
        return bool(getattr(resource.spec, "stop", False))
    return resource.kind in _KINDS and (getattr(resource.spec, "state", "") in _RESTARTS or _made_anew(resource.spec))


def _made_anew(spec: Spec) -> bool:
    """Whether something that runs is replaced each time, even if nothing has changed."""
    return getattr(spec, "state", "") in ("present", "started") and getattr(spec, "recreate", False) in (True, "always")


def _changes(resource: Resource) -> bool:
    return resource.kind not in _QUIET and not resource.handler and getattr(resource.spec, "effect", "") != "reads"


class _Past(msgspec.Struct, frozen=True):
    """What a handler stands for: everything since a place, of which the earliest and how many trigger it."""

    first: int
    earliest: int
    count: int


class _Handlers:
    def __init__(self) -> None:
        self.out: list[Resource] = []
        self.edges: list[Edge] = []
        self._since: dict[tuple[str, str], int] = {}
        self._running: dict[tuple[str, str], Resource] = {}
        self._broken = 0
        self._handled: dict[int, _Past] = {}

    def keep(self, resource: Resource) -> None:
        """A resource that stays as it is."""
        if self.out and resource.phase == Phase.DEPLOY and self.out[-1].on != resource.on:
            self._broken = len(self.out)
        self.out.append(resource)
        state = getattr(resource.spec, "state", "")
        key = (resource.on, resource.spec.identity())
        if state in ("started", "restarted", "start_or_reload"):
            self._running[key] = resource
        elif state in ("stopped", "absent"):
            self._running.pop(key, None)

    def triggers(self, resource: Resource) -> list[int]:
        """The places of what changes something before the restart, since it was last restarted; empty if a handler
        can't know all of it. An earlier handler stands for the many things that trigger it."""
        if self.out and self.out[-1].on != resource.on:
            return []
        first = self._since.get((resource.on, resource.spec.identity()), 0)
        found = []
        index = len(self.out) - 1
        while index >= first:
            other = self.out[index]
            past = self._standing_for(index, first, resource)
            if past is not None or (other.on == resource.on and other.phase == resource.phase and _changes(other)):
                if (index if past is None else past.earliest) < self._broken:
                    return []
                found.append(index)
            index = index - 1 if past is None else past.first - 1
        return found[::-1]

    def _standing_for(self, index: int, first: int, resource: Resource) -> _Past | None:
        """The handler at a place, if it runs whenever something has changed since `first` or later, and is more than
        a few."""
        past, other = self._handled.get(index), self.out[index]
        if past is None or past.first < first or past.count <= _FEW:
            return None
        same = other.on == resource.on and other.phase == resource.phase
        return past if same and not other.guard and not other.tolerated else None

    def handle(self, resource: Resource, triggers: list[int]) -> None:
        """A restart that becomes a handler, and what makes sure that there is something to restart."""
        base = self._base(resource)
        spec = resource.spec
        if base is not None:
            self.keep(base)
            spec = _only_restart(spec)
        name = f"Recreate {spec.label()}" if _made_anew(spec) else ""
        handler = msgspec.structs.replace(resource, spec=spec, address=f"{resource.address}h", handler=True, name=name)
        for index in triggers:
            self.edges.append(Edge(kind=EdgeKind.NOTIFIES, first=self.out[index].address, second=handler.address))
        past = [self._handled.get(index) or _Past(index, index, 1) for index in triggers]
        first = self._since.get((resource.on, resource.spec.identity()), 0)
        self._handled[len(self.out)] = _Past(first, past[0].earliest, sum(each.count for each in past))
        self.out.append(handler)
        self._since[(resource.on, resource.spec.identity())] = len(self.out)

    def _base(self, resource: Resource) -> Resource | None:
        spec = _without_restart(resource.spec)
        if spec is None:
            return None
        running = self._running.get((resource.on, resource.spec.identity()))
        if (
            running is not None
            and guards.within(resource.guard, running.guard)
            and running.spec.fold(spec) == running.spec
        ):
            return None
        starts = "start" in resource.name.lower().replace("restart", "") or _made_anew(resource.spec)
        name = resource.name if starts else ""
        return msgspec.structs.replace(resource, spec=spec, name=name)


def _without_restart(spec: Spec) -> Spec | None:
    """What has to be so besides the restart, None if nothing."""
    if spec.kind == "process":
        return msgspec.structs.replace(spec, stop=False)
    if _made_anew(spec):
        return msgspec.structs.replace(spec, recreate="auto" if spec.kind == "compose_project" else False)
    state = getattr(spec, "state", "")
    if (spec.kind, state) in _STARTS or (
        spec.kind == "pm2_process" and (getattr(spec, "script", None) or getattr(spec, "ecosystem", None))
    ):
        return msgspec.structs.replace(spec, state="started")
    if spec.kind == "service" and (
        getattr(spec, "enabled", None) is not None or getattr(spec, "masked", None) is not None
    ):
        return msgspec.structs.replace(spec, state="unchanged")
    return None


def _only_restart(spec: Spec) -> Spec:
    """The restart alone, without what the resource before it already says."""
    if spec.kind == "service":
        return msgspec.structs.replace(spec, enabled=None, masked=None, daemon_reload=False)
    return spec

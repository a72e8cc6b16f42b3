"""The course of a deployment: its places (a person's machine, the pipeline, the hosts) and what happens there.

`diagram.py` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from converter.model.plan import Plan, confirmations
from converter.model.resource import Phase, Purpose, Resource
from converter.model.share import portion
from converter.model.trace import Host, RunsOn
from converter.model.tree import FileTree
from converter.repo.expressed import in_cluster, pulls
from converter.repo.page.cluster import of_cluster
from converter.repo.page.places import Course, Stop, Where
from converter.repo.page.prose import plain
from converter.repo.phrases import has_pipeline

_PERSON, _PIPELINE = "Your machine", "Pipeline (CI)"
_DOES = {Purpose.PROVISION: "Prepare", Purpose.DEPLOY: "Deploy", Purpose.ROLLBACK: "Roll back"}
_MOST_HOSTS = 4


def course(plan: Plan, tree: FileTree) -> Course:
    """From what a person does to what is so on the hosts."""
    if tree.shares:
        return _together([course(portion(plan, share.addresses), share.tree) for share in tree.shares])
    if in_cluster(tree):
        return of_cluster(plan, tree)
    piped, pulled = has_pipeline(tree), pulls(tree)
    machine = _PIPELINE if piped else _PERSON
    stretches = [(machine, title, each) for title, each in _before(plan)]
    deployed = _deployed(plan)
    applies = deployed and piped and not pulled
    stretches += [(machine, "Apply the manifests", _environments(plan))] if applies else []
    stretches += [(group, "Pull what was merged", ()) for group in _pulling(deployed)] if pulled else []
    stretches += [(group or machine, title, each) for group, title, each in deployed]
    after = _names(_late(plan))
    stretches += [(machine, "Publish", after)] if after else []
    back = [(group or machine, title, each) for group, title, each in _deployed(plan, back=True)]
    first = [(_PERSON, "Merge a change", ())] if piped or pulled else []
    met = dict.fromkeys((_PERSON, machine, *(place for place, _, _ in (*stretches, *back))))
    order = [place for place in met if place in (_PERSON, _PIPELINE)]
    order += [group for group in _groups(plan) if group in met]
    stops = [Stop(place=order.index(place), title=title, names=names) for place, title, names in (*first, *stretches)]
    stops += [
        Stop(place=order.index(place), title=f"{title} on request", names=names, on_request=True)
        for place, title, names in back
    ]
    return Course(places=tuple(_where(plan, place) for place in order), stops=tuple(stops))


def _together(parts: Sequence[Course]) -> Course:
    """What a merge starts on each side, the machines first; neither waits for the other."""
    places: dict[str, Where] = {}
    stops: dict[Stop, None] = {}
    for part in reversed(parts):
        for where in part.places:
            known = places.get(where.name)
            places[where.name] = where if known is None or not known.notes else known
        names = list(places)
        for stop in part.stops:
            stops[msgspec.structs.replace(stop, place=names.index(part.places[stop.place].name))] = None
    return Course(places=tuple(places.values()), stops=tuple(stops))


def _environments(plan: Plan) -> tuple[str, ...]:
    """In which order, and whether somebody has to agree."""
    names = [each.name for each in plan.environments]
    order = [f"to {', then '.join(names)}"] if len(names) > 1 else []
    asks = len(names) > 1 or confirmations(plan)
    return (*order, *([f"{names[-1]} waits for an approval"] if names and asks else []))


def _pulling(deployed: Sequence[tuple[str, str, tuple[str, ...]]]) -> list[str]:
    """The groups of hosts, each once."""
    return list(dict.fromkeys(group for group, _, _ in deployed if group))


def _before(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    late = {each.address for each in _late(plan)}
    early = [each for each in plan.resources if _off_hosts(each) and each.address not in late]
    found = [("Build", Phase.BUILD), ("Publish", Phase.PUBLISH)]
    parts = [(title, _names(each for each in early if each.phase is phase)) for title, phase in found]
    return [(title, names) for title, names in parts if names]


def _off_hosts(each: Resource) -> bool:
    return each.phase is not Phase.DEPLOY


def _late(plan: Plan) -> list[Resource]:
    """What the pipeline does after the hosts, as the script did."""
    first: dict[Purpose, int] = {}
    last: dict[Purpose, int] = {}
    for index, each in enumerate(plan.resources):
        if not _off_hosts(each):
            first.setdefault(each.purpose, index)
            last[each.purpose] = index
    return [
        each
        for index, each in enumerate(plan.resources)
        if _off_hosts(each)
        and index > first.get(each.purpose, index)
        and (each.phase is Phase.PUBLISH or index > last[each.purpose])
    ]


def _deployed(plan: Plan, back: bool = False) -> list[tuple[str, str, tuple[str, ...]]]:
    """For each stretch: the group of hosts, or "" for the machine that runs the play; what it does; its resources."""
    groups = _groups(plan)
    deployed = [each for each in plan.resources if not _off_hosts(each) and not each.handler]
    chosen = [each for each in deployed if (each.purpose is Purpose.ROLLBACK) is back]

    def place(each: Resource) -> tuple[str, str]:
        on = each.each or each.on
        return (on if on in groups else ""), _DOES[each.purpose]

    return [(group, does, _names(each)) for (group, does), each in groupby(chosen, key=place)]


def _groups(plan: Plan) -> list[str]:
    return list(dict.fromkeys(group.name for each in plan.environments for group in each.groups))


def _names(resources: Iterable[Resource]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(" ".join(each.name.split())) for each in resources))


def _where(plan: Plan, place: str) -> Where:
    """The place, its hosts in each environment, and how many commands the script ran there."""
    if place == _PIPELINE:
        return Where(name=place, notes=("the script had none",))
    if place == _PERSON:
        count = sum(1 for entry in plan.ledger if entry.host == "workstation")
        return Where(name=place, notes=(_ran(count),) if plan.runs_on is RunsOn.WORKSTATION else ())
    found = [(each.name, group) for each in plan.environments for group in each.groups if group.name == place]
    hosts = {name: [_address(host) for host in group.hosts] for name, group in found}
    own = {address for addresses in hosts.values() for address in addresses} | _called(plan, place)
    count = sum(1 for entry in plan.ledger if entry.host in own)
    serial = ("one host after the other",) if any(group.serial for _, group in found) else ()
    notes = [f"{name}: {_few(addresses)}" for name, addresses in hosts.items()]
    return Where(name=plain(place), notes=(*map(plain, notes), *serial, _ran(count)))


def _called(plan: Plan, group: str) -> set[str]:
    """What the script calls the hosts of a group: a variable, where it goes through several."""
    here = {each.address for each in plan.resources if each.on == group}
    return {entry.host for entry in plan.ledger if entry.host != "workstation" and here.intersection(entry.resources)}


def _ran(count: int) -> str:
    return f"the script ran {count} command{'s' * (count != 1)} here"


def _few(addresses: Sequence[str]) -> str:
    more = len(addresses) - _MOST_HOSTS
    return ", ".join(addresses) if more <= 0 else f"{', '.join(addresses[:_MOST_HOSTS])} and {more} more"


def _address(host: Host) -> str:
    login = f"{host.user.shell()}@" if host.user is not None else ""
    return f"{login}{host.address.shell()}"

"""Which application waits for which: as the script itself waited, not as it merely started one after the other.

Docker starts a container and goes on; a program whose database is not there yet ends, and is started again until it is.
An agent that waited for it before it starts the database would wait for ever. What a script does wait for is the end of
a command, a check that answers, what a service says that it depends on, and a link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from converter.model.tree import Follows
from converter.render.kubernetes.app import App


def waits(environment: str, apps: Sequence[App], place: Mapping[str, int]) -> Iterator[Follows]:
    """For each, those that have to be ready before; what follows from others is left out."""
    ordered = sorted(apps, key=lambda app: place[app.resources[0].address])
    needs: dict[str, set[str]] = {}
    for number, app in enumerate(ordered):
        before = ordered[:number]
        own = {other.name for other in before if _waits(app, other, place)}
        own |= {name for name in app.after if name in needs}
        needs[app.name] = own
    for app in ordered:
        # What it needs may be started only later, as php-fpm behind nginx.
        later = [name for name in app.after if name in needs and app.name not in _reached(name, needs)]
        needs[app.name].update(name for name in later if name != app.name)
    every = {name: _reached(name, needs) for name in needs}
    for app in ordered:
        own = needs[app.name]
        implied = {other for name in own for other in every[name]}
        yield Follows(
            environment=environment,
            name=app.name,
            after=tuple(other.name for other in ordered if other.name in own - implied),
        )


def _reached(name: str, needs: Mapping[str, set[str]]) -> set[str]:
    return {*needs[name], *(far for other in needs[name] for far in _reached(other, needs))}


def _waits(app: App, other: App, place: Mapping[str, int]) -> bool:
    """Whether `app` has to wait for `other`, which is before it."""
    if other.kind == "CronJob" or app.resources[0] is other.resources[0]:
        return False
    if other.kind == "Job" or _answered(app, other, place):
        return True
    return app.kind == "Job" and not app.after and _needed(app, other)


def _answered(app: App, other: App, place: Mapping[str, int]) -> bool:
    """Whether the script waited between the two until the first one was ready."""
    mine, theirs = place[app.resources[0].address], place[other.resources[0].address]
    checks = [place[each.address] for each in other.used if each.kind in ("http_check", "port_wait")]
    if any(theirs < check < mine for check in checks):
        return True
    return any(place[each.address] < mine for each in other.waited)


def _needed(app: App, other: App) -> bool:
    """A job may need whatever runs before it, but for another program of its own image: that one may be waiting for
    the job. What is checked only later may be, too."""
    checked = any(each.kind in ("http_check", "port_wait") for each in other.used)
    return other.image.name != app.image.name and not checked

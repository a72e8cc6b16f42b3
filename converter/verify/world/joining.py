"""What stands around a script in any of its environments, out of what stands around it in each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import msgspec

from converter.model.world import Place, Repository, Surroundings

_Any = TypeVar("_Any", bound=Hashable)


def joined(guesses: Sequence[Surroundings]) -> Surroundings:
    """All of it; where they contradict each other, the last one counts."""
    if len(guesses) == 1:
        return guesses[0]
    installable = _union(each.installable for each in guesses)
    stand_ins = _union(each.stand_ins for each in guesses)
    return msgspec.structs.replace(
        guesses[-1],
        samples=_union(each.samples for each in guesses),
        packages=tuple(sorted({name for each in guesses for name in each.packages} - {*installable, *stand_ins})),
        installable=installable,
        stand_ins=stand_ins,
        users=_union(each.users for each in guesses),
        places=_places(place for each in guesses for place in each.places),
        services=_union(each.services for each in guesses),
        repositories=_repositories(remote for each in guesses for remote in each.repositories),
        recorded=_union(each.recorded for each in guesses),
        answers=_union(each.answers for each in guesses),
        names=_union(each.names for each in guesses),
        managed=_union(each.managed for each in guesses),
        wheels=_union(each.wheels for each in guesses),
        virtualenvs=_union(each.virtualenvs for each in guesses),
        databases=_union(each.databases for each in guesses),
    )


def _union(lists: Iterable[Sequence[_Any]]) -> tuple[_Any, ...]:
    return tuple(dict.fromkeys(each for found in lists for each in found))


def _places(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple({place.path: place for place in places}.values())


def _repositories(remotes: Iterable[Repository]) -> tuple[Repository, ...]:
    found: dict[str, Repository] = {}
    for each in remotes:
        known = found.get(each.url, each)
        found[each.url] = msgspec.structs.replace(
            each,
            files={**known.files, **each.files},
            branches=_union((known.branches, each.branches)),
            tags=_union((known.tags, each.tags)),
            checkouts=_union((known.checkouts, each.checkouts)),
        )
    return tuple(found.values())

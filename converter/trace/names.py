"""Scripts by their names: for which environment and for which purpose of an application's life each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from converter.model.environment import canonical, rank
from converter.model.resource import Purpose
from converter.model.script import Script

_PURPOSES = {
    Purpose.PROVISION: re.compile(r"(?:server_?)?(?:set_?up|provision|bootstrap|install|prepare|init)(?:_?server)?"),
    Purpose.ROLLBACK: re.compile(r"roll_?back|revert|undo"),
}


def by_environment(scripts: Sequence[Script]) -> dict[str, list[Script]]:
    """The scripts of each environment in the order of a promotion, each with those that are for all
    (`deploy-staging.sh` and `deploy-production.sh`); none where fewer than two environments are named."""
    found = [_environment(script.source.path) for script in scripts]
    names = sorted(dict.fromkeys(name for name in found if name is not None), key=rank)
    if len(names) < 2:
        return {}
    return {
        name: [script for script, mine in zip(scripts, found, strict=True) if mine in (None, name)] for name in names
    }


def by_purpose(scripts: Sequence[Script]) -> dict[Purpose, list[Script]]:
    """The scripts of each purpose, in the order in which these are needed; those of one alone are a deployment."""
    found: dict[Purpose, list[Script]] = {purpose: [] for purpose in Purpose}
    for script in scripts:
        found[_purpose(script.source.path)].append(script)
    there = {purpose: chosen for purpose, chosen in found.items() if chosen}
    return there if len(there) > 1 else {Purpose.DEPLOY: list(scripts)}


def _environment(path: str) -> str | None:
    """The last word of a path, without its ending, that means an environment: `prod/deploy.sh`, `deploy_staging.sh`."""
    return next((name for word in _words(path) if (name := canonical(word)) is not None), None)


def _purpose(path: str) -> Purpose:
    stem = re.sub(r"[-.\s]+", "_", path.rsplit("/", 1)[-1].rsplit(".", 1)[0]).lower()
    pieces = [stem, *stem.split("_")]
    return next((purpose for purpose, names in _PURPOSES.items() if any(map(names.fullmatch, pieces))), Purpose.DEPLOY)


def _words(path: str) -> Iterator[str]:
    *folders, file = path.split("/")
    stem = file.rsplit(".", 1)[0] if "." in file else file
    yield from reversed(re.split(r"[-_.]", stem))
    yield from reversed(folders)

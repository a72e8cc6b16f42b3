"""Scripts that are named for their environments: `deploy-staging.sh` and `deploy-production.sh` are one deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from converter.model.environment import canonical, rank
from converter.model.script import Script
from converter.model.trace import Selection, Trace


def by_name(scripts: Sequence[Script]) -> dict[str, list[Script]]:
    """The scripts of each environment in the order of a promotion, each with those that are for all; none where fewer
    than two environments are named."""
    found = [_environment(script.source.path) for script in scripts]
    names = sorted(dict.fromkeys(name for name in found if name is not None), key=rank)
    if len(names) < 2:
        return {}
    return {
        name: [script for script, mine in zip(scripts, found, strict=True) if mine in (None, name)] for name in names
    }


def of_name(trace: Trace, name: str) -> Trace:
    """The trace as the run for an environment."""
    return msgspec.structs.replace(trace, selection=Selection(environment=name, text=name))


def _environment(path: str) -> str | None:
    """The last part of a path, without its ending, that means an environment: `prod/deploy.sh`, `deploy_staging.sh`."""
    return next((name for word in _words(path) if (name := canonical(word)) is not None), None)


def _words(path: str) -> Iterator[str]:
    *folders, file = path.split("/")
    stem = file.rsplit(".", 1)[0] if "." in file else file
    yield from reversed(re.split(r"[-_.]", stem))
    yield from reversed(folders)

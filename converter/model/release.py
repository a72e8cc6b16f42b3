"""Releases of charts, before any agent's own syntax."""

from __future__ import annotations

import msgspec


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release of a chart as one environment has it. `name` is its folder in `apps/`, `release` what Helm calls it.

    The chart is `chart` of `repository` in a `version`, or lies in this repository under `path`. `values` are files of
    this repository in the order in which each counts more than those before it; `secrets` say of a value which key of
    which object holds it: object, key, place in the values. With `waits` it must not start before a person has put in
    what these are; `addresses` are those of the plan, `lines` those of the script."""

    environment: str
    name: str
    release: str
    namespace: str
    chart: str = ""
    repository: str = ""
    version: str = ""
    path: str = ""
    values: tuple[str, ...] = ()
    secrets: tuple[tuple[str, str, str], ...] = ()
    waits: tuple[str, ...] = ()
    atomic: bool = False
    force: bool = False
    timeout: str = ""
    history: int = 0
    addresses: tuple[str, ...] = ()
    lines: str = ""

"""A file that is sent to where the login may write, and moved from there to where only root may, is sent there."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from converter.model.resource import Resource, Spec
from converter.model.value import Value
from converter.plan import guards
from converter.plan.fold import watched_steps
from converter.plan.merging import merged
from converter.plan.place import LOCAL
from converter.plan.work import Work
from converter.resources import paths
from converter.resources.file_move import FileMove
from converter.resources.upload import Upload

_WINDOW = 60


def send_on(work: Work) -> Work:
    """Joins each such pair in the place of the move, where nothing between them asks for the file or brings it."""
    logins = {group.name: group.hosts[0].user for group in work.groups if len({h.user for h in group.hosts}) == 1}
    watched = watched_steps(work.resources)
    out: list[Resource] = []
    assumed: dict[str, None] = {}
    for resource in work.resources:
        index = _sender(out, resource) if not watched.intersection(resource.steps) else None
        login = logins.get(resource.on)
        spec = _sent(out[index], resource, login) if index is not None else None
        if index is None or spec is None or watched.intersection(out[index].steps):
            out.append(resource)
            continue
        out.append(merged(out.pop(index), resource, spec, at=resource))
        if spec.group is not None and login is not None:
            assumed[f"the login {login.shell()} has a group of the same name, which the files that it sends get"] = None
    return work.having(resources=tuple(out)).assuming(*assumed)


def _sender(before: Sequence[Resource], move: Resource) -> int | None:
    """The place of what sends the file that is moved."""
    if not isinstance(move.spec, FileMove):
        return None
    place = paths.place(move.spec.src)
    for index in range(len(before) - 1, max(-1, len(before) - _WINDOW), -1):
        other = before[index]
        if isinstance(other.spec, Upload) and paths.place(other.spec.dest) == place and other.on == move.on:
            return index
        if other.on == LOCAL or _asks_for(other, move.spec.src):
            return None
    return None


def _asks_for(resource: Resource, path: Value) -> bool:
    """By its path; a command may do so by its name, or by a pattern."""
    text, spelled = repr(resource.spec), paths.name(path) if resource.kind == "command" else path.shell()
    return re.search(rf"{re.escape(spelled)}(?![\w.-])|/\*", text) is not None


def _sent(first: Resource, move: Resource, login: Value | None) -> Upload | None:
    """What root moves on stays the login's."""
    plain = not (first.retry or move.retry or first.background or move.background or first.tolerated or move.tolerated)
    alike = first.phase == move.phase and first.context.container == move.context.container
    spec: Spec | None = first.spec.fold(move.spec)
    if not plain or not alike or not guards.equal(first.guard, move.guard) or not isinstance(spec, Upload):
        return None
    if first.context.user == move.context.user:
        return spec
    root = move.context.user is not None and move.context.user.text == "root"
    if not root or first.context.user is not None or login is None:
        return None
    return spec if login.text == "root" else msgspec.structs.replace(spec, owner=login, group=login)

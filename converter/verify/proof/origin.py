"""Where a difference stems from: the lines of the script and the task of the manifests, as the plan tells."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

import msgspec

from converter.model.plan import Plan
from converter.model.report import Difference
from converter.model.resource import Resource
from converter.model.value import Value
from converter.verify.compare.differences import AS_BEFORE, NOT_THERE
from converter.verify.tasks import tasks


def traced(difference: Difference, plan: Plan, root: Path) -> Difference:
    """The difference with its lines, its task, and what a person may do."""
    resource = max(plan.resources, key=lambda each: _nearness(each, difference), default=None)
    if resource is None or not _nearness(resource, difference):
        return msgspec.structs.replace(difference, suggestion=_suggestion(difference, ""))
    lines = ", ".join(dict.fromkeys(span.lines() for span in resource.origin.spans))
    item = next(_items(resource, lines, root), "")
    return msgspec.structs.replace(difference, lines=lines, item=item, suggestion=_suggestion(difference, item))


def _nearness(resource: Resource, difference: Difference) -> int:
    """How much of the thing's name the resource names; 0 where it has nothing to do with it."""
    best = 0
    thing = difference.thing.removesuffix(".service")
    for text in _texts(resource.spec):
        plain = text.rstrip("/")
        if plain == thing:
            best = max(best, 10_000)
        elif difference.kind in ("file", "checkout") and plain.startswith("/") and thing.startswith(f"{plain}/"):
            best = max(best, len(plain))
        elif difference.kind == "file" and plain and posixpath.basename(plain) == posixpath.basename(thing):
            best = max(best, 1)
        elif difference.kind not in ("file", "checkout") and plain and plain in thing and len(plain) > 2:
            best = max(best, len(plain))
    return best


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, Value):
        if (text := thing.text) is not None:
            yield text
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from _texts(inner)
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            yield from _texts(getattr(thing, field))


def _items(resource: Resource, lines: str, root: Path) -> Iterator[str]:
    for task in tasks(root):
        if task.data.get("name") == resource.name or any(lines and comment == lines for comment in task.comments):
            yield f"{task.path}:{task.line}"


def _suggestion(difference: Difference, item: str) -> str:
    where = f"look at {item}" if item else "see MIGRATION.md for what became of each line"
    if difference.manifests in (NOT_THERE, AS_BEFORE):
        return f"only the script does this: add a task, or mend the condition of one; {where}"
    if difference.script in (NOT_THERE, AS_BEFORE):
        return f"only the manifests do this: {where}"
    return f"make both the same: {where}"

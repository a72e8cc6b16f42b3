"""Two resources as one: where it comes from, what it is called and which steps it stands for."""

from __future__ import annotations

import msgspec

from converter.model.resource import Origin, Resource, Spec
from converter.model.trace import Context


def merged(first: Resource, second: Resource, spec: Spec, *, at: Resource) -> Resource:
    """The spec in the place, under the guard and as the user of `at`, which is one of the two."""
    return msgspec.structs.replace(
        at,
        kind=spec.kind,
        spec=spec,
        name=_name(first, second, spec),
        origin=_origin(first, second, at),
        context=_context(first, second, at),
        steps=(*first.steps, *(step for step in second.steps if step not in first.steps)),
        tolerated=first.tolerated and second.tolerated,
        reason=first.reason or second.reason,
    )


def _name(first: Resource, second: Resource, spec: Spec) -> str:
    """The first title, unless it announced something that the second one ends otherwise, such as a stop."""
    if second.kind == spec.kind and _state(second.spec) == _state(spec) != _state(first.spec):
        return second.name
    return first.name or second.name


def _state(spec: Spec) -> str:
    return f"{spec.kind if spec.kind in ('package_cache', 'systemd_reload') else ''} {getattr(spec, 'state', '')}"


def _origin(first: Resource, second: Resource, at: Resource) -> Origin:
    spans = tuple(dict.fromkeys((*first.origin.spans, *second.origin.spans)))
    comments = dict.fromkeys(filter(None, (first.origin.comment, second.origin.comment)))
    return Origin(spans=spans, rule=at.origin.rule, comment="\n".join(comments))


def _context(first: Resource, second: Resource, at: Resource) -> Context:
    environment = {**dict(first.context.environment), **dict(second.context.environment)}
    return msgspec.structs.replace(at.context, environment=tuple(environment.items()))

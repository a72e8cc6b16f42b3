"""The names that the manifests have for the secrets of a script, also for those that nothing generated uses."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from converter.model.plan import Plan
from converter.model.secret import FoundSecret
from converter.render.ansible.names import Unique, slug, snake, variables


def named(found: Iterable[FoundSecret], plan: Plan) -> tuple[FoundSecret, ...]:
    """The secrets, each with its variable."""
    known = variables(plan.every_variable, slug(plan.name))
    unique = Unique(known.values())
    return tuple(
        msgspec.structs.replace(each, variable=known.get(each.name) or unique.name(snake(each.name))) for each in found
    )

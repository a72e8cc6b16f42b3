"""What the review needs of the plan stage; `pipeline` hands it over, since stages do not know each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from converter.model.plan import Edge, Plan
from converter.model.resource import Resource, Spec
from converter.model.secret import FoundSecret


class Means(NamedTuple):
    """Fields put into a spec, the edges between resources in their order, a plan whose variables hold what it says of
    them, and a plan without some secrets."""

    with_fields: Callable[[Spec, Iterable[tuple[str, str]]], Spec]
    required: Callable[[Iterable[Resource]], Iterable[Edge]]
    bound: Callable[[Plan], Plan]
    conceal: Callable[[Plan, Sequence[FoundSecret]], Plan]

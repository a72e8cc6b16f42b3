"""Recipes: what each kind of application has, asks for and needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from converter.model.starter import Starter
from converter.starter.steps import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A kind of application. `source` names the answer that says where it comes from, `asks` the others that only some
    applications have; `defaults` are their usual answers; `resources` adds what has to be so. `clusters` names what is
    asked where it runs in a cluster, and is empty where it can't."""

    about: str
    source: str
    asks: tuple[str, ...]
    defaults: dict[str, str]
    resources: Callable[[Starter, Steps], None]
    clusters: tuple[str, ...] = ()

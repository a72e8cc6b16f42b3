"""The plan in the making: what each pass takes and gives on."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from converter.model.diagnostic import Diagnostic
from converter.model.plan import Edge, HostGroup, PlanVariable
from converter.model.question import Question
from converter.model.resource import Resource
from converter.model.source import Span
from converter.model.trace import Disposition, Trace
from converter.plan.masking import Secrets


class Fate(msgspec.Struct, frozen=True):
    """What becomes of one step, and a sentence that says why."""

    disposition: Disposition
    reason: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known so far. Until the last pass the address of a resource is a number of this plan's own.

    `fates` and `phases` (what rules say of local steps) are by step; `conditions` says of tests, by their place, what
    absorbed them; `places` gives the group of each host.
    """

    trace: Trace
    name: str
    secrets: Secrets
    resources: tuple[Resource, ...] = ()
    fates: Mapping[int, Fate] = {}
    phases: Mapping[int, str] = {}
    conditions: Mapping[Span, str] = {}
    groups: tuple[HostGroup, ...] = ()
    places: Mapping[str, str] = {}
    variables: tuple[PlanVariable, ...] = ()
    edges: tuple[Edge, ...] = ()
    questions: tuple[Question, ...] = ()
    assumptions: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def having(self, **fields: object) -> Work:
        """The same with some fields replaced."""
        return msgspec.structs.replace(self, **fields)

    def assuming(self, *sentences: str) -> Work:
        """With more assumptions, each once."""
        return self.having(assumptions=tuple(dict.fromkeys((*self.assumptions, *sentences))))

    def changing(self, *sentences: str) -> Work:
        """With more changes of meaning, each once."""
        return self.having(changes=tuple(dict.fromkeys((*self.changes, *sentences))))

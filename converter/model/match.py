"""Matches: what the rules made of the steps of a trace."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from converter.model.resource import Spec


class Verdict(StrEnum):
    """What a rule says of a step: it is a resource, it can only be a command, it has no effect to keep, or no rule
    knows it."""

    BECOMES = "becomes"
    KEEP = "keep"
    ABSORB = "absorb"
    UNMATCHED = "unmatched"


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One step, what recognised it and the specs it becomes. `reason` says why it is kept, absorbed or unmatched.

    `local` marks what belongs to a pipeline when the script runs on a workstation: build, test, package or publish.
    """

    step: int
    verdict: Verdict
    rule: str = ""
    specs: tuple[Spec, ...] = ()
    reason: str = ""
    phase: str = ""


class Matches(msgspec.Struct, frozen=True, kw_only=True):
    """One match for every step, in the order of the trace."""

    matches: tuple[Match, ...]

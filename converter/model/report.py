"""What a check of a generated repository found."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """How one check ended; a tool that is not installed is skipped, never passed."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One tool's verdict: its version, what it printed, and for a skipped one the command that installs it."""

    tool: str
    outcome: Outcome
    version: str = ""
    details: str = ""
    install: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The results of all checks of one run."""

    results: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(result.outcome != Outcome.FAILED for result in self.results)

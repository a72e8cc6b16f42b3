"""What a check of a generated repository found."""

from __future__ import annotations

from collections.abc import Mapping
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


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a level of verification needs of the machine: whether it is there, and how to get it."""

    name: str
    level: str
    found: bool
    about: str = ""
    hint: str = ""


class Start(StrEnum):
    """What a host was like before: as world.yaml says, or deployed by the script once."""

    FRESH = "fresh"
    DEPLOYED = "deployed"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on one host that is not the same after the script and after the manifests; "" is not there. `lines` of
    the script and `item` of the manifests are where it stems from, as far as the plan tells."""

    start: Start
    host: str
    kind: str
    thing: str
    script: str = ""
    manifests: str = ""
    lines: str = ""
    item: str = ""
    suggestion: str = ""


class Uncompared(msgspec.Struct, frozen=True, kw_only=True):
    """What was not compared, or not with the real thing, and why."""

    thing: str
    reason: str


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended: what it was, its code, why it was stopped if it was, the end of what it printed."""

    run: str
    code: int
    output: str = ""
    stopped: str = ""

    @property
    def well(self) -> bool:
        """Whether it did all that it set out to do."""
        return self.code == 0 and not self.stopped


class Verification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last proof of a repository, as it keeps it: the day (ISO 8601), the commit that was verified, how many things
    were equal, different, or could not be compared, and the tasks that are not quiet. `failures` are runs that did not
    end well, `unseen` the kinds of things that the backend could not tell of."""

    date: str
    revision: str
    environment: str
    equal: int
    different: int
    uncompared: int
    changing: int = 0
    unclean: int = 0
    failures: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    tools: Mapping[str, str] = {}
    unseen: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the manifests end where the script ends, and change nothing when they are applied again."""
        return not (self.failures or self.different or self.changing or self.unclean)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What running came to. `changing` are tasks that a second run changes, `unclean` those that a check run would
    change, each by host and task; `again` are commands that are kept on purpose, which run each time. `equal` counts
    things that were changed and are the same on both sides; `unseen` are kinds of things of which the backend can't
    tell how they were left; `backend`, `system` and `tools` are what it was run with, `seconds` how long each part
    took, `kept` the folder of what the hosts wrote."""

    environment: str
    compared: bool
    backend: str = ""
    system: tuple[str, ...] = ()
    tools: Mapping[str, str] = {}
    failures: tuple[Ended, ...] = ()
    changing: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    unclean: tuple[str, ...] = ()
    equal: int = 0
    differences: tuple[Difference, ...] = ()
    uncompared: tuple[Uncompared, ...] = ()
    unseen: tuple[Uncompared, ...] = ()
    replaced: tuple[Uncompared, ...] = ()
    seconds: Mapping[str, float] = {}
    kept: str = ""

    @property
    def passed(self) -> bool:
        """Whether all runs went well, the second one changed nothing, and the states are equal."""
        return not (self.failures or self.changing or self.unclean or self.differences)

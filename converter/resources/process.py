"""A program that runs in the background without a service manager; it becomes a service with a unit file."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking


class Process(Spec, frozen=True, kw_only=True):
    """`nohup command > log 2> error_log &`, or with `state` stopped `pkill -f stop_pattern`, `kill $(cat pid_file)`.
    `log` takes the errors too where there is no `error_log`. `stop` tells that a running one is ended first, `replaces`
    that this is one which only `pid_file` tells, maybe without a unit, `full` that the pattern is sought in the whole
    command line and not in the name, `unit` that a stopped one is started again later, so that its unit is what is
    stopped, and `settle` how many seconds the script then waits."""

    kind: ClassVar[str] = "process"

    name: Value
    command: Value
    cwd: Value | None = None
    log: Value | None = None
    append_log: bool = False
    error_log: Value | None = None
    append_errors: bool = False
    pid_file: Value | None = None
    stop_pattern: Value | None = None
    signal: Value | None = None
    state: str = "started"
    stop: bool = False
    replaces: bool = False
    full: bool = True
    unit: bool = False
    settle: Value | None = None

    def identity(self) -> str:
        """Its name."""
        return f"process:{self.name.key()}"

    def summary(self) -> str:
        """`Run app in the background`."""
        if self.state == "stopped":
            return f"Stop {self.name.shell()}"
        return f"Restart {self.name.shell()}" if self.stop else f"Run {self.name.shell()} in the background"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`pgrep` finds it, or no longer does."""
        if self.stop_pattern is None:
            return ()
        truth = self.state == "started"
        ways = (("pgrep", "-f"), ("pgrep",), ("pgrep", "-x"), ("pidof",))
        return tuple(test for way in ways for test in looking.succeeds(truth, *way, self.stop_pattern))

    def fold(self, later: Spec) -> Spec | None:
        """Stopped, and if need be stopped harder, then started."""
        if not isinstance(later, Process) or self.state != "stopped":
            return None
        if later.state == "stopped":
            return later if later.stop_pattern == self.stop_pattern and later.pid_file == self.pid_file else None
        return msgspec.structs.replace(
            later,
            stop=True,
            replaces=self.stop_pattern is None,
            stop_pattern=later.stop_pattern or self.stop_pattern,
            pid_file=later.pid_file or self.pid_file,
            full=self.full,
        )

"""A process that pm2 keeps running."""

from __future__ import annotations

from itertools import product
from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking

_VERBS = {"restarted": "Restart", "reloaded": "Reload", "stopped": "Stop", "absent": "Remove"}


class Pm2Process(Spec, frozen=True, kw_only=True):
    """`ecosystem` is a file that lists processes; `options` are those of pm2, `arguments` those of the program."""

    kind: ClassVar[str] = "pm2_process"

    name: Value
    script: Value | None = None
    state: str = "started"
    ecosystem: Value | None = None
    arguments: tuple[Value, ...] = ()
    options: tuple[Value, ...] = ()
    cwd: Value

    def identity(self) -> str:
        """Its name."""
        return f"pm2:{self.name.key()}"

    def summary(self) -> str:
        """`Restart shop in pm2`."""
        return f"{_VERBS.get(self.state, 'Start')} {self.name.shell()} in pm2"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """pm2 knows it by its name, or no longer does."""
        if self.ecosystem is not None or self.state == "stopped":
            return ()
        there = self.state != "absent"
        ways = (("describe",), ("show",), ("info",))
        tests = [test for way in ways for test in looking.succeeds(there, "pm2", *way, self.name)]
        for verb, option in product(("list", "ls", "status", "jlist", "prettylist"), ("-q", "-w", "-qw", "-wq", "")):
            tests.append((looking.listed(f"pm2 {verb}", option, self.name), there))
        return tuple(tests)

    def fold(self, later: Spec) -> Spec | None:
        """The same thing said twice; stopped and started is restarted; what is restarted is started where it
        is not there, if it is known how."""
        if later == self or not isinstance(later, Pm2Process):
            return self if later == self else None
        if self.state == "started" and later.state in ("restarted", "reloaded") and later.plain(self.name):
            options = (*self.options, *(option for option in later.options if option not in self.options))
            return msgspec.structs.replace(
                self, options=options, state="start_or_reload" if self.ecosystem else later.state
            )
        if self.state in ("stopped", "absent"):
            return self._again(later)
        return None

    def plain(self, name: Value) -> bool:
        """Whether it says nothing but the name of what pm2 knows already, and that the environment is a new one."""
        known = self.script in (None, name) and self.ecosystem is None
        return known and not self.arguments and all(option == "--update-env" for option in self.options)

    def _again(self, later: Pm2Process) -> Spec | None:
        """It was stopped or removed."""
        if later.state in ("stopped", "absent"):
            return later if self.state == "stopped" else None
        if later.plain(self.name) and later.state in ("started", "restarted"):
            return msgspec.structs.replace(later, script=None, state="restarted") if self.state == "stopped" else None
        if later.state != "started" or (self.state == "absent" and later.ecosystem is None):
            # What was removed is started from its script and with the options of today; a restart keeps the old ones.
            return None
        return msgspec.structs.replace(later, state="start_or_reload" if later.ecosystem else "restarted")

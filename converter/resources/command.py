"""A command that stays one, with all that is known about what it does."""

from __future__ import annotations

import re
from typing import ClassVar

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking

# Functions that the text brings along: on one line, or up to a closing brace at the start of one.
_DEFINED = re.compile(r"\A(?:[\w-]+ *\(\) *\{(?:.*\}|(?:.*\n)*?\}) *;?\s*\n)+(?=.*\S)")


class Command(Spec, frozen=True, kw_only=True):
    """`argv`, or where that is empty the shell text `source`, of which `stages` are the words of each stage where it is
    a pipe of simple commands, with `< file` and `> file` among them. It is not run where `creates` is there or
    `removes` is not.
    `effect` is changes, reads or unknown, `unchanged` a regular expression for what it prints where it had nothing to
    do; `output` names the variable that takes what it prints, `log` the file; with
    `pipefail` a pipe fails where any part of it does, with `errexit` the text
    ends where any command in it does."""

    kind: ClassVar[str] = "command"

    argv: tuple[Value, ...] = ()
    source: Value
    stages: tuple[tuple[Value, ...], ...] = ()
    stdin: Value | None = None
    creates: Value | None = None
    removes: Value | None = None
    effect: str = "unknown"
    unchanged: str = ""
    output: str = ""
    log: Value | None = None
    append_log: bool = False
    pipefail: bool = False
    errexit: bool = False

    def identity(self) -> str:
        """Its text."""
        return f"command:{self.source.key()}"

    def summary(self) -> str:
        """`Run npm run build`."""
        lines = _DEFINED.sub("", self.source.shell()).strip().splitlines() or ["nothing"]
        text = lines[0] if len(lines) == 1 else f"{lines[0]} ..."
        return f"Run {text if len(text) <= 70 else text[:67] + '...'}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """What it creates is there, what it removes is not."""
        made = looking.at(self.creates, exists=True, file=True, directory=True) if self.creates is not None else ()
        gone = looking.nothing_at(self.removes) if self.removes is not None else ()
        return made + gone

"""Steps that no rule turned into something declarative: a command as written, or a task that fails until a person
decides."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from converter.model.match import Match
from converter.model.question import Question
from converter.model.resource import Spec
from converter.model.trace import AnyOf, Compare, Redirection, Step, Succeeds, Test, Undecided
from converter.model.value import Value, Variable
from converter.plan.rewrite import values
from converter.plan.shelltext import opens, shell_text
from converter.resources.command import Command
from converter.resources.unresolved import Unresolved

KEEP, DROP, FAIL = "keep", "drop", "fail"
_KEPT = "a task that runs the command as it is, each time"
_FAILS = "a task that stops the run there until somebody has written what it should be"
_DROPPED = "nothing; MIGRATION.md names the line as left out"
_OF_THE_SHELL = {
    "?": "how the command before ended, which nobody remembers there",
    "#": "how many arguments the script is given, and a pipeline gives them by name",
    "OPTARG": "known only while the script reads its options",
    "OPTIND": "known only while the script reads its options",
    "FUNCNAME": "known only inside the script",
    "BASH_COMMAND": "known only inside the script",
}


def command(step: Step) -> Spec:
    """The step as a command: by its words where that says everything, else as shell text."""
    if not step.argv:
        return Command(
            source=step.source, stages=step.piped, output=step.output, pipefail=step.pipefail, errexit=step.errexit
        )
    log = _log(step.redirects)
    shell = step.through or any(map(opens, step.argv)) or step.stdin_path is not None
    if shell or (step.redirects and log is None):
        source = shell_text((*step.through, *step.argv), step.stdin_path, step.redirects)
        return Command(source=source, stages=step.piped, stdin=step.stdin, output=step.output, pipefail=step.pipefail)
    target = log.target if log is not None else None
    appends = log is not None and log.operator.endswith(">>")
    return Command(
        argv=step.argv,
        source=shell_text(step.argv),
        stdin=step.stdin,
        output=step.output,
        log=target,
        append_log=appends,
    )


def unresolved(step: Step, reason: str) -> Spec:
    """The step as something that a person has to decide about."""
    return Unresolved(source=step.source, reason=reason)


def doubt(step: Step, thing: object, known: Mapping[str, str]) -> str:
    """Why the step can't be applied as it is: a part of `thing` or of its condition that nobody knows; "" if all is
    known.
    `known` says the same of each test."""
    for test in step.guard:
        if known[test.id]:
            return known[test.id]
    return _unknown((thing, step.context.cwd, step.context.user))


def test_doubt(test: Test) -> str:
    """Why a test can't be made, "" if it can."""
    subject = test.subject
    if isinstance(subject, Undecided):
        return f"its condition is not understood: {subject.reason}"
    if isinstance(subject, AnyOf):
        return next(filter(None, (test_doubt(inner) for guard in subject.alternatives for inner in guard)), "")
    return _unknown((subject, test.context.cwd, test.context.user) if isinstance(subject, Succeeds) else subject)


def _unknown(thing: object) -> str:
    if isinstance(thing, Compare) and thing.left == Value(Variable("#")):
        thing = thing.right
    for value in values(thing):
        if value.unknowns:
            found = value.unknowns[0]
            return f"{found.text} is {found.reason}" if found.text else found.reason
        own = next((part.name for part in value.variables if part.name in _OF_THE_SHELL), "")
        if own:
            return f"${own} is {_OF_THE_SHELL[own]}"
    return ""


def _log(redirects: tuple[Redirection, ...]) -> Redirection | None:
    """The file that takes all output, if that is all that is redirected."""
    files = [
        item for item in redirects if item.operator in (">", ">>", "&>", "&>>", ">|") and item.descriptor in (None, 1)
    ]
    joins = [item for item in redirects if item.operator in ("2>&1", ">&") or item.descriptor == 2]
    if len(files) != 1 or len(files) + len(joins) != len(redirects):
        return None
    return (
        files[0] if all((item.target.text or "") in ("", "1", "&1", files[0].target.text) for item in joins) else None
    )


def question(step: Step, match: Match, text: str, reason: str, resolved: bool, taken: set[str]) -> Question:
    """What to ask about a step; the id depends on the text alone, so that it is the same when lines move."""
    kind = "command" if resolved else "unresolved"
    prompt = f'no rule knows "{_short(text)}"' if resolved else f'"{_short(text)}" is not understood: {reason}'
    return Question(
        id=_stable(kind, text, taken),
        prompt=prompt,
        span=step.span,
        choices=(KEEP, DROP) if resolved else (FAIL, DROP),
        outcomes=(_KEPT if resolved else _FAILS, _DROPPED),
        default=KEEP if resolved else "",
        reason=reason or match.reason,
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else line[:87] + "..."


def _stable(kind: str, text: str, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower())[:4]
    digest = hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:6]
    first = f"{kind}.{'-'.join(words)[:40].strip('-') or 'text'}-{digest}"
    number, found = 2, first
    while found in taken:
        found, number = f"{first}.{number}", number + 1
    taken.add(found)
    return found

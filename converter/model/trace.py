"""The trace: every command as it would run, with where, as whom, in which directory and under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec

from converter.model.diagnostic import Diagnostic
from converter.model.source import SourceFile, Span
from converter.model.value import Value


class RunsOn(StrEnum):
    """Where the script itself runs: on the machine it deploys, or on a workstation or CI runner."""

    SERVER = "server"
    WORKSTATION = "workstation"


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that the script reaches over ssh; `user` is the login, `jump` a bastion."""

    address: Value
    user: Value | None = None
    port: Value | None = None
    identity_file: Value | None = None
    jump: Value | None = None


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Where and as whom. `host` None is the machine that runs the script; `user` is set by sudo and su, None is
    whoever runs or logs in; `container` is set inside `docker exec`; `environment` is what prefix assignments, `env`
    and exports give the command."""

    host: Host | None = None
    user: Value | None = None
    cwd: Value
    environment: tuple[tuple[str, Value], ...] = ()
    container: Value | None = None


class PathTest(msgspec.Struct, frozen=True, kw_only=True, tag="path"):
    """`[ -d path ]` and its kin; `state` is exists, file, directory, link, executable, readable, writable or
    nonempty."""

    path: Value
    state: str


class Compare(msgspec.Struct, frozen=True, kw_only=True, tag="compare"):
    """`left operator right`; `operator` is ==, <, <=, >, >= (numbers if `numeric`), `matches` (a shell pattern) or
    `=~`."""

    left: Value
    operator: str
    right: Value
    numeric: bool = False


class NotEmpty(msgspec.Struct, frozen=True, kw_only=True, tag="notempty"):
    """`[ -n value ]`."""

    value: Value


class Succeeds(msgspec.Struct, frozen=True, kw_only=True, tag="succeeds"):
    """A command that only looks (`command -v x`, `grep -q`, `systemctl is-active`) exits with 0; `text` is runnable
    shell source with `${NAME}` for variables, `argv` is set where it is one simple command. With `pipefail` a pipe
    fails where any part of it does."""

    argv: tuple[Value, ...] = ()
    text: Value
    pipefail: bool = False


class StepSucceeded(msgspec.Struct, frozen=True, kw_only=True, tag="step"):
    """An earlier step of the trace, which changes something, ended with 0 (`a || b`, `$?`)."""

    step: int


class AnyOf(msgspec.Struct, frozen=True, kw_only=True, tag="any"):
    """At least one of these conjunctions holds (`[ a ] || [ b ]`)."""

    alternatives: tuple[Guard, ...]


class Undecided(msgspec.Struct, frozen=True, kw_only=True, tag="undecided"):
    """A condition that is not understood; what stands under it is unresolved."""

    text: str
    reason: str


Subject = PathTest | Compare | NotEmpty | Succeeds | StepSucceeded | AnyOf | Undecided


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """One condition, evaluated once at its place: steps under the same evaluation share `id`, also negated."""

    __test__ = False

    id: str
    subject: Subject
    negated: bool = False
    context: Context
    span: Span


Guard = tuple[Test, ...]


def steps_asked(guard: Guard) -> Iterator[int]:
    """The steps whose success the guard asks for, also in one of several alternatives."""
    for test in guard:
        if isinstance(test.subject, StepSucceeded):
            yield test.subject.step
        elif isinstance(test.subject, AnyOf):
            for alternative in test.subject.alternatives:
                yield from steps_asked(alternative)


def ends_asked(guard: Guard, *, negated: bool = False) -> Iterator[tuple[int, bool]]:
    """The steps of which the guard asks how they ended, each with whether it asks for success."""
    for test in guard:
        opposite = test.negated != negated
        if isinstance(test.subject, StepSucceeded):
            yield test.subject.step, not opposite
        elif isinstance(test.subject, AnyOf):
            for alternative in test.subject.alternatives:
                yield from ends_asked(alternative, negated=opposite)


class Redirection(msgspec.Struct, frozen=True, kw_only=True):
    """Output or input sent elsewhere: `operator` is >, >>, <, 2>&1 and so on; heredocs are in `Step.stdin`."""

    descriptor: int | None = None
    operator: str
    target: Value


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """The step is repeated until it succeeds: at most `attempts` times, `delay` seconds apart (None: for ever)."""

    attempts: int | None
    delay: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One command as it would run; self-contained.

    A simple command has `argv`. A pipeline that could not be reduced to one command has `stages` (the argv of each
    simple stage, () for a compound one) and `argv` (). A compound statement kept whole has neither. `source` is
    always runnable bash
    with `${NAME}` for variables that stay variables and known text quoted. `output` names the variable that takes
    its standard output.
    `title` is the script's own message that announces it, `comment` the author's comment above it. A `background`
    step that is `waited` for ends with the script; `pid_file` gets the process id of one that goes on. `turn` names
    the round of the loop that it runs in, "" outside of loops over known items. `through` are the words in front of
    `argv` that make it run as somebody else than the user of the context, who opens the files of `redirects`.
    """

    id: int
    command: int
    argv: tuple[Value, ...] = ()
    stages: tuple[tuple[Value, ...], ...] = ()
    source: Value
    stdin: Value | None = None
    stdin_path: Value | None = None
    redirects: tuple[Redirection, ...] = ()
    through: tuple[Value, ...] = ()
    context: Context
    guard: Guard = ()
    span: Span
    title: str = ""
    comment: str = ""
    tolerated: bool = False
    background: bool = False
    waited: bool = False
    pid_file: Value | None = None
    pipefail: bool = False
    errexit: bool = False
    retry: Retry | None = None
    output: str = ""
    turn: str = ""
    reason: str = ""

    @property
    def piped(self) -> tuple[tuple[Value, ...], ...]:
        """The words of each stage of a pipe, or of one command, with the files that it reads and writes; none where
        that does not say everything."""
        plain = all(each.operator == ">" and each.descriptor in (None, 1) for each in self.redirects)
        if self.stages or self.through or not plain or len(self.redirects) > 1:
            return self.stages if all(self.stages) and not self.redirects else ()
        read = (Value.of("<"), self.stdin_path) if self.stdin_path is not None else ()
        written = (word for each in self.redirects for word in (Value.of(">"), each.target))
        return ((*self.argv, *read, *written),) if self.argv else ()


class Disposition(StrEnum):
    """What became of a command of the script."""

    CONVERTED = "converted"
    ABSORBED = "absorbed"
    KEPT = "kept"
    DROPPED = "dropped"
    UNRESOLVED = "unresolved"


# Why nothing is left of a question whether to go on: whoever approves the deployment answers it.
CONFIRMED = "a confirmation: the pipeline's approval takes its place"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the source. `steps` are its ids in the trace; without any, `disposition` and `reason` say why."""

    span: Span
    text: str
    steps: tuple[int, ...] = ()
    disposition: Disposition | None = None
    reason: str = ""
    context: Context | None = None


class ParameterKind(StrEnum):
    """Where an input of the script comes from."""

    POSITIONAL = "positional"
    OPTION = "option"
    ENVIRONMENT = "environment"
    PROMPT = "prompt"


class ScriptInput(msgspec.Struct, frozen=True, kw_only=True):
    """Something the script is told when it is run: `name` as the author calls it, `position` counts from 1. `choices`
    are all that it may be, where the script says so; a `number` is compared as one."""

    name: str
    kind: ParameterKind
    position: int = 0
    default: Value | None = None
    required: bool = False
    help: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    number: bool = False
    span: Span | None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The texts that the script itself holds an input against: `case $1 in staging) ..`, `${HOSTS[$ENV]}`."""

    name: str
    texts: tuple[str, ...]


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """A run for one environment: `variable` is the input that selects it, by being `text`; "" where its script is one
    of its own."""

    environment: str
    variable: str = ""
    text: str


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment of the script that took effect, in order; `exported` where commands see it. `step` is the id of the
    first step after it, None where that is not recorded."""

    name: str
    value: Value
    span: Span
    exported: bool = False
    step: int | None = None


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """All steps in the order of the script, and an account of every command. `files` are the sources read; `asked`
    gives for each test, by its id, the id of the first step after it. A trace
    `fails` where every run of the script ends as failed; with a `selection` it is the run for one environment.
    `documents` are files of the project that its commands name and that say what runs, such as compose files."""

    files: tuple[SourceFile, ...]
    steps: tuple[Step, ...] = ()
    commands: tuple[Command, ...] = ()
    bindings: tuple[Binding, ...] = ()
    inputs: tuple[ScriptInput, ...] = ()
    runs_on: RunsOn = RunsOn.SERVER
    assumptions: tuple[str, ...] = ()
    stops_on_error: bool = False
    pipefail: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    choices: tuple[Choice, ...] = ()
    asked: Mapping[str, int] = {}
    fails: bool = False
    selection: Selection | None = None
    documents: tuple[SourceFile, ...] = ()

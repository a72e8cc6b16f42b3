"""The plan: everything that the manifests will say, before any target's own syntax."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from converter.model.diagnostic import Diagnostic
from converter.model.question import Question
from converter.model.resource import Purpose, Resource
from converter.model.source import Span
from converter.model.trace import CONFIRMED, Disposition, Host, RunsOn
from converter.model.value import Value


class VariableKind(StrEnum):
    """How a variable gets its value: fixed by the script, given at each run, computed on a machine at run time, or
    secret."""

    FIXED = "fixed"
    INPUT = "input"
    COMPUTED = "computed"
    SECRET = "secret"


BUILD_JOB = "build"


class PlanVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable by the author's name, as used in values (`${APP_DIR}`). A fixed one has `value`; an input may have
    a default in `value`; a
    computed one has a `CommandOutput` in its value and `on`, where it is computed (`BUILD_JOB`: the pipeline's build,
    which hands it to the hosts), and maybe `cwd`, the directory in which that is done; a secret never has a value
    here. An input may be one of its `choices` only, or a `number`."""

    name: str
    kind: VariableKind
    value: Value | None = None
    on: str = ""
    cwd: Value | None = None
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    number: bool = False
    span: Span | None = None


class HostGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Hosts that get the same resources. `serial`: one after the other, as the script's loop did."""

    name: str
    hosts: tuple[Host, ...]
    serial: bool = False


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """One place that is deployed to (production, staging), with its own hosts and the variables that differ there."""

    name: str
    groups: tuple[HostGroup, ...]
    variables: tuple[PlanVariable, ...] = ()


class EdgeKind(StrEnum):
    """`requires`: the first is applied before the second. `notifies`: a change of the first triggers the second."""

    REQUIRES = "requires"
    NOTIFIES = "notifies"


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """An arrow between the addresses of two resources."""

    kind: EdgeKind
    first: str
    second: str


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one source command; `resources` are addresses."""

    span: Span
    text: str
    disposition: Disposition
    resources: tuple[str, ...] = ()
    reason: str = ""
    host: str = ""
    user: str = ""
    cwd: str = ""


class SourceCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A source file with every secret replaced by a reference, as kept under `.gitopsify/source/`."""

    path: str
    text: str


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """A secret whose value stood in the scripts, so that it has to be made anew, and every place where it did."""

    name: str
    places: tuple[Span, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What should be so, where, and the account of how it was found. `resources` stand in the order of the script;
    `stops_on_error` and `pipefail` are options of the script's own shell; `documents` are files of the project that say
    what runs, such as compose files."""

    name: str
    runs_on: RunsOn
    environments: tuple[Environment, ...]
    variables: tuple[PlanVariable, ...] = ()
    resources: tuple[Resource, ...] = ()
    edges: tuple[Edge, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    questions: tuple[Question, ...] = ()
    assumptions: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    sources: tuple[SourceCopy, ...] = ()
    documents: tuple[SourceCopy, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    stops_on_error: bool = False
    pipefail: bool = False

    @property
    def scripted(self) -> bool:
        """Whether scripts did before what it says; where somebody started without any, there is nothing to account
        for."""
        return bool(self.sources or self.ledger)

    @property
    def every_variable(self) -> tuple[PlanVariable, ...]:
        """The variables that hold everywhere, and those of environments, each name once."""
        own = (variable for environment in self.environments for variable in environment.variables)
        return tuple({variable.name: variable for variable in reversed((*self.variables, *own))}.values())[::-1]


def confirmations(plan: Plan) -> tuple[Span, ...]:
    """Where the script asked whether to go on with a deployment; whoever goes back by hand has decided that."""
    reason = f"{CONFIRMED[0].upper()}{CONFIRMED[1:]}."
    by_hand = {span.path for each in plan.resources if each.purpose is Purpose.ROLLBACK for span in each.origin.spans}
    return tuple(entry.span for entry in plan.ledger if entry.reason == reason and entry.span.path not in by_hand)

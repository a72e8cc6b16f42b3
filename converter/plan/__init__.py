"""Stage 4, plan: a `Plan` from a trace and its matches, by folding what the steps do into what should be so.

In: the steps with what the rules made of them. Out: resources in their order with hosts, conditions, variables,
secrets, edges, and an account of every command of the script. It never drops a command, a condition or a secret
without saying what became of it.
"""

from __future__ import annotations

from converter.model.match import Matches
from converter.model.plan import Environment, Exposed, Plan, SourceCopy
from converter.model.secret import FoundSecret
from converter.model.source import SourceFile
from converter.model.trace import Trace
from converter.plan.account import account
from converter.plan.addresses import give_addresses
from converter.plan.asked import name_answers
from converter.plan.begin import begin
from converter.plan.branches import fold_branches
from converter.plan.carried import carry
from converter.plan.computed import name_outputs, place_outputs
from converter.plan.conditions import numbered
from converter.plan.environment import trim_environment
from converter.plan.environments import join
from converter.plan.evaluated import ask_in_place
from converter.plan.fold import fold
from converter.plan.guards import absorb
from converter.plan.handlers import make_handlers
from converter.plan.implied import imply
from converter.plan.joined import join_hosts
from converter.plan.ledger import ledger
from converter.plan.masking import Secrets
from converter.plan.modes import keep_modes
from converter.plan.normal import bound, bound_variables
from converter.plan.order import draw_edges
from converter.plan.orphans import settle_orphans
from converter.plan.place import place
from converter.plan.purposes import together
from converter.plan.releases import release
from converter.plan.secrets import find_secrets
from converter.plan.sent import send_on
from converter.plan.supervised import supervise
from converter.plan.textual import open_text
from converter.plan.variables import settle_variables
from converter.plan.work import Work

__all__ = [
    "FoundSecret",
    "Secrets",
    "concealed",
    "find_secrets",
    "hidden",
    "join",
    "mask",
    "plan",
    "together",
]

PASSES = (
    name_answers,
    place,
    join_hosts,
    imply,
    fold_branches,
    send_on,
    fold,
    supervise,
    absorb,
    fold,
    carry,
    keep_modes,
    settle_orphans,
    make_handlers,
    trim_environment,
    open_text,
    release,
    name_outputs,
    settle_variables,
    place_outputs,
    ask_in_place,
    give_addresses,
    draw_edges,
    account,
)


def hidden(trace: Trace) -> tuple[Trace, Secrets]:
    """The trace with every secret replaced by a variable, so that no later stage ever sees one; and the secrets."""
    secrets = Secrets(find_secrets(trace))
    return secrets.conceal(trace), secrets


def plan(trace: Trace, matches: Matches, *, name: str, secrets: Secrets | None = None) -> Plan:
    """The plan; the same input always gives the same plan. `secrets` are those that were hidden in the trace before."""
    if secrets is None:
        trace, secrets = hidden(trace)
        matches = secrets.conceal(matches)
    work = begin(trace, matches, name=name, secrets=secrets)
    for settle in PASSES:
        work = settle(work)
    return secrets.conceal(_finished(work))


def mask(text: str, secrets: Secrets) -> str:
    """A text as it may be shown: every secret replaced by its name."""
    return secrets.mask(text)


def concealed(text: str) -> str:
    """A piece of script as it may be written, every secret in it replaced by its name."""
    return mask(text, Secrets(find_secrets(Trace(files=(SourceFile(path="", text=text),)))))


def _finished(work: Work) -> Plan:
    variables = bound_variables(work.variables)
    return Plan(
        name=work.name,
        runs_on=work.trace.runs_on,
        environments=(Environment(name="production", groups=bound(work.groups, variables)),),
        variables=variables,
        resources=numbered(bound(work.resources, variables)),
        edges=work.edges,
        ledger=ledger(work),
        questions=work.questions,
        assumptions=work.assumptions,
        changes=work.changes,
        exposed=tuple(Exposed(name=found.name, places=found.spans) for found in work.secrets.found),
        sources=tuple(SourceCopy(path=file.path, text=file.text) for file in work.trace.files),
        documents=tuple(SourceCopy(path=file.path, text=file.text) for file in work.trace.documents),
        diagnostics=work.diagnostics,
        stops_on_error=work.trace.stops_on_error,
        pipefail=work.trace.pipefail,
    )

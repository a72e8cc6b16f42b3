"""What the runs came to: what is equal, what is different, and what nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from converter.model.report import Difference, Start, Uncompared
from converter.verify.compare.differences import UNSTABLE, differences, same, unstable
from converter.verify.compare.times import State
from converter.verify.proof.origin import traced
from converter.verify.proof.repeated import repeated
from converter.verify.proof.repository import Repository
from converter.verify.tasks import Task, tasks

States = dict[str, State]
Changes = tuple[tuple[str, str], ...]
_NUMBER = re.compile(r" \(\d+\)$")
_KEPT = "Kept as a command: "


@dataclass(slots=True)
class Outcomes:
    """The states by host after each run, as far as it came, and the tasks that a second run changed."""

    before: States = field(default_factory=dict)
    manifests: States | None = None
    again: Changes = ()
    checked: Changes = ()
    script: States | None = None
    script_twice: States | None = None
    script_elsewhere: States | None = None
    manifests_after_script: States | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """As in `Proof`."""

    changing: tuple[str, ...]
    again: tuple[str, ...]
    unclean: tuple[str, ...]
    equal: int
    differences: tuple[Difference, ...]
    uncompared: tuple[Uncompared, ...]


def concluded(outcomes: Outcomes, found: Repository) -> Verdict:
    """The verdict on the runs of a repository."""
    known = list(tasks(found.root))
    anew = repeated(found.plan)
    changing, again = _changing(outcomes.again, known, anew)
    unclean, _ = _changing(outcomes.checked, known, anew)
    differing: list[Difference] = []
    uncompared: list[Uncompared] = []
    equal = 0
    manifests, elsewhere = outcomes.manifests or {}, outcomes.script_elsewhere or {}
    twice, later = outcomes.script_twice or {}, outcomes.manifests_after_script or {}
    for host, script in (outcomes.script or {}).items() if manifests and elsewhere else ():
        random = unstable(script, elsewhere[host])
        uncompared += [Uncompared(thing=f"{host}: {kind} {thing}", reason=UNSTABLE) for kind, thing in sorted(random)]
        differing += differences(script, manifests[host], random, host=host, start=Start.FRESH)
        equal += same(script, manifests[host], outcomes.before[host])
        if twice and later:
            differing += differences(twice[host], later[host], random, host=host, start=Start.DEPLOYED)
    return Verdict(
        changing=changing,
        again=again,
        unclean=unclean,
        equal=equal,
        differences=tuple(traced(each, found.plan, found.root) for each in differing),
        uncompared=tuple(uncompared),
    )


def _changing(changed: Changes, known: Sequence[Task], anew: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tasks that must not change again, and those that are run again as the script ran them: commands that are kept
    on purpose, what a plan does anew each time, and the handlers of a host on which nothing else has changed."""
    kept, handlers = _names(known, kept=True), _names(known, kept=False)
    names = [str(task.data.get("name")) for task in known]
    kept |= {name for name in names if any(f" - {_NUMBER.sub('', name)}".endswith(f" - {each}") for each in anew)}
    told = [(host, name, name.partition(" : ")[2] or name) for host, name in changed]
    others = {host for host, _, name in told if name not in kept and name not in handlers}
    wrong = [
        f"{host}: {full}" for host, full, name in told if name not in kept and (name not in handlers or host in others)
    ]
    return tuple(wrong), tuple(f"{host}: {full}" for host, full, _ in told if f"{host}: {full}" not in wrong)


def _names(known: Sequence[Task], *, kept: bool) -> set[str]:
    """Of commands that are kept, or of handlers, with the tasks that a handler asks for by a fact."""
    handlers = [task for task in known if "/handlers/" in task.path]
    facts = {fact for task in handlers for fact in task.data.get("ansible.builtin.set_fact") or ()}
    asked = [task for task in known if any(fact in str(task.data.get("when")) for fact in facts)]
    return {str(task.data.get("name")) for task in (filter(_is_kept, known) if kept else (*handlers, *asked))}


def _is_kept(task: Task) -> bool:
    return any(line.startswith(_KEPT) for line in task.comments)

"""The first pass: every step becomes its resources, or the reason why it needs none."""

from __future__ import annotations

import msgspec

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.match import Match, Matches, Verdict
from converter.model.question import Question
from converter.model.resource import Origin, Resource, Spec
from converter.model.source import Span
from converter.model.trace import AnyOf, Disposition, Guard, Step, Trace
from converter.plan import naming, unmatched
from converter.plan.environment import ROOT, with_known_environments
from converter.plan.masking import Secrets
from converter.plan.work import Fate, Work
from converter.resources.assertion import Assertion
from converter.resources.process import Process


def begin(trace: Trace, matches: Matches, *, name: str, secrets: Secrets) -> Work:
    """Goes through the steps in order; law: each ends as resources or with a fate that says why not."""
    trace = msgspec.structs.replace(trace, steps=with_known_environments(trace.steps))
    first = _First(trace)
    by_step = {match.step: match for match in matches.matches}
    for step in trace.steps:
        first.take(step, by_step.get(step.id) or Match(step=step.id, verdict=Verdict.UNMATCHED))
    return Work(
        trace=trace,
        name=name,
        secrets=secrets,
        resources=tuple(first.resources),
        fates=first.fates,
        phases={match.step: match.phase for match in matches.matches if match.phase},
        questions=tuple(first.questions),
        assumptions=trace.assumptions,
        diagnostics=(*trace.diagnostics, *first.diagnostics),
    )


class _First:
    def __init__(self, trace: Trace) -> None:
        self.texts = {step: command.text for command in reversed(trace.commands) for step in command.steps}
        self.resources: list[Resource] = []
        self.fates: dict[int, Fate] = {}
        self.questions: list[Question] = []
        self.diagnostics: list[Diagnostic] = []
        self._asked: set[str] = set()
        self._doubts: dict[str, str] = {}
        self._places: set[Span] = set()

    def take(self, step: Step, match: Match) -> None:
        """One step with its match."""
        if match.verdict == Verdict.ABSORB:
            self.fates[step.id] = Fate(Disposition.ABSORBED, match.reason or "it has no effect that lasts")
            return
        if match.verdict == Verdict.BECOMES and not match.specs:
            self.fates[step.id] = Fate(
                Disposition.DROPPED, match.reason or "it has no effect on the state that is deployed"
            )
            return
        specs = self._specs(step, match)
        thing = (specs, step.source) if match.verdict == Verdict.UNMATCHED or not match.specs else specs
        for test in step.guard:
            if test.id not in self._doubts:
                self._doubts[test.id] = unmatched.test_doubt(test)
        reason = unmatched.doubt(step, thing, self._doubts)
        if reason:
            self._ask(step, match, reason, resolved=False)
            known = self._as_known(step)
            self._add(known, match, unmatched.unresolved(step, reason), 0, reason)
            self.fates[step.id] = Fate(Disposition.UNRESOLVED, reason)
            return
        self.fates[step.id] = self._fate(step, match)
        kept = "" if match.verdict == Verdict.BECOMES else self.fates[step.id].reason
        for index, spec in enumerate(specs):
            self._add(step, match, spec, index, kept)

    def _as_known(self, step: Step) -> Step:
        """The step with what is known of its place and condition: a person decides about the rest."""
        guard = tuple(test for test in step.guard if not self._doubts[test.id])
        cwd = ROOT if step.context.cwd.unknowns else step.context.cwd
        user = None if step.context.user is not None and step.context.user.unknowns else step.context.user
        context = msgspec.structs.replace(step.context, cwd=cwd, user=user)
        return msgspec.structs.replace(step, guard=guard, context=context)

    def _specs(self, step: Step, match: Match) -> tuple[Spec, ...]:
        if match.verdict == Verdict.UNMATCHED or not match.specs:
            return (unmatched.command(step),)
        return match.specs

    def _fate(self, step: Step, match: Match) -> Fate:
        if match.verdict == Verdict.BECOMES:
            return Fate(Disposition.CONVERTED, f"recognised by the rule {match.rule}" if match.rule else "recognised")
        if match.verdict == Verdict.KEEP:
            return Fate(Disposition.KEPT, match.reason or "it can only be a command")
        reason = match.reason or step.reason or "no rule knows it"
        self._ask(step, match, reason, resolved=True)
        return Fate(Disposition.UNRESOLVED, reason)

    def _add(self, step: Step, match: Match, spec: Spec, index: int, reason: str) -> None:
        guard, spec = _outer(step.guard, spec)
        if isinstance(spec, Process) and step.pid_file is not None:
            spec = msgspec.structs.replace(spec, pid_file=step.pid_file)
        self.resources.append(
            Resource(
                address=f"{step.id}.{index}",
                kind=spec.kind,
                spec=spec,
                name=naming.action(step.title) if index == 0 else "",
                origin=Origin(spans=(step.span,), rule=match.rule, comment=step.comment if index == 0 else ""),
                context=step.context,
                guard=guard,
                steps=(step.id,),
                tolerated=step.tolerated,
                background=step.background and not step.waited and spec.kind == "command",
                retry=step.retry,
                turn=step.turn,
                reason=reason,
            )
        )

    def _ask(self, step: Step, match: Match, reason: str, *, resolved: bool) -> None:
        if step.span in self._places:
            return
        self._places.add(step.span)
        text = self.texts.get(step.id) or step.source.shell()
        found = unmatched.question(step, match, text, reason, resolved, self._asked)
        self.questions.append(found)
        self.diagnostics.append(
            Diagnostic(
                name="unmatched-command" if resolved else "unresolved-command",
                severity=Severity.WARNING,
                message=found.prompt,
                span=step.span,
                hint='add a rule, or answer "keep" or "drop" in review'
                if resolved
                else "decide in review, or write the task by hand",
            )
        )


def _outer(guard: Guard, spec: Spec) -> tuple[Guard, Spec]:
    """An assertion holds under the conditions around it: only the last test, which it makes itself, is its own."""
    if not isinstance(spec, Assertion) or not guard:
        return guard, spec
    *outer, last = guard
    if _ids(spec.condition) >= {test.id for test in guard} and not isinstance(last.subject, AnyOf):
        opposite = msgspec.structs.replace(last, negated=not last.negated)
        return tuple(outer), msgspec.structs.replace(spec, condition=(opposite,))
    made = _ids(spec.condition)
    return tuple(test for test in guard if not _ids((test,)) & made), spec


def _ids(guard: Guard) -> set[str]:
    found: set[str] = set()
    for test in guard:
        found.add(test.id)
        if isinstance(test.subject, AnyOf):
            for alternative in test.subject.alternatives:
                found |= _ids(alternative)
    return found

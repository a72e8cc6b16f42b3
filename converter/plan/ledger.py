"""The last pass but one: what became of every command of the script, exactly one entry each."""

from __future__ import annotations

from collections.abc import Iterable

from converter.model.plan import LedgerEntry
from converter.model.resource import Resource
from converter.model.source import Span
from converter.model.trace import AnyOf, Command, Context, Disposition, Guard, RunsOn
from converter.plan.work import Fate, Work

RANKS = (Disposition.DROPPED, Disposition.ABSORBED, Disposition.CONVERTED, Disposition.KEPT, Disposition.UNRESOLVED)


def ledger(work: Work) -> tuple[LedgerEntry, ...]:
    """One entry for each command, in the order of the source."""
    by_step: dict[int, list[str]] = {}
    for resource in work.resources:
        for step in resource.steps:
            by_step.setdefault(step, []).append(resource.address)
    asked = _asked(work.resources)
    captured = {resource.origin.spans[0]: resource.address for resource in work.resources if resource.kind == "capture"}
    entries = [_entry(work, command, by_step, asked, captured) for command in work.trace.commands]
    return tuple(sorted(entries, key=lambda entry: (_file(work, entry.span.path), entry.span)))


def _file(work: Work, path: str) -> int:
    return next((index for index, file in enumerate(work.trace.files) if file.path == path), len(work.trace.files))


def _entry(
    work: Work, command: Command, by_step: dict[int, list[str]], asked: dict[Span, str], captured: dict[Span, str]
) -> LedgerEntry:
    addresses = tuple(dict.fromkeys(address for step in command.steps for address in by_step.get(step, ())))
    disposition, reason = _decided(work, command, addresses)
    if not command.steps and command.span in asked:
        reason = f"it is the condition of {asked[command.span]}"
    elif not command.steps and command.span in work.conditions:
        reason = f"it asks what {work.conditions[command.span]} ensures"
    if command.span in captured and not addresses:
        addresses = (captured[command.span],)
    context = command.context
    return LedgerEntry(
        span=command.span,
        text=command.text,
        disposition=disposition,
        resources=addresses,
        reason=_sentence(reason),
        host=_host(work, context),
        user=context.user.shell() if context is not None and context.user is not None else "",
        cwd=context.cwd.shell() if context is not None else "",
    )


def _decided(work: Work, command: Command, addresses: tuple[str, ...]) -> tuple[Disposition, str]:
    fates = [work.fates[step] for step in command.steps if step in work.fates]
    if command.disposition == Disposition.UNRESOLVED:
        fates.append(Fate(Disposition.UNRESOLVED, command.reason or "a person has to decide"))
    if not fates:
        return (
            command.disposition or Disposition.DROPPED,
            command.reason or "it has no effect on the state that is deployed",
        )
    best = max(fates, key=lambda fate: RANKS.index(fate.disposition))
    if best.disposition in (Disposition.CONVERTED, Disposition.KEPT) and not addresses:
        return Disposition.UNRESOLVED, "nothing in the plan stands for it, so it has to be done by hand"
    return best.disposition, best.reason


def _asked(resources: Iterable[Resource]) -> dict[Span, str]:
    """The tests that still stand as conditions, by place, with the first resource that asks."""
    found: dict[Span, str] = {}
    for resource in resources:
        for span in _spans((*resource.guard, *getattr(resource.spec, "condition", ()))):
            found.setdefault(span, resource.address)
    return found


def _spans(guard: Guard) -> Iterable[Span]:
    for test in guard:
        yield test.span
        if isinstance(test.subject, AnyOf):
            for alternative in test.subject.alternatives:
                yield from _spans(alternative)


def _host(work: Work, context: Context | None) -> str:
    if context is None or context.host is None:
        return "server" if work.trace.runs_on == RunsOn.SERVER else "workstation"
    login = f"{context.host.user.shell()}@" if context.host.user is not None else ""
    return f"{login}{context.host.address.shell()}"


def _sentence(reason: str) -> str:
    text = " ".join(reason.split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""

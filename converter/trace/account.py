"""The account that the interpreter keeps: steps, commands, inputs, assumptions and diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.script import Assign, Block, Exec, Opaque
from converter.model.source import SourceFile, Span
from converter.model.trace import Binding, Choice, Command, Context, Disposition, ScriptInput, Step
from converter.model.value import Value, Variable
from converter.trace.walk import statements

Source = Exec | Assign | Opaque


@dataclass(slots=True)
class Entry:
    """What is known so far of one source command; where it runs several times, of all its runs."""

    span: Span
    text: str
    steps: list[int] = field(default_factory=list)
    disposition: Disposition | None = None
    reason: str = ""
    context: Context | None = None
    number: int = 0


@dataclass(slots=True)
class Account:
    """Collects while the interpreter runs; nothing is ever taken out of it."""

    readable: Callable[[str], str]
    steps: list[Step] = field(default_factory=list)
    entries: dict[Span, Entry] = field(default_factory=dict)
    bindings: list[Binding] = field(default_factory=list)
    inputs: dict[str, ScriptInput] = field(default_factory=dict)
    assumptions: dict[str, None] = field(default_factory=dict)
    diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    passwords: dict[Value, Span] = field(default_factory=dict)
    held: dict[tuple[str, str], None] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    waits: dict[int, str] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)

    def copy(self) -> Account:
        """An independent copy, to go back to."""
        entries = {span: replace(entry, steps=list(entry.steps)) for span, entry in self.entries.items()}
        return replace(
            self,
            steps=list(self.steps),
            entries=entries,
            bindings=list(self.bindings),
            inputs=dict(self.inputs),
            assumptions=dict(self.assumptions),
            diagnostics=dict(self.diagnostics),
            files=dict(self.files),
            passwords=dict(self.passwords),
            held=dict(self.held),
            modes=dict(self.modes),
            waits=dict(self.waits),
            asked=dict(self.asked),
            accepted=set(self.accepted),
        )

    def enter(self, block: Block) -> None:
        """Registers every command of a parsed block, so that none can be forgotten."""
        for statement in statements(block):
            if isinstance(statement, Exec | Assign | Opaque):
                self.entry(statement)

    def entry(self, source: Source) -> Entry:
        """The entry of a source command."""
        known = self.entries.get(source.span)
        if known is None:
            text = self.readable(source.text or getattr(source, "name", ""))
            known = Entry(source.span, text, number=len(self.entries))
            self.entries[source.span] = known
        return known

    def absorb(self, source: Source, reason: str, context: Context | None = None) -> None:
        """The command lives on in the context, a variable, a guard or a name."""
        self._settle(source, Disposition.ABSORBED, reason, context)

    def drop(self, source: Source, reason: str) -> None:
        """The command has no effect on the end state, for a stated reason."""
        self._settle(source, Disposition.DROPPED, reason, None)

    def unresolve(self, source: Source, reason: str) -> None:
        """A person has to decide."""
        self._settle(source, Disposition.UNRESOLVED, reason, None)

    def _settle(self, source: Source, disposition: Disposition, reason: str, context: Context | None) -> None:
        entry = self.entry(source)
        ranks = (None, Disposition.DROPPED, Disposition.ABSORBED, Disposition.UNRESOLVED)
        if ranks.index(disposition) > ranks.index(entry.disposition):
            entry.disposition, entry.reason = disposition, reason
            entry.context = context or entry.context

    def add(self, source: Source, step: Step) -> Step:
        """Records a step of the command."""
        entry = self.entry(source)
        step = msgspec.structs.replace(step, id=len(self.steps), command=entry.number)
        self.steps.append(step)
        entry.steps.append(step.id)
        entry.context = step.context
        return step

    def share(self, source: Source, step: Step) -> None:
        """Says that the command runs as part of a step that was kept whole."""
        entry = self.entry(source)
        if step.id not in entry.steps:
            entry.steps.append(step.id)
            entry.context = step.context

    def change(self, step: int, **fields: object) -> None:
        """Sets fields of a recorded step."""
        self.steps[step] = msgspec.structs.replace(self.steps[step], **fields)

    def warn(self, name: str, message: str, span: Span | None, hint: str | None = None) -> None:
        """Reports a warning about the script, once."""
        found = Diagnostic(name=name, severity=Severity.WARNING, message=message, span=span, hint=hint)
        self.diagnostics[found] = None

    def note(self, name: str, message: str, span: Span | None, hint: str | None = None) -> None:
        """Reports something worth knowing, once."""
        found = Diagnostic(name=name, severity=Severity.NOTE, message=message, span=span, hint=hint)
        self.diagnostics[found] = None

    def assume(self, sentence: str) -> None:
        """Records an assumption that the conversion rests on."""
        self.assumptions[sentence] = None

    def logged(self, span: Span) -> None:
        """What goes to a log there does not any more."""
        self.assume(f"{span.lines()}: what is logged there is in the log of the pipeline instead")

    def bind(self, name: str, value: Value, span: Span, exported: bool) -> None:
        """Records an assignment."""
        self.bindings.append(Binding(name=name, value=value, span=span, exported=exported, step=len(self.steps)))

    def ask(self, found: ScriptInput) -> ScriptInput:
        """Records an input of the script; what is known already is completed, not replaced."""
        old = self.inputs.get(found.name)
        if old is not None:
            found = msgspec.structs.replace(
                old,
                default=old.default if old.default is not None else found.default,
                required=old.required or found.required,
                help=old.help or found.help,
                position=old.position or found.position,
                choices=old.choices or found.choices,
            )
        self.inputs[found.name] = found
        return found

    def hold(self, value: Value, texts: Iterable[str]) -> None:
        """Records that an input is held against texts."""
        only = value.parts[0] if len(value.parts) == 1 else None
        while isinstance(only, Variable) and only.value is not None and len(only.value.parts) == 1:
            only = only.value.parts[0]
        if isinstance(only, Variable) and only.value is None and only.name in self.inputs:
            self.held.update(dict.fromkeys((only.name, text) for text in texts))

    def choices(self, renamed: Mapping[str, str]) -> tuple[Choice, ...]:
        """The texts that each input is held against, in the order in which they were met."""
        found: dict[str, list[str]] = {}
        for name, text in self.held:
            found.setdefault(renamed.get(name, name), []).append(text)
        return tuple(Choice(name=name, texts=tuple(texts)) for name, texts in found.items())

    def next_test(self, span: Span) -> str:
        """An id for one evaluation of a condition."""
        id = f"{span}#{len(self.asked) + 1}"
        self.asked[id] = len(self.steps)
        return id

    def commands(self) -> tuple[Command, ...]:
        """All commands in the order in which they were met, those never run with the reason."""
        found = []
        for entry in self.entries.values():
            disposition, reason = entry.disposition, entry.reason
            if not entry.steps and disposition is None:
                disposition, reason = Disposition.DROPPED, "it can't be reached from the start of the script"
            found.append(
                Command(
                    span=entry.span,
                    text=entry.text,
                    steps=tuple(entry.steps),
                    disposition=disposition,
                    reason=reason,
                    context=entry.context,
                )
            )
        return tuple(found)

"""Builds traces and matches by hand, one line a step, for tests of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from converter.model.match import Match, Matches, Verdict
from converter.model.plan import Plan
from converter.model.resource import Resource, Spec
from converter.model.source import SourceFile, Span
from converter.model.trace import (
    Binding,
    Command,
    Context,
    Disposition,
    Guard,
    Host,
    PathTest,
    RunsOn,
    ScriptInput,
    Step,
    StepSucceeded,
    Subject,
    Succeeds,
    Test,
    Trace,
)
from converter.model.value import Value, Variable
from converter.plan import plan
from converter.resources import KINDS

PATH = "deploy.sh"
PROJECT = Value(Variable("project_dir"))


def v(text: str) -> Value:
    """A value as `plan.yaml` writes it."""
    return Value.parsed(text)


def spec(kind: str, **fields: object) -> Spec:
    """A spec; texts become values where the kind wants them."""
    type_ = KINDS[kind]
    texts = {f.name for f in msgspec.structs.fields(type_) if f.type is str}
    given = {name: _value(value) if name not in texts else value for name, value in fields.items()}
    return type_(**given)


def _value(value: object) -> object:
    if isinstance(value, str):
        return v(value)
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return tuple(v(item) for item in value)
    return value


def host(address: str, user: str | None = None) -> Host:
    return Host(address=v(address), user=v(user) if user else None)


@dataclass
class Script:
    """A script in the making: each call adds one line."""

    runs_on: RunsOn = RunsOn.SERVER
    stops_on_error: bool = True
    text: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    inputs: list[ScriptInput] = field(default_factory=list)

    def span(self, text: str) -> Span:
        self.text.append(text)
        return Span(path=PATH, line=len(self.text), end_line=len(self.text), end_column=max(1, len(text)))

    def test(self, subject: Subject, *, negated: bool = False, at: Host | None = None) -> Test:
        """A condition with a line of its own."""
        span = self.span(f"test {len(self.text)}")
        self.commands.append(
            Command(
                span=span, text="test", disposition=Disposition.ABSORBED, reason="it is a condition of what follows"
            )
        )
        context = Context(cwd=PROJECT, host=at)
        return Test(id=f"{span}", subject=subject, negated=negated, context=context, span=span)

    def missing(self, path: str, state: str = "directory") -> Test:
        """`[ ! -d path ]`."""
        return self.test(PathTest(path=v(path), state=state), negated=True)

    def succeeds(self, *words: str) -> Test:
        """`if words; then`."""
        return self.test(Succeeds(argv=tuple(map(v, words)), text=v(" ".join(words))))

    def failed(self, step: Step) -> Test:
        """`step ||`."""
        return Test(
            id=f"step{step.id}",
            subject=StepSucceeded(step=step.id),
            negated=True,
            context=step.context,
            span=step.span,
        )

    def step(
        self,
        text: str,
        *specs: Spec,
        verdict: Verdict | None = None,
        guard: Guard = (),
        at: Host | None = None,
        user: str | None = None,
        phase: str = "",
        environment: tuple[tuple[str, Value], ...] = (),
        argv: tuple[Value, ...] | None = None,
        **fields: object,
    ) -> Step:
        """One command; without specs no rule knows it."""
        span = self.span(text)
        context = Context(host=at, user=v(user) if user else None, cwd=PROJECT, environment=environment)
        words = tuple(Value.of(word) for word in text.split()) if argv is None else argv
        made = Step(
            id=len(self.steps),
            command=len(self.commands),
            argv=words,
            source=Value.of(text),
            context=context,
            guard=guard,
            span=span,
        )
        made = msgspec.structs.replace(made, **fields)
        verdict = verdict or (Verdict.BECOMES if specs else Verdict.UNMATCHED)
        self.steps.append(made)
        self.commands.append(Command(span=span, text=text, steps=(made.id,), context=context))
        rule = "a-rule" if specs else ""
        self.matches.append(Match(step=made.id, verdict=verdict, rule=rule, specs=specs, phase=phase))
        return made

    def let(self, name: str, value: Value, text: str | None = None) -> Value:
        """An assignment; gives the value as later commands use it."""
        span = self.span(text or f"{name}={value.shell()}")
        self.commands.append(
            Command(
                span=span,
                text=self.text[-1],
                disposition=Disposition.ABSORBED,
                reason=f"{name} is a variable",
                context=Context(cwd=PROJECT),
            )
        )
        self.bindings.append(Binding(name=name, value=value, span=span))
        return Value(Variable(name, value))

    @property
    def trace(self) -> Trace:
        return Trace(
            files=(SourceFile(path=PATH, text="\n".join(self.text) + "\n"),),
            steps=tuple(self.steps),
            commands=tuple(self.commands),
            bindings=tuple(self.bindings),
            inputs=tuple(self.inputs),
            runs_on=self.runs_on,
            stops_on_error=self.stops_on_error,
        )

    def plan(self, name: str = "shop") -> Plan:
        return plan(self.trace, Matches(matches=tuple(self.matches)), name=name)


def addresses(made: Plan) -> list[str]:
    return [resource.address for resource in made.resources]


def resource(made: Plan, address: str) -> Resource:
    return next(found for found in made.resources if found.address == address)


def said(made: Plan, text: str) -> tuple[str, tuple[str, ...], str]:
    """Disposition, addresses and reason of the command of that text."""
    entry = next(entry for entry in made.ledger if entry.text == text)
    return entry.disposition.value, entry.resources, entry.reason

"""The pass that finds the variables in shell text which is kept as it is, so that each is there when the text runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from converter.model.quoting import INERT, Marked, Quoting, expanding
from converter.model.resource import Resource
from converter.model.trace import AnyOf, Binding, Guard, Succeeds, Test
from converter.model.value import CommandOutput, Literal, Part, Value, Variable
from converter.plan.work import Work
from converter.resources.assertion import Assertion

_NAME = re.compile(r"\\.|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", re.DOTALL)
_OWN = re.compile(r"(?:^|[\s;&|(])(?:local |export |read (?:-\w+ )*|for )?([A-Za-z_]\w*)(?:\+?=| in\b)")

Given = Mapping[str, tuple[Binding, ...]]


def open_text(work: Work) -> Work:
    """Puts variables of the script in place of their names, except in single quotes and where the text sets them
    itself."""
    given = assigned(work)
    resources = tuple(_resource(resource, given) for resource in work.resources)
    return work.having(resources=resources)


def opened(given: Given, text: Value, line: int) -> Value:
    """Shell text that stands at a line, with variables in place of their names."""
    return _opened(text, given, set(), line)


def named(given: Given, texts: Iterable[str], line: int) -> dict[str, Value | None]:
    """The variables of the script that shell texts at a line name, with what they hold there."""
    values = [_opened(Value.of(text), given, set(), line) for text in texts]
    return {part.name: part.value for value in values for part in value.parts if isinstance(part, Variable)}


def assigned(work: Work) -> Given:
    """What the script gives each variable, in order; nothing for its inputs."""
    found: dict[str, tuple[Binding, ...]] = {item.name: () for item in work.trace.inputs}
    for binding in work.trace.bindings:
        found[binding.name] = (*found.get(binding.name, ())[-20:], binding)
    return found


def _resource(resource: Resource, given: Given) -> Resource:
    guard = _guard(resource.guard, given)
    spec = resource.spec
    source = getattr(spec, "source", None)
    if resource.kind in ("command", "capture") and isinstance(source, Value) and not getattr(spec, "argv", ()):
        known = {name for name, _ in resource.context.environment}
        opened = _opened(source, given, known, resource.origin.spans[0].line)
        spec = msgspec.structs.replace(spec, source=opened) if opened is not source else spec
    if isinstance(spec, Assertion):
        condition = _guard(spec.condition, given)
        spec = msgspec.structs.replace(spec, condition=condition) if condition is not spec.condition else spec
    if guard is resource.guard and spec is resource.spec:
        return resource
    return msgspec.structs.replace(resource, guard=guard, spec=spec)


def _guard(guard: Guard, given: Given) -> Guard:
    new = tuple(_test(test, given) for test in guard)
    return new if any(left is not right for left, right in zip(new, guard, strict=True)) else guard


def _test(test: Test, given: Given) -> Test:
    subject = test.subject
    if isinstance(subject, AnyOf):
        alternatives = tuple(_guard(inner, given) for inner in subject.alternatives)
        return msgspec.structs.replace(test, subject=AnyOf(alternatives=alternatives))
    if not isinstance(subject, Succeeds):
        return test
    known = {name for name, _ in test.context.environment}
    text = _opened(subject.text, given, known, test.span.line)
    return (
        msgspec.structs.replace(test, subject=msgspec.structs.replace(subject, text=text))
        if text is not subject.text
        else test
    )


def _opened(text: Value, given: Given, known: set[str], line: int) -> Value:
    literal = "".join(part.text for part in text.parts if isinstance(part, Literal | CommandOutput))
    names = set(given) - known - set(_OWN.findall(literal)) if "$" in literal else set()
    opened = _named(text, given, names, line) if names else text
    found = expanding(opened)
    return found if found != text else text


def _named(text: Value, given: Given, names: set[str], line: int) -> Value:
    marked = Marked(text.map(lambda part: _inside(part, given, names, line)))
    states = Quoting(marked.text).states

    def replaced(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in names or states[found.start()] in INERT:
            return found.group()
        return marked.sign(Variable(name, _value(given[name], line)))

    return marked.value(_NAME.sub(replaced, marked.text))


def _inside(part: Part, given: Given, names: set[str], line: int) -> Part | Value:
    """A command whose output is asked for, with its variables."""
    if not isinstance(part, CommandOutput):
        return part
    inner = _named(Value.of(part.text), given, names, line)
    return part if inner == Value.of(part.text) else Value(Literal("$("), *inner.parts, Literal(")"))


def _value(bindings: tuple[Binding, ...], line: int) -> Value | None:
    """What the variable holds at a line: the last assignment before it."""
    values = {binding.value for binding in bindings}
    if len(values) <= 1:
        return next(iter(values), None)
    before = [binding for binding in bindings if binding.span.line <= line]
    return (before or list(bindings))[-1].value

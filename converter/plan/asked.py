"""The pass over what the shell itself calls things: the count of arguments becomes a question after the arguments, an
unnamed answer gets a name from its question, and `$IFS` is what it always is."""

from __future__ import annotations

import re
import shlex
from bisect import bisect
from collections.abc import Sequence

import msgspec

from converter.model.resource import Resource
from converter.model.source import Span
from converter.model.trace import AnyOf, Compare, Guard, NotEmpty, ScriptInput, Subject, Test
from converter.model.value import Literal, Part, Value, Variable
from converter.plan.rewrite import Change, Names, deep, rewrite, values
from converter.plan.work import Work

ANSWER = "REPLY"
COUNT = "#"
_ITSELF = {"IFS": Value.of(" \t\n"), "PS1": Value(), "COLUMNS": Value.of("80")}
_OWN = frozenset({ANSWER, COUNT, *_ITSELF})
_SMALL = frozenset(
    "a an and are be can do does for i if in is it it's like now of ok okay please press sure that the this to want "
    "will wish with would y n yes no you your".split()
)
_WITH_VALUE = "adinNptu"


def name_answers(work: Work) -> Work:
    """Leaves no variable of the shell's own where the pipeline would have to ask for it."""
    seen: set[int] = set()
    found = (value for resource in work.resources for value in values(resource, seen))
    if not any(variable.name in _OWN for value in found for variable in value.variables):
        return work
    questions = _questions(work)
    names, resources = Names(), []
    for resource in work.resources:
        new = resource
        if names.of((resource.spec, resource.guard, resource.context)) & _OWN:
            guard = tuple(_counted(test, work.trace.inputs) for test in resource.guard)
            new = _renamed(msgspec.structs.replace(resource, guard=guard), questions)
        resources.append(new)
    inputs = tuple(item for item in work.trace.inputs if item.name != ANSWER)
    asked = tuple(item for _, item in questions) if len(inputs) < len(work.trace.inputs) else ()
    trace = msgspec.structs.replace(work.trace, inputs=(*inputs, *asked))
    return work.having(resources=tuple(resources), trace=trace)


def _counted(test: Test, inputs: Sequence[ScriptInput]) -> Test:
    """`$# -lt 2` asks whether the second argument is there."""
    subject = test.subject
    if isinstance(subject, AnyOf):
        alternatives = tuple(tuple(_counted(inner, inputs) for inner in guard) for guard in subject.alternatives)
        return msgspec.structs.replace(test, subject=AnyOf(alternatives=alternatives))
    if not isinstance(subject, Compare) or subject.left != Value(Variable(COUNT)):
        return test
    number = subject.right.text or ""
    if not number.isdecimal() or subject.operator not in ("==", "<", "<=", ">", ">="):
        return test
    position = int(number) + (subject.operator in ("<=", ">") or number == "0")
    missing = subject.operator in ("<", "<=") or (subject.operator == "==" and number == "0")
    given = _given(inputs, position)
    if subject.operator == "==" and not missing and any(item.position == position + 1 for item in inputs):
        both = (_part(test, 1, given, False), _part(test, 2, _given(inputs, position + 1), True))
        return msgspec.structs.replace(test, subject=AnyOf(alternatives=(both,)))
    return msgspec.structs.replace(test, subject=given, negated=test.negated != missing)


def _given(inputs: Sequence[ScriptInput], position: int) -> Subject:
    name = next((item.name for item in inputs if item.position == position), f"arg{position}")
    return NotEmpty(value=Value(Variable(name)))


def _part(test: Test, number: int, subject: Subject, negated: bool) -> Test:
    return msgspec.structs.replace(test, id=f"{test.id}.{number}", subject=subject, negated=negated)


def _renamed(resource: Resource, questions: list[tuple[Span, ScriptInput]]) -> Resource:
    """The resource with the answers to those questions that stand before what asks for them."""
    at = _changed(questions, resource.origin.spans[0])
    guard = _guard(resource.guard, questions)
    return msgspec.structs.replace(
        resource, spec=rewrite(resource.spec, at), context=rewrite(resource.context, at), guard=guard
    )


def _guard(guard: Guard, questions: list[tuple[Span, ScriptInput]]) -> Guard:
    return tuple(rewrite(test, _changed(questions, test.span)) for test in guard)


def _changed(questions: list[tuple[Span, ScriptInput]], span: Span) -> Change:
    here = [(found, item) for found, item in questions if found.path == span.path] or questions
    place = bisect([(found.line, found.column) for found, _ in here], (span.line, span.column))
    name = here[max(place - 1, 0)][1].name if here else "answer"

    def part(old: Part) -> Part:
        if not isinstance(old, Variable) or old.value is not None:
            return old
        return Variable(name) if old.name == ANSWER else Literal(_ITSELF[old.name].text or "")

    def change(value: Value) -> Value:
        if not any(variable.name == ANSWER or variable.name in _ITSELF for variable in value.variables):
            return value
        return deep(value, lambda old: part(old) if getattr(old, "name", "") in {ANSWER, *_ITSELF} else old)

    return change


def _questions(work: Work) -> list[tuple[Span, ScriptInput]]:
    """Each `read` without a name, as an input that is named for what it asks."""
    model = next((item for item in work.trace.inputs if item.name == ANSWER), None)
    taken = {item.name for item in work.trace.inputs} | {binding.name for binding in work.trace.bindings}
    found: dict[Span, ScriptInput] = {}
    known: dict[str, str] = {}
    for command in work.trace.commands if model is not None else ():
        question = _question(command.text)
        if model is None or question is None or command.span in found:
            continue
        help = question or model.help
        if help not in known:
            known[help] = _free(_named(help), taken)
            taken.add(known[help])
        found[command.span] = msgspec.structs.replace(model, name=known[help], help=help, span=command.span)
    return sorted(found.items(), key=lambda pair: (pair[0].path, pair[0].line, pair[0].column))


def _question(text: str) -> str | None:
    """What `read` asks, None if the text is no `read` or names where the answer goes."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if words[:1] != ["read"]:
        return None
    prompt, rest = "", words[1:]
    while rest:
        option = rest.pop(0)
        if not option.startswith("-"):
            return None
        letter = next((letter for letter in option[1:] if letter in _WITH_VALUE), "")
        if letter:
            given = option[option.index(letter) + 1 :] or (rest.pop(0) if rest else "")
            prompt = given if letter == "p" else prompt
    return re.sub(r"\\0?33\[[\d;]*m|\\e\[[\d;]*m|\$\{?\w+\}?|[\[(]\w/\w[\])]|[:?]\s*$", "", prompt).strip(" ?:")


def _named(question: str) -> str:
    words = [word for word in re.findall(r"[a-z0-9']+", question.lower()) if word not in _SMALL]
    name = "_".join(word.replace("'", "") for word in words[:4])
    return (name if not name[:1].isdigit() else f"answer_{name}") or "answer"


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free

"""Commands that stay commands: the spec of a step as it would run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from converter.model.resource import Spec
from converter.model.trace import Step
from converter.model.value import Glob, Literal, Value
from converter.resources import KINDS

_LOGS = (">", ">>", "&>", "&>>")


def command(step: Step, **fields: object) -> Spec:
    """The command of a step; with redirections, patterns or pipes it is shell text, else its words."""
    given: dict[str, object] = {
        "effect": "changes",
        "output": step.output,
        "stdin": step.stdin,
        "pipefail": step.pipefail,
    }
    given["errexit"] = step.errexit
    given.update({name: value for name, value in fields.items() if value is not None})
    plain = step.argv and step.stdin_path is None and not any(word.has_glob for word in step.argv)
    if plain and not step.redirects:
        return KINDS["command"](argv=step.argv, source=quoted(step.argv), **given)
    return KINDS["command"](source=source(step), stages=step.piped, **given)


def source(step: Step) -> Value:
    """The step as a line of shell, with its redirections."""
    if not step.argv:
        return step.source
    text = quoted((*step.through, *step.argv))
    if step.stdin_path is not None:
        text += Value.of(" < ") + quoted((step.stdin_path,))
    for redirect in step.redirects:
        number = str(redirect.descriptor) if redirect.descriptor is not None else ""
        text += Value.of(f" {number}{redirect.operator} ") + quoted((redirect.target,))
    return text


def quoted(words: Sequence[Value]) -> Value:
    """The words as shell text; parts that stay variables are inside double quotes."""
    return Value.join((_word(word) for word in words), " ")


def _word(word: Value) -> Value:
    known = word.text
    if known is not None and not word.variables and not word.has_glob:
        return Value.of(shlex.quote(known))
    if all(isinstance(part, Literal | Glob) for part in word.parts):
        return Value.join(
            Value.of(part.text if isinstance(part, Glob) else shlex.quote(part.text))
            for part in word.parts
            if isinstance(part, Literal | Glob)
        )
    inner: list[Value] = [Value.of('"')]
    for part in word.parts:
        if isinstance(part, Literal):
            inner.append(Value.of("".join(f"\\{c}" if c in '"\\$`' else c for c in part.text)))
        elif isinstance(part, Glob):
            inner.append(Value.of('"') + Value(part) + Value.of('"'))
        else:
            inner.append(Value(part))
    return Value.join([*inner, Value.of('"')])

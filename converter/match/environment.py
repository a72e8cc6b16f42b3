"""What the surroundings of a step tell a rule: the virtual environment, settings as pairs, words among others."""

from __future__ import annotations

import re

from converter.match.pieces import after, contains, without
from converter.match.unsuited import UnsuitedError
from converter.model.paths import absolute
from converter.model.trace import Step
from converter.model.value import Literal, Value, Variable


def virtual_environment(step: Step) -> Value | None:
    """The directory of the virtual environment: the one that is active, or that the program lies in."""
    program = step.argv[0] if step.argv else Value()
    for suffix in ("/bin/pip", "/bin/pip3", "/bin/python", "/bin/python3"):
        last = program.parts[-1] if program.parts else None
        if isinstance(last, Literal) and last.text.endswith(suffix):
            root = Value(*program.parts[:-1], Literal(last.text[: -len(suffix)]))
            return absolute(step.context.cwd, root) if root.key() not in ("/usr", "/usr/local", "") else None
    active = dict(step.context.environment).get("VIRTUAL_ENV")
    part = active.parts[0] if active is not None and active.parts else None
    return part.value if isinstance(part, Variable) and part.name == "VIRTUAL_ENV" else active


def pairs(values: list[Value] | None) -> list[tuple[str, Value]]:
    """`NAME=VALUE` words as pairs; the name has to be known."""
    return [_pair(value) for value in values or ()]


def _pair(value: Value) -> tuple[str, Value]:
    head = value.parts[0] if value.parts else None
    if isinstance(head, Literal) and "=" in head.text:
        name, _, rest = head.text.partition("=")
        return name, Value(Literal(rest), *value.parts[1:])
    raise UnsuitedError(value.shell())


def flags(options: list[Value], fields: str) -> list[tuple[str, Value]]:
    """The options as pairs by their long names, a flag as `true`, without those that fit the regular expression."""
    rest = [after(option, "--") for option in without(options, fields)]
    return [_pair(each) if contains(each, "=") else (each.shell(), Value.of("true")) for each in rest]


def volumes(values: list[Value], directory: Value) -> list[Value]:
    """`./data:/data` as it is seen from a directory; the name of a volume stays."""
    return [absolute(directory, each) if each.shell().startswith(".") else each for each in values]


def assignments(words: list[Value] | None) -> list[tuple[str, Value]]:
    """Those of the words that are `NAME=VALUE`, as pairs."""
    return pairs([word for word in words or () if _assigns(word)])


def operands(words: list[Value] | None) -> list[Value]:
    """Those of the words that are not `NAME=VALUE`."""
    return [word for word in words or () if not _assigns(word)]


def _assigns(word: Value) -> bool:
    head = word.parts[0] if word.parts else None
    return isinstance(head, Literal) and re.match(r"\w+=", head.text) is not None


def verb(words: list[Value], taking: list[str]) -> str:
    """The first word that is neither an option nor what an option of `taking` takes; nothing where there is none."""
    rest = iter(words)
    for word in rest:
        text = word.text or word.shell()
        if text in taking:
            next(rest, None)
        elif not text.startswith("-"):
            return text
    return ""


def contains_word(words: list[Value], wanted: list[str]) -> bool:
    """Whether one of the words is one of those wanted."""
    return any(word.text in wanted for word in words)


def chomp(value: Value) -> Value:
    """The value without the line end behind it."""
    last = value.parts[-1] if value.parts else None
    if isinstance(last, Literal):
        return Value(*value.parts[:-1], Literal(last.text.rstrip("\n")))
    return value

"""What a script says of its own inputs: help texts from its usage text, choices and numbers from its checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from converter.model.script import AndOr, Arm, Block, Case, Define, Exec, Group, If, Not, Script, Statement
from converter.model.trace import ParameterKind, ScriptInput
from converter.trace.walk import commands, statements

_SAID = re.compile(
    r"""^(?:\s*(?:echo|printf|cat)\s+(?:-\w+\s+)?["']|\s*#)?\s*(?P<what>\S.*?)(?:\s{2,}|\t+|(?:\\t)+)(?P<text>\S.*)$"""
)
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
_NAME = re.compile(r"""[<\[({]?\$?\{?(?P<name>[A-Za-z_][\w-]*)[>\])}:=]*(?:\s*-)?""")
_WORD = re.compile(r"[\w./-]+", re.ASCII)
_ONE_OF = re.compile(r"=~\s*\^\(?(?P<words>[\w.-]+(?:\|[\w.-]+)*)\)?\$")
_DIGITS = re.compile(r"=~\s*\^(?:\[0-9\]|\[\[:digit:\]\]|[1-9]?\[0-9\])[+*]\$")
_NUMERIC = re.compile(r"-(?:lt|le|gt|ge)\s")
_VARIABLE = re.compile(r"""["']?\$\{?(?P<name>\w+)(?::?-[^}]*)?\}?["']?""")
_FAILS = re.compile(r"usage|help|die|fail|fatal|error|abort|exit", re.IGNORECASE)


def described(inputs: Iterable[ScriptInput], scripts: Iterable[Script]) -> tuple[ScriptInput, ...]:
    """The inputs with the script's own words and limits."""
    scripts = tuple(scripts)
    said = _usage(script.source.text for script in scripts)
    choices: dict[str, tuple[str, ...]] = {}
    numbers: set[str] = set()
    for script in scripts:
        functions = {found.name: found for found in statements(script.body) if isinstance(found, Define)}
        for found, own in _reached(script.body, functions, set()):
            limits = {name: words for name, words in _choices(found) if own or not name.isdigit()}
            choices = {**limits, **choices}
            numbers |= {name for name in _numbers(found) if own or not name.isdigit()}
    return tuple(_described(each, said, choices, numbers) for each in inputs)


def _described(
    each: ScriptInput, said: Mapping[str, str], choices: Mapping[str, tuple[str, ...]], numbers: set[str]
) -> ScriptInput:
    names = (each.name, str(each.position))
    limits = each.choices or next((choices[name] for name in names if name in choices), ())
    default = each.default.text if each.default is not None else None
    if default and limits and default not in limits:
        limits = ()
    if default == "" and limits and default not in limits:
        limits = ("", *limits)
    number = not limits and any(name in numbers for name in names)
    return msgspec.structs.replace(each, help=_help(each, said), choices=limits, number=number)


def _help(each: ScriptInput, said: Mapping[str, str]) -> str:
    if each.kind is ParameterKind.PROMPT:
        return each.help
    keys = [*_FLAG.findall(each.help), each.name.lower().replace("-", "_")]
    text = next((said[key] for key in keys if key in said), "")
    return (f"{each.choices[1]}: {text}" if len(each.choices) == 2 else text) if text else each.help


def _usage(texts: Iterable[str]) -> dict[str, str]:
    """What lines such as `-e, --env ENV   where to deploy` say of their options, and others of their names."""
    found: dict[str, str] = {}
    for line in (line for text in texts for line in text.splitlines()):
        parts = _SAID.match(line)
        if parts is None:
            continue
        what, text = parts["what"], parts["text"].rstrip("\"'; ").strip()
        flags = _FLAG.findall(what) if what.startswith("-") else []
        name = _NAME.fullmatch(what)
        keys = flags or ([name["name"].lower().replace("-", "_")] if name is not None else [])
        for key in keys if re.search(r"[A-Za-z]{2}", text) and "=" not in text[:2] else ():
            found.setdefault(key, text)
    return found


def _reached(
    block: Block, functions: Mapping[str, Define], seen: set[str], own: bool = True
) -> Iterator[tuple[Statement, bool]]:
    """The statements under no condition, which every run gets to, those of a function once; and whether their
    arguments are the script's own."""
    for found in block:
        yield found, own
        name = found.words[0].source if isinstance(found, Exec) and found.words else ""
        if isinstance(found, Group):
            yield from _reached(found.body, functions, seen, own)
        elif name in functions and name not in seen:
            seen.add(name)
            yield from _reached(functions[name].body, functions, seen, False)


def _choices(found: Statement) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A `case` whose last arm fails, or a failing test against a list of words."""
    if isinstance(found, Case):
        name = _VARIABLE.fullmatch(found.subject.source)
        *arms, last = found.arms or (None,)
        if name is not None and isinstance(last, Arm) and _is_rest(last) and _fails(last.body):
            words = [word.source.strip("\"'") for arm in arms if arm is not None for word in arm.patterns]
            words = [word for word in words if not word.startswith("-")]
            if words and all(_WORD.fullmatch(word) for word in words):
                yield name["name"], tuple(dict.fromkeys(words))
    for text in _demands(found):
        tested, one_of = _VARIABLE.search(text), _ONE_OF.search(text)
        if tested is not None and one_of is not None and "|" in one_of["words"]:
            yield tested["name"], tuple(one_of["words"].split("|"))


def _numbers(found: Statement) -> Iterator[str]:
    for text in _demands(found):
        name = _VARIABLE.search(text)
        if name is not None and (_DIGITS.search(text) or _NUMERIC.search(text)):
            yield name["name"]


def _demands(found: Statement) -> Iterator[str]:
    """The texts of single tests without which the script fails."""
    if isinstance(found, AndOr) and found.operator == "||" and _fails((found.right,)):
        yield from _tests((found.left,))
    if isinstance(found, If) and len(found.branches) == 1 and _fails(found.branches[0].body):
        negated = any(isinstance(inner, Not) for inner in found.branches[0].condition)
        for text in _tests(found.branches[0].condition):
            if negated or re.match(r"\[\[?\s+!\s", text) or _NUMERIC.search(text):
                yield text


def _tests(block: Block) -> list[str]:
    found = [each for each in commands(block) if isinstance(each, Exec)]
    single = len(found) == 1 and found[0].words[:1] and found[0].words[0].source in ("[", "[[", "test")
    return [found[0].text] if single and not re.search(r"&&|\|\||\s-[ao]\s", found[0].text) else []


def _is_rest(arm: Arm) -> bool:
    return [word.source for word in arm.patterns] == ["*"]


def _fails(block: Block) -> bool:
    """Whether a block ends the script as failed, by itself or with a function that is named for it."""
    if any(isinstance(found, Define) for found in block):
        return False
    names = [found.words[0].source for found in commands(block) if isinstance(found, Exec) and found.words]
    return any(_FAILS.search(name) for name in names)
